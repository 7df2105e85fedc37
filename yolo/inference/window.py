"""A window that shows the annotated pictures as they come."""

import functools
import os
import subprocess
import sys
import time

from yolo.errors import UserError
from yolo.inference.sinks import Sink
from yolo.opencv import cv2
from yolo.package_conflicts import OPENCV, REINSTALL

HINT = "q quits"
TRIAL = "import cv2; cv2.namedWindow('trial'); cv2.destroyAllWindows()"


@functools.cache
def check_display():
    """Raise UserError when no window can be opened.

    It is tried in a process of its own, because OpenCV aborts the process when there is no display.
    """
    build = next(line for line in cv2.getBuildInformation().splitlines() if line.strip().startswith("GUI:"))
    if "NONE" in build:
        raise UserError(
            "this OpenCV is built without windows: leave out --show, or reinstall opencv-python last "
            f"({REINSTALL.format(f'opencv-python=={OPENCV}')})."
        )
    if subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, check=False).returncode:
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "none set"
        raise UserError(f"no window can be opened (display: {display}): leave out --show; the copies are saved anyway.")


class Window(Sink):
    """Shows every result, live sources in a window each.

    Videos run with their frame rate in the corner, a picture stays until a key is pressed.

    Attributes:
        closed: whether the user pressed q or closed a window.
    """

    def __init__(self):
        check_display()
        self.closed = False
        self._clocks = {}  # by the title of a window
        self._shapes = {}  # of what each shows

    def prepare(self, result):
        _ = result.drawn

    def write(self, result):
        if self.closed:
            return
        frame = result.frame
        title = f"{frame.source} - {HINT}" if frame.live else f"yolo - {HINT}"
        image = cv2.cvtColor(result.drawn, cv2.COLOR_RGB2BGR)
        if title not in self._clocks:
            self._clocks[title] = FrameRate()
            # Qt's own kind of window has a toolbar, for which the picture would be made smaller.
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        if self._shapes.get(title) != image.shape:
            self._shapes[title] = image.shape
            _fit(title, *image.shape[:2])
        if frame.fps:
            image = _with_text(image, self._clocks[title].tick())
        cv2.imshow(title, image)
        key = cv2.waitKey(1)
        while not frame.fps and key < 0 and _is_open(title):
            key = cv2.waitKey(50)
        self.closed = key & 0xFF == ord("q") or not _is_open(title)

    def close(self):
        cv2.destroyAllWindows()


class FrameRate:
    """Tells how fast frames come."""

    def __init__(self):
        self._last = None
        self._seconds = None  # between frames, smoothed

    def tick(self):
        """Count a frame; the rate as text, empty for the first."""
        last, self._last = self._last, time.perf_counter()
        if last is None:
            return ""
        seconds = self._last - last
        self._seconds = seconds if self._seconds is None else 0.9 * self._seconds + 0.1 * seconds
        return f"{1 / self._seconds:.1f} frames/s"


def _fit(title, height, width):
    """Make a window as large as the picture, or as the screen allows, in the picture's shape: there are no bars."""
    fraction = min(1.0, 1280 / width, 720 / height)
    cv2.resizeWindow(title, max(round(width * fraction), 1), max(round(height * fraction), 1))


def _with_text(image, text):
    """Text in the top left corner, white with a black rim; painted in place."""
    for rgb, thickness in (((0, 0, 0), 4), ((255, 255, 255), 1)):
        image = cv2.putText(image, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, rgb, thickness, cv2.LINE_AA)
    return image


def _is_open(title):
    return cv2.getWindowProperty(title, cv2.WND_PROP_VISIBLE) >= 1
