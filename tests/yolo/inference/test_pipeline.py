"""The stages overlap, keep the order, and end cleanly whatever happens in one of them."""

import threading
import time

import cv2
import numpy as np
import pytest

from tests.yolo.inference.fake import ColorRuntime, scene
from yolo import picture_files
from yolo.inference.detector import Detector
from yolo.inference.pipeline import DetectionPipeline
from yolo.inference.sink import Sink
from yolo.inference.sinks import AnnotatedCopies
from yolo.inference.sources import Frame, FrameSource, open_sources
from yolo.inference.stage_profile import Profile


class Scenes(FrameSource):
    """A video of a red box that moves one pixel a frame."""

    name, fps = "scenes", 25.0

    def __init__(self, total=20, pause=0.0):
        self.total, self.pause = total, pause
        self.events = {}  # what happens when a frame is read

    def __iter__(self):
        for index in range(self.total):
            time.sleep(self.pause)
            self.events.get(index, int)()
            yield Frame(scene(red=[index, 20, index + 60, 80]), self.name, index, self.fps, seconds=self.pause)


class LiveScenes(Scenes):
    """Frames that come when they are asked for; counts how many were."""

    live = True

    def batches(self, size):
        self.asked = 0
        for frame in self:
            self.asked += 1
            yield [frame]


class Notes(Sink):
    """Notes what it is given, and from which thread."""

    def __init__(self, pause=0.0):
        self.pause, self.events = pause, {}
        self.indices, self.threads = [], set()

    def write(self, result):
        time.sleep(self.pause)
        self.events.get(result.frame.index, int)()
        self.indices.append(result.frame.index)
        self.threads.add(threading.get_ident())


class Tired(ColorRuntime):
    """A network that takes its time."""

    def __init__(self, pause=0.0, **settings):
        super().__init__(**settings)
        self.pause, self.events = pause, {}

    def __call__(self, pictures):
        time.sleep(self.pause)
        self.events.get(len(self.batches), int)()
        return super().__call__(pictures)


def through(source, runtime=None, sinks=(), batch_size=1, **settings):
    """The results of a source, in the order in which they come out."""
    pipeline = DetectionPipeline(Detector(runtime or ColorRuntime((64, 96))), sinks, batch_size=batch_size, **settings)
    with pipeline.over(source) as batches:
        return [result for batch in batches for result in batch.outcome]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_every_frame_of_a_file_comes_out_in_order_with_its_own_detections(batch_size):
    runtime, notes = ColorRuntime((120, 200)), Notes()
    results = through(Scenes(), runtime, [notes], batch_size)
    assert notes.indices == [result.frame.index for result in results] == list(range(20))
    for index, result in enumerate(results):
        np.testing.assert_array_equal(result.detections.boxes, [[index, 20, index + 60, 80]])
    assert runtime.batches == [min(batch_size, 20 - start) for start in range(0, 20, batch_size)]
    assert len(notes.threads) == 1
    assert threading.get_ident() not in notes.threads


def test_only_the_labels_asked_for_come_out():
    assert [len(result.detections) for result in through(Scenes(2), labels=[1])] == [0, 0]
    assert [len(result.detections) for result in through(Scenes(2), labels=[0])] == [1, 1]


def test_reading_the_network_and_writing_overlap():
    meeting = threading.Barrier(3, timeout=10)  # passed only when all three are in the midst of their work
    source, runtime, notes = Scenes(), Tired(input_size=(64, 96)), Notes()
    source.events[6] = runtime.events[4] = notes.events[2] = meeting.wait
    assert len(through(source, runtime, [notes])) == 20


@pytest.mark.parametrize("place", ["source", "runtime", "sink"])
def test_what_a_stage_raises_comes_once_after_the_results_before_it(place):
    source, runtime, notes = Scenes(), Tired(input_size=(64, 96)), Notes()
    {"source": source, "runtime": runtime, "sink": notes}[place].events[7] = lambda: 1 / 0
    pipeline, seen = DetectionPipeline(Detector(runtime), [notes], batch_size=1), []
    with pytest.raises(ZeroDivisionError, match="division"), pipeline.over(source) as batches:
        seen.extend(batch.frames[0].index for batch in batches)
    assert notes.indices == list(range(7))
    assert seen == list(range(7))


