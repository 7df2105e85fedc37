"""One detector is used by many threads, and after a fork it answers or says why not."""

import os
import threading
import time

import numpy as np
import pytest

from tests.backends import tensorflow_only
from tests.yolo.export.conftest import thin  # noqa: F401
from tests.yolo.export.detectors import SIZE, noise, skip_without
from yolo.errors import UserError
from yolo.export.formats import FORMATS, export
from yolo.inference.detector import Detector
from yolo.inference.runtimes import FrozenRuntime, load_runtime
from yolo.inference.runtimes.runtime import Runtime

pytestmark = tensorflow_only
THREADS, ROUNDS = 4, 20
TENSORFLOW = ("keras", "saved_model")


def in_threads(work):
    """Call `work(i)` in THREADS threads at once; raises what one of them raises."""
    failures = []

    def guarded(i):
        try:
            work(i)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]


def in_child(work):
    """Exit code of a forked child that calls `work`: 0 if it returns True, None if it takes ten seconds."""
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


@pytest.fixture
def load(thin, tmp_path):  # noqa: F811
    """A function that makes a new runtime of that name, from one network."""
    network = thin()

    def make(name):
        if name == "keras":
            return FrozenRuntime(network)
        skip_without(name)
        file = tmp_path / f"model{FORMATS[name].ENDING}"
        if not file.exists():
            export(network, name, "float32", tmp_path, "model", list(noise(2)))
        return load_runtime(file)

    return make


@pytest.mark.parametrize("name", ["keras", *FORMATS])
def test_every_thread_gets_the_answer_to_its_own_picture(name, load):
    detector = Detector(load(name), score_threshold=0.0)
    pictures = list(noise(THREADS))
    alone = [detector(picture) for picture in pictures]
    right = []

    def work(i):
        for turn in range(ROUNDS):
            together = [pictures[i]] * (1 + turn % 2)
            for found in detector.detect(together):
                np.testing.assert_allclose(found.scores, alone[i].scores, rtol=0, atol=1e-5)
            right.append(i)

    in_threads(work)
    assert len(right) == THREADS * ROUNDS


@pytest.mark.parametrize("name", ["keras", *FORMATS])
def test_two_detectors_may_be_loaded_at_once(name, load):
    pictures = noise(1)
    expected = load(name)(pictures)[1]

    def work(i):
        np.testing.assert_allclose(load(name)(pictures)[1], expected, rtol=0, atol=1e-5)

    in_threads(work)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.parametrize("name", ["keras", *FORMATS])
def test_a_forked_child_gets_an_answer_or_a_sentence_while_threads_of_the_parent_detect(name, load):
    runtime, pictures = load(name), noise(1)
    expected = runtime(pictures)[1]
    busy = threading.Event()

    def detect():
        while not busy.is_set():
            runtime(pictures)

    def work():
        if name not in TENSORFLOW:
            return np.allclose(runtime(pictures)[1], expected, rtol=0, atol=1e-5)
        with pytest.raises(UserError, match="load it in the child, start the child by 'spawn', or use a model export"):
            runtime(pictures)
        return True

    threads = [threading.Thread(target=detect) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        assert [in_child(work) for _ in range(3)] == [0, 0, 0]
    finally:
        busy.set()
        for thread in threads:
            thread.join()
    np.testing.assert_allclose(runtime(pictures)[1], expected, rtol=0, atol=1e-5)  # the parent goes on


class Slow(Runtime):
    """Notes how many threads are within it."""

    class_names, input_size, resize_mode = ("a",), SIZE, "stretch"
    score_thresholds, temperature = (), 1.0

    def __init__(self):
        super().__init__(self)
        self.within, self.most = 0, 0

    def _compute(self, pictures):
        self.within += 1
        self.most = max(self.most, self.within)
        time.sleep(0.02)
        self.within -= 1


@pytest.mark.parametrize(("concurrent", "most"), [(False, 1), (True, THREADS)])
def test_so_many_threads_compute_at_a_time_as_the_library_bears(concurrent, most, monkeypatch):
    monkeypatch.setattr(Slow, "CONCURRENT", concurrent)
    runtime = Slow()
    in_threads(lambda i: [runtime(None) for _ in range(5)])
    assert runtime.most == most
