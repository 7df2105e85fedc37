"""Webcams and streams give their newest frame, come side by side, and are taken up again when they were lost."""

import threading
import time

import cv2
import numpy as np
import pytest

from yolo.errors import UserError
from yolo.inference.sources import live_feed, open_sources, video
from yolo.inference.sources.frame_source import UnreadableSourceError
from yolo.inference.sources.live import LiveSources
from yolo.inference.sources.video import VideoSource


class Camera:
    """Stands in for `cv2.VideoCapture`: every connection plays the next of its `scripts`, the last one for ever after.

    A script says what each reading gives: a number, the brightness of a picture; False, no picture; an exception.
    """

    def __init__(self, *scripts, pause=0.003, fps=20.0):
        self.scripts = list(scripts)
        self.pause = pause
        self.fps = fps
        self.read_count = 0
        self.opened = self.released = 0

    def connect(self):
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        if script is None:
            raise UnreadableSourceError("there is no such camera.")
        self.opened += 1
        return Connection(self, iter(script))


class Connection:
    def __init__(self, camera, script):
        self.camera, self.script = camera, script

    def get(self, property_id):
        return {cv2.CAP_PROP_FPS: self.camera.fps}.get(property_id, -1.0)

    def read(self):
        time.sleep(self.camera.pause)
        picture = next(self.script, False)
        if isinstance(picture, Exception):
            raise picture
        if picture is False:
            return False, None
        self.camera.read_count += 1
        return True, np.full((4, 6, 3), picture, np.uint8)

    def release(self):
        self.camera.released += 1


@pytest.fixture
def cameras(monkeypatch):
    """Webcams by number; what is put in here can be opened."""
    cameras = {}
    monkeypatch.setattr(live_feed, "FIRST_WAIT", 0.01)
    for module in (live_feed, video):
        monkeypatch.setattr(module, "open_capture", lambda address: cameras[address].connect())
    return cameras


def live(cameras, *scripts, patience=0.0, **settings):
    """A source of one camera, after the first connection, that of the opening."""
    cameras[0] = Camera([1], *scripts, **settings)
    [source] = open_sources(["0"], patience)
    return source


def brightness(frames):
    return [int(frame.image[0, 0, 0]) for frame in frames]


def test_a_slow_taker_sees_the_newest_frame(cameras):
    source = live(cameras, range(40), pause=0.005)
    seen = []
    for frame in source:
        assert cameras[0].read_count - 2 - frame.index <= 2  # never far behind; one was read at the opening
        seen.append(frame)
        time.sleep(0.03)
    assert [frame.index for frame in seen] == brightness(seen)
    assert brightness(seen) == sorted(set(brightness(seen)))
    assert len(seen) < 20
    assert brightness(seen)[-1] == 39
    assert (source.live, source.fps, source.total, source.paths) == (True, 20.0, None, ())
    assert all(frame.live for frame in seen)
    assert cameras[0].released == cameras[0].opened == 2


@pytest.mark.parametrize("patience", [0.0, 0.05])
def test_what_reading_raises_reaches_the_taker_and_nobody_waits_for_ever(cameras, patience):
    source = live(cameras, [1, 2, ZeroDivisionError("a bug")], patience=patience)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        list(source)


def test_an_error_of_opencv_is_a_loss(cameras, caplog):
    source = live(cameras, [1, cv2.error("broken packet")], [5, 6], None, patience=0.1)
    assert brightness(source)[-1] == 6
    assert caplog.text.count("is lost") == 2


def test_a_frame_that_cannot_be_decoded_is_no_loss(cameras, caplog):
    source = live(cameras, [1, False, cv2.error("broken packet"), 2, False, 3], pause=0.02)
    assert brightness(source) == [1, 2, 3]
    assert "is lost" not in caplog.text


def test_a_lost_camera_is_taken_up_again_and_that_is_told_once(cameras, caplog):
    caplog.set_level("INFO")
    source = live(cameras, [1, 2], None, None, [False], [7, 8], None, patience=0.3, pause=0.02)
    frames = list(source)
    assert brightness(frames) == [1, 2, 7, 8]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    told = [record.getMessage() for record in caplog.records]
    assert [message.split()[1:3] for message in told] == [
        ["is", "lost;"],
        ["is", "back"],
        ["is", "lost;"],
        ["has", "ended"],
    ]
    assert all(message.startswith("webcam-0 ") for message in told)
    assert cameras[0].released == cameras[0].opened


