"""Published weights by name, fetched from a server on this machine that behaves in every way servers do."""

import os
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from yolo.cli.predict import DEFAULT
from yolo.config import shared_options
from yolo.errors import UserError
from yolo.weights import published_weights
from yolo.weights.published_weights import PUBLISHED, PublishedWeights, fetch
from yolo.weights.resolve_model import resolve_model

NUMBERS = 100_000
CONTENT = struct.pack("<3iQ", 0, 2, 5, 0) + np.random.default_rng(0).random(NUMBERS, np.float32).tobytes()


ASKED = []  # paths that the server was asked for
BODIES = {"short": CONTENT[:-4], "long": CONTENT + bytes(4), "page": b"<html>not here</html>"}


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_GET(self):
        ASKED.append(self.path)
        kind, _, name = self.path[1:].partition("/")
        if kind == "redirect":
            self.send_response(302)
            self.send_header("Location", f"/whole/{name}")
            self.end_headers()
            return
        if kind == "gone":
            self.send_error(404)
            return
        content = BODIES.get(kind, CONTENT)
        self.send_response(200)
        if kind != "endless":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if kind in ("cut", "stalling", "endless") else content)
        if kind == "stalling":
            time.sleep(2)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def server():
    """The address of a server, and what it was asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Stands in for `model_data/`."""
    place = tmp_path / "modèles"
    place.mkdir()
    (place / "names.txt").write_text("Äpfel\nBirnen\n", encoding="utf-8")
    monkeypatch.setattr(published_weights, "folders", lambda: [place])
    monkeypatch.setattr(published_weights, "bundled", place.joinpath)
    monkeypatch.setattr(published_weights, "TIMEOUT", 0.5)
    ASKED.clear()
    return place


def offer(monkeypatch, url, name="fruit", parameters=NUMBERS):
    monkeypatch.setitem(PUBLISHED, name, PublishedWeights(url, parameters, "names.txt"))


def left(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", ["whole", "redirect"])
def test_a_file_is_downloaded_once_and_comes_with_the_names_of_its_classes(server, folder, monkeypatch, kind):
    offer(monkeypatch, f"{server}/{kind}/fruit.weights")
    for _ in range(2):
        model = resolve_model("fruit")
        assert (model.fetch(), model.class_names) == (folder / "fruit.weights", ("Äpfel", "Birnen"))
    assert (folder / "fruit.weights").read_bytes() == CONTENT
    assert len(ASKED) == (2 if kind == "redirect" else 1)
    assert left(folder) == ["fruit.weights", "names.txt"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("cut", "retrieval incomplete: got only 200010 out of 400020 bytes"),
        ("endless", "the 200010 bytes that came for fruit.weights are not the 100,000 weights"),
        ("short", "the 400016 bytes that came for fruit.weights are not the 100,000 weights"),
        ("long", "the 400024 bytes that came"),
        ("page", "the 21 bytes that came"),
        ("stalling", "timed out"),
        ("gone", "404"),
    ],
)
def test_what_does_not_come_whole_is_one_sentence_leaves_nothing_and_does_not_spoil_the_next_try(
    server, folder, monkeypatch, kind, reason
):
    offer(monkeypatch, f"{server}/{kind}/fruit.weights")
    with pytest.raises(UserError, match=reason) as error:
        fetch("fruit")
    remedy = f"try again, or download {server}/{kind}/fruit.weights by other means and put it into {folder}."
    assert str(error.value).endswith(remedy)
    assert "\n" not in str(error.value)
    assert left(folder) == ["names.txt"]
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    assert fetch("fruit").read_bytes() == CONTENT


def test_where_nobody_listens_it_is_said_what_to_download_by_other_means(folder, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        port = serving.server_port
    offer(monkeypatch, f"http://127.0.0.1:{port}/whole/fruit.weights")
    with pytest.raises(UserError, match=r"fruit\.weights cannot be downloaded \(.*refused.*\): try again, or download"):
        fetch("fruit")
    assert left(folder) == ["names.txt"]


def test_stopped_by_the_user_nothing_is_left(server, folder, monkeypatch):
    def stop(*arguments, **settings):
        (folder / left(folder)[0] / "half").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.utils, "get_file", stop)
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    with pytest.raises(KeyboardInterrupt):
        fetch("fruit")
    assert left(folder) == ["names.txt"]


def test_a_folder_that_is_not_there_is_made(server, folder, monkeypatch):
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    monkeypatch.setattr(published_weights, "folders", lambda: [folder / "a" / "b"])
    assert fetch("fruit") == folder / "a" / "b" / "fruit.weights"


def test_a_folder_that_cannot_be_made_is_one_sentence(server, folder, monkeypatch):
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    monkeypatch.setattr(published_weights, "folders", lambda: [folder / "names.txt" / "a"])
    with pytest.raises(UserError, match=r"cannot be downloaded .*names\.txt.*put it into"):
        fetch("fruit")


