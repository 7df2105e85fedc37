"""Windows show what comes, one for each live source, and a missing display is answered in a sentence."""

import os
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests.yolo.inference.fake import color_detector, scene
from yolo.errors import UserError
from yolo.inference import window
from yolo.inference.sink import FrameResult
from yolo.inference.sources import Frame
from yolo.inference.window import Window, _with_text, check_display

detector = color_detector()


class Screen:
    """Stands in for OpenCV's windows: notes what they show, and presses the keys that it is given."""

    def __init__(self):
        self.shown, self.keys, self.open, self.sizes = {}, [], set(), []

    def named_window(self, title, flags):
        assert flags & cv2.WINDOW_GUI_NORMAL  # without it Qt adds a toolbar
        self.open.add(title)

    def resize_window(self, title, width, height):
        assert title in self.open
        self.sizes.append((width, height))

    def imshow(self, title, image):
        self.shown.setdefault(title, []).append(image)

    def wait_key(self, milliseconds):
        return self.keys.pop(0) if self.keys else -1

    def get_window_property(self, title, which):
        return 1.0 if title in self.open else -1.0

    def destroy_all_windows(self):
        self.open.clear()


@pytest.fixture
def screen(monkeypatch):
    screen = Screen()
    for name in ("namedWindow", "resizeWindow", "imshow", "waitKey", "getWindowProperty", "destroyAllWindows"):
        monkeypatch.setattr(cv2, name, getattr(screen, re.sub("([A-Z])", r"_\1", name).lower()))
    monkeypatch.setattr(window, "check_display", lambda: None)
    return screen


def result(source, index=0, fps=0.0, live=False):
    image = scene(red=[10, 20, 60, 80])
    return FrameResult(Frame(image, source, index, fps, live), detector(image))


def test_live_sources_have_a_window_each_and_videos_share_one(screen):
    with Window() as shown:
        for index in range(3):
            for source in ("webcam-0", "webcam-1"):
                shown.write(result(source, index, 25.0, live=True))
        for source in ("a.mp4", "b.mp4"):
            shown.write(result(source, 0, 25.0))
        assert not shown.closed
    counts = {title.split(" - ")[0]: len(pictures) for title, pictures in screen.shown.items()}
    assert counts == {"webcam-0": 3, "webcam-1": 3, "yolo": 2}
    assert screen.open == set()


def test_a_picture_stays_until_a_key_is_pressed_and_q_ends_all(screen):
    screen.keys = [-1, -1, ord(" "), -1, ord("q")]
    shown = Window()
    shown.write(result("a.png"))
    assert (shown.closed, len(screen.keys)) == (False, 2)
    shown.write(result("b.png"))
    assert (shown.closed, screen.keys) == (True, [])
    shown.write(result("c.png"))  # the rest of the batch
    assert shown.closed
    assert len(screen.shown[f"yolo - {window.HINT}"]) == 2


def test_a_window_takes_the_shape_of_each_picture_and_keeps_that_of_a_video(screen):
    shown = Window()
    for height, width in ((100, 300), (100, 300), (2000, 1000), (60, 6400)):
        frame = Frame(np.zeros((height, width, 3), np.uint8), "a.mp4", 0, 25.0)
        shown.write(FrameResult(frame, detector(frame.image)))
    assert screen.sizes == [(300, 100), (360, 720), (1280, 12)]


def test_closing_a_window_ends_all(screen):
    shown = Window()
    shown.write(result("webcam-0", 0, 25.0, live=True))
    screen.open.clear()
    shown.write(result("webcam-0", 1, 25.0, live=True))
    assert shown.closed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can run without a display")
@pytest.mark.parametrize("display", ["", ":77", "no-such-host:0"])
def test_a_missing_display_is_a_sentence_and_no_abort(display):
    program = (
        "from yolo.errors import UserError\nfrom yolo.inference.window import Window\n"
        "try:\n    Window()\nexcept UserError as error:\n    print(error)"
    )
    environment = {**os.environ, "DISPLAY": display, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr
    assert "--show" in done.stdout


def test_a_build_without_windows_is_said(monkeypatch):
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "  GUI:                           NONE\n")
    check_display.cache_clear()
    with pytest.raises(UserError, match="built without windows"):
        check_display()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_the_rate_is_written_white_with_a_black_rim_and_read_on_any_picture(grey):
    written = _with_text(np.full((60, 240, 3), grey, np.uint8), "12.3 frames/s")
    for found in (written[..., 0] > 180, written[..., 0] < 30):  # lines of a pixel are smoothed
        if found[-1].any():  # as the picture is
            continue
        rows, columns = np.nonzero(found)
        assert len(rows) > 200
        assert rows.max() < 40
        assert 120 < np.ptp(columns) < 200