def test_leaving_early_ends_all_and_closes_the_file(tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / "a.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25, (96, 64))
    for _ in range(60):
        writer.write(np.zeros((64, 96, 3), np.uint8))
    writer.release()
    [source] = open_sources([tmp_path / "a.mp4"])
    notes = Notes()
    pipeline = DetectionPipeline(Detector(ColorRuntime((64, 96))), [notes], batch_size=1)
    with pipeline.over(source) as batches:
        next(batches)
    written = len(notes.indices)
    time.sleep(0.05)
    assert written == len(notes.indices) < 30


def test_live_frames_are_not_read_ahead_of_a_slow_network():
    source, lags = LiveScenes(), []
    pipeline = DetectionPipeline(Detector(Tired(0.02, input_size=(64, 96))))
    with pipeline.over(source) as batches:
        for batch in batches:
            lags.append(source.asked - 1 - batch.frames[0].index)
    assert len(lags) == 20
    assert np.median(lags) <= 2


def test_one_live_frame_at_most_waits_for_a_slow_writer():
    class Slow(Notes):
        def write(self, result):
            super().write(result)
            lags.append(source.asked - 1 - result.frame.index)

    source, lags = LiveScenes(), []
    through(source, sinks=[Slow(0.02)])
    assert len(lags) == 20
    assert max(lags) == 1


def test_leaving_does_not_wait_for_a_camera_that_is_silent():
    class Silent(Scenes):
        live = True

        def __init__(self):
            super().__init__(total=1)
            self.stopped = threading.Event()
            self.stop = self.stopped.set

        def batches(self, size):
            yield list(self)
            assert self.stopped.wait(timeout=10)

    pipeline = DetectionPipeline(Detector(ColorRuntime((64, 96))))
    with pipeline.over(Silent()) as batches:
        assert next(batches).frames[0].index == 0


def test_pictures_of_a_folder_come_out_in_order_and_large_ones_do_not_share_a_batch(tmp_path, caplog):
    for index in range(9):
        picture_files.write(tmp_path / f"{index}.jpg", scene(30 + index, 40, red=[2, 2, 30, 20]))
    picture_files.write(tmp_path / "5a.png", np.zeros((2500, 3300, 3), np.uint8))
    (tmp_path / "3.jpg").write_bytes(b"no picture")
    [source] = open_sources([tmp_path])
    runtime = ColorRuntime((64, 96))
    with AnnotatedCopies(tmp_path / "out", source.paths) as copies:
        results = through(source, runtime, [copies], 4)
    expected = [name for name in sorted(path.name for path in source.paths) if name != "3.jpg"]
    assert [result.frame.source.rsplit("/", 1)[1] for result in results] == expected
    assert runtime.batches == [4, 2, 3]  # 0 1 2 4, 5 and the large 5a, 6 7 8
    assert [path.name for path in source.skipped] == ["3.jpg"]
    assert caplog.text.count("3.jpg") == 1
    for result in results:
        name = result.frame.source.rsplit("/", 1)[1]
        assert picture_files.read(tmp_path / "out" / name).shape == result.frame.image.shape


def test_the_profile_names_the_stage_that_limits():
    profile = Profile()
    pipeline = DetectionPipeline(Detector(Tired(0.03, input_size=(64, 96))), [Notes(0.005)], batch_size=2)
    with pipeline.over(Scenes(16, pause=0.002)) as batches:
        for batch in batches:
            profile.add(batch)
    rows = {line.split()[0]: line.split()[1:] for line in profile.table().splitlines()}
    assert list(rows)[:7] == ["stage", "read", "prepare", "network", "nms", "draw", "write"]
    assert float(rows["network"][0]) >= 15  # 30 ms are shared by two pictures
    assert float(rows["read"][0]) == pytest.approx(2.0)
    assert float(rows["write"][0]) >= 5
    assert profile.table().endswith("pictures/s; network is what limits them")


def test_the_profile_of_nothing_is_said():
    assert "no picture" in Profile().table()