def test_a_checkout_keeps_downloads_in_model_data_unless_it_is_read_only(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache, here = tmp_path / "yolov4-tiny", repository / "model_data"
    assert published_weights.folders() == [here, cache]
    monkeypatch.setattr(published_weights.os, "access", lambda *_: False)
    assert published_weights.folders() == [cache, here]


def test_an_installed_wheel_keeps_downloads_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(published_weights, "checkout", lambda: None)
    assert published_weights.folders() == [tmp_path / "yolov4-tiny"]
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert published_weights.folders() == [tmp_path / ".cache" / "yolov4-tiny"]


def test_a_file_can_be_looked_for_without_a_download(server, folder, monkeypatch):
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    assert published_weights.find("fruit") is None
    assert (ASKED, left(folder)) == ([], ["names.txt"])
    fetch("fruit")
    assert published_weights.find("fruit") == folder / "fruit.weights"
    (folder / "fruit.weights").write_bytes(CONTENT[:-4])
    with pytest.raises(UserError, match=r"400016 bytes are not the 100,000 weights of fruit; take it away"):
        published_weights.find("fruit")


def test_a_file_in_either_folder_is_not_downloaded_again(server, folder, monkeypatch, caplog):
    caplog.set_level("INFO", "yolo")
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    monkeypatch.setattr(published_weights, "folders", lambda: [folder, folder / "cache"])
    assert fetch("fruit") == folder / "fruit.weights"
    assert caplog.messages == [f"fruit.weights is downloaded to {folder}"]
    (folder / "cache").mkdir()
    (folder / "fruit.weights").rename(folder / "cache" / "fruit.weights")
    ASKED.clear()
    assert fetch("fruit") == folder / "cache" / "fruit.weights"
    assert ASKED == []
    assert len(caplog.messages) == 1


def test_a_keras_file_is_whole_when_it_has_all_its_numbers(tmp_path, folder, monkeypatch):
    contents = {}

    def send(name, url, cache_dir, cache_subdir):
        path = f"{cache_dir}/{name}"
        with open(path, "wb") as file:
            file.write(contents["now"])
        return path

    monkeypatch.setattr(keras.utils, "get_file", send)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["conv2d/conv2d/kernel:0"] = np.zeros((3, 3, 2, 4))
        file["conv2d_1/bias:0"] = np.zeros(5)
    whole = (tmp_path / "a.h5").read_bytes()
    offer(monkeypatch, "http://nowhere/fruit.h5", parameters=3 * 3 * 2 * 4 + 5)
    for contents["now"] in (b"", b"<html>", whole[:-8]):
        with pytest.raises(UserError, match=r"fruit\.h5"):
            fetch("fruit")
        assert left(folder) == ["names.txt"]
    contents["now"] = whole
    assert fetch("fruit").read_bytes() == whole
    offer(monkeypatch, "http://nowhere/fruit-2.h5", parameters=3 * 3 * 2 * 4 + 6)
    with pytest.raises(UserError, match="are not the 78 weights"):
        fetch("fruit")


def test_a_file_of_the_name_goes_before_the_published_one_but_a_folder_does_not(server, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    offer(monkeypatch, f"{server}/whole/fruit.weights", name="fruit.weights")
    (tmp_path / "fruit.weights").mkdir()
    assert resolve_model("fruit.weights").fetch() == folder / "fruit.weights"
    (tmp_path / "fruit.weights").rmdir()
    (tmp_path / "fruit.weights").touch()
    model = resolve_model("fruit.weights")
    assert (model.fetch(), model.class_names) == (Path("fruit.weights"), None)


@pytest.mark.parametrize("name", ["fruit.weights", "fruit.h5"])
def test_another_file_under_the_name_of_a_published_one_is_refused_and_stays(server, folder, monkeypatch, name):
    (folder / name).write_bytes(CONTENT[:-4])
    offer(monkeypatch, f"{server}/whole/{name}")
    with pytest.raises(UserError, match=rf"{name} is another file or not whole: its 400016 bytes are not the 100,000"):
        fetch("fruit")
    assert left(folder) == [name, "names.txt"]
    assert ASKED == []


def test_what_killed_downloads_have_left_is_removed_and_what_runs_is_not(server, folder, monkeypatch):
    for name, age in (("download-old", 2 * 24 * 3600), ("download-now", 0)):
        (folder / name).mkdir()
        (folder / name / "half").touch()
        os.utime(folder / name, (time.time() - age, time.time() - age))
    offer(monkeypatch, f"{server}/whole/fruit.weights")
    fetch("fruit")
    assert left(folder) == ["download-now", "fruit.weights", "names.txt"]


def test_the_lengths_and_numbers_are_those_of_the_networks():
    assert 20 + 4 * PUBLISHED["coco"].parameters == 24_251_276
    assert 20 + 4 * PUBLISHED["coco-backbone"].parameters == 19_789_716
    assert PUBLISHED["coco"].parameters == 5_878_014 + 80 * 2_310
    plain = 5_878_014 + 20 * 2_310
    added = {name: PUBLISHED[name].parameters - plain for name in PUBLISHED if name.startswith("voc")}
    assert added == {"voc": 0, "voc-se": 43_008, "voc-cbam": 86_310, "voc-eca": 15}


def test_the_names_of_the_classes_come_along():
    assert len(PUBLISHED["coco"].class_names) == 80
    assert {len(PUBLISHED[name].class_names) for name in PUBLISHED if name.startswith("voc")} == {20}
    assert PUBLISHED["coco-backbone"].class_names is None


def test_the_help_names_every_published_detector():
    assert shared_options.PUBLISHED.split(", ") == [name for name in PUBLISHED if name != "coco-backbone"]
    assert DEFAULT in PUBLISHED