def test_a_camera_that_cannot_be_opened_again_right_after_the_trial_is_tried_on(cameras):
    assert brightness(live(cameras, None, [4], None, patience=0.3)) == [4]


def test_the_waits_between_attempts_grow_to_a_limit_and_end_with_the_patience(cameras, monkeypatch):
    monkeypatch.setattr(live_feed, "LONGEST_WAIT", 0.08)
    waits = []

    class Event(threading.Event):
        def wait(self, timeout):
            waits.append(timeout)
            return super().wait(timeout)

    source = live(cameras, [1], None, patience=0.4)
    source._stopped = Event()
    assert brightness(source) == [1]
    assert waits[:4] == [0.01, 0.02, 0.04, 0.08]
    assert max(waits) == 0.08
    assert sum(waits) <= 0.4 + 1e-6


def test_a_source_that_is_stopped_ends_although_no_frame_comes(cameras):
    source = live(cameras, [1], None, patience=1000.0)
    batches = source.batches(1)
    next(batches)
    threading.Timer(0.05, source.stop).start()
    assert list(batches) == []


def test_cameras_come_side_by_side_and_share_a_batch(cameras):
    for number in (0, 3):
        cameras[number] = Camera([1], range(10 * number, 10 * number + 10), pause=0.02, fps=10.0 + number)
    [source] = open_sources(["3", "0"], 0.0)
    batches = []
    for batch in source.batches(1):
        batches.append(batch)
        time.sleep(0.05)  # meanwhile both have something new
    assert max(map(len, batches)) == 2
    for number in (0, 3):
        frames = [frame for batch in batches for frame in batch if frame.source == f"webcam-{number}"]
        assert brightness(frames)[-1] == 10 * number + 9
        assert {frame.fps for frame in frames} == {10.0 + number}
    assert all(len({frame.source for frame in batch}) == len(batch) for batch in batches)


def test_of_two_cameras_one_that_ends_does_not_end_the_other(cameras):
    cameras[0] = Camera([1], [5])
    cameras[1] = Camera([1], range(30), pause=0.01)
    [source] = open_sources(["0", "1"], 0.0)
    assert brightness(source)[-1] == 29


def test_live_sources_come_last_and_a_camera_named_twice_is_one(cameras, tmp_path):
    from yolo import picture_files

    picture_files.write(tmp_path / "a.png", np.zeros((9, 9, 3), np.uint8))
    cameras[0] = Camera([1], [5])
    sources = open_sources(["0", tmp_path / "a.png", "0"])
    assert [source.live for source in sources] == [False, True]
    assert sources[1].name == "webcam-0"


def test_a_camera_that_gives_no_picture_is_an_error_at_once(cameras):
    cameras[0] = Camera([False])
    with pytest.raises(UserError, match="webcam-0 was opened, but no frame of it can be decoded"):
        open_sources(["0"], 1000.0)
    assert cameras[0].released == cameras[0].opened


@pytest.mark.parametrize("address", ["rtsp://[bad", "http://[::1:80/x", "rtsp://user:secret@[bad/1"])
def test_a_malformed_address_is_one_sentence(address):
    with pytest.raises(UserError, match="a stream's address is written like") as caught:
        open_sources([address])
    assert "secret" not in str(caught.value)


def test_a_stream_over_http_that_drops_is_taken_up_again(server, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(live_feed, "FIRST_WAIT", 0.05)
    [source] = open_sources([f"http://user:secret@127.0.0.1:{server.port}/stream"], 20.0)
    frames = source.batches(1)
    before = [next(frames)[0] for _ in range(3)]
    server.stop()
    server.brightness = 200
    threading.Timer(0.5, server.start).start()
    after = next(batch[0] for batch in frames if batch[0].image.mean() > 150)
    frames.close()
    assert np.abs(before[0].image.astype(int) - 40).max() < 5
    assert after.index > before[-1].index
    assert after.source == f"http://127.0.0.1:{server.port}/stream"
    assert [caplog.text.count(word) for word in ("is lost", "is back", "has ended", "secret")] == [1, 1, 0, 0]


def test_a_live_source_made_by_hand_has_the_names_of_all(cameras):
    cameras[0] = cameras[1] = Camera([1])
    assert LiveSources([VideoSource("0"), VideoSource("1")]).name == "webcam-0, webcam-1"
