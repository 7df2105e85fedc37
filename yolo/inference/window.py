"""A window that shows the annotated pictures as they come."""

import functools
import os
import subprocess
import sys
import time

from yolo.errors import UserError
from yolo.inference.sinks import Sink
from yolo.opencv import cv2

TITLE = "yolo - q quits"
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
            "(pip install --force-reinstall --no-deps opencv-python)."
        )
    if subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, check=False).returncode:
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "none set"
        raise UserError(f"no window can be opened (display: {display}): leave out --show; the copies are saved anyway.")


class Window(Sink):
    """Shows every result; videos run with their frame rate in the corner, a picture stays until a key is pressed.

    Attributes:
        closed: whether the user pressed q or closed the window.
    """

    def __init__(self):
        check_display()
        cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
        self.closed = False
        self._sized = False
        self._shown = None
        self._seconds = None  # between frames, smoothed

    def write(self, result):
        image = cv2.cvtColor(result.drawn, cv2.COLOR_RGB2BGR)
        height, width = image.shape[:2]
        if not self._sized:
            fraction = min(1.0, 1280 / width, 720 / height)
            cv2.resizeWindow(TITLE, max(round(width * fraction), 1), max(round(height * fraction), 1))
            self._sized = True
        if result.frame.fps:
            image = self._with_rate(image)
        cv2.imshow(TITLE, image)
        key = cv2.waitKey(1)
        while not result.frame.fps and key < 0 and self._is_open():
            key = cv2.waitKey(50)
        self.closed = key & 0xFF == ord("q") or not self._is_open()

    def close(self):
        cv2.destroyAllWindows()

    def _with_rate(self, image):
        now = time.perf_counter()
        if self._shown is not None:
            seconds = now - self._shown
            self._seconds = seconds if self._seconds is None else 0.9 * self._seconds + 0.1 * seconds
            text = f"{1 / self._seconds:.1f} frames/s"
            image = cv2.putText(image, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 4, cv2.LINE_AA)
            image = cv2.putText(image, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 1, cv2.LINE_AA)
        self._shown = now
        return image

    def _is_open(self):
        return cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1
