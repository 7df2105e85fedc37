"""Show the annotated pictures in windows."""

import functools
import os
import subprocess
import sys
import time

from yolo.array_types import BgrImage
from yolo.errors import UserError
from yolo.inference.sink import FrameResult, Sink
from yolo.opencv import cv2
from yolo.package_conflicts import OPENCV, REINSTALL

HINT = "q quits"
TRIAL = "import cv2; cv2.namedWindow('trial'); cv2.destroyAllWindows()"


@functools.cache
def check_display() -> None:
    """Raise UserError if no window can be opened.

    The attempt is made in another process, because OpenCV aborts the process if there is no display.
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
    """A sink that shows every result: each live source in a window of its own, all others in one.

    Videos show their frame rate in the corner. A picture stays until a key is pressed.

    Attributes:
        closed: whether the user pressed q or closed a window.

    Raises:
        UserError: no window can be opened.
    """

    def __init__(self) -> None:
        check_display()
        self.closed = False
        self._clocks: dict[str, FrameRate] = {}  # by the title of a window
        self._shapes: dict[str, tuple[int, ...]] = {}  # of the image in each

    def prepare(self, result: FrameResult) -> None:
        _ = result.drawn

    def write(self, result: FrameResult) -> None:
        if self.closed:
            return
        frame = result.frame
        title = f"{frame.source} - {HINT}" if frame.live else f"yolo - {HINT}"
        image: BgrImage = cv2.cvtColor(result.drawn, cv2.COLOR_RGB2BGR)  # type: ignore[assignment]  # still uint8
        if title not in self._clocks:
            self._clocks[title] = FrameRate()
            # The standard window of Qt has a toolbar, which makes the picture smaller.
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        if self._shapes.get(title) != image.shape:
            self._shapes[title] = image.shape
            _resize(title, *image.shape[:2])
        if frame.fps:
            image = _with_text(image, self._clocks[title].tick())
        cv2.imshow(title, image)
        key = cv2.waitKey(1)
        while not frame.fps and key < 0 and _is_open(title):
            key = cv2.waitKey(50)
        self.closed = key & 0xFF == ord("q") or not _is_open(title)

    def close(self) -> None:
        cv2.destroyAllWindows()


class FrameRate:
    """A measurement of the frame rate."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._seconds: float | None = None  # between two frames, smoothed

    def tick(self) -> str:
        """Count a frame, and return the rate as text, which is empty for the first frame."""
        last, self._last = self._last, time.perf_counter()
        if last is None:
            return ""
        seconds = self._last - last
        self._seconds = seconds if self._seconds is None else 0.9 * self._seconds + 0.1 * seconds
        return f"{1 / self._seconds:.1f} frames/s"


def _resize(title: str, height: int, width: int) -> None:
    """Resize a window to the picture, at most 1280 x 720 pixels; the aspect ratio is kept, so there are no bars."""
    fraction = min(1.0, 1280 / width, 720 / height)
    cv2.resizeWindow(title, max(round(width * fraction), 1), max(round(height * fraction), 1))


def _with_text(image: BgrImage, text: str) -> BgrImage:
    """Draw a text in the top left corner, white with a black rim, in place; return the image."""
    for rgb, thickness in (((0, 0, 0), 4), ((255, 255, 255), 1)):
        cv2.putText(image, text, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, rgb, thickness, cv2.LINE_AA)
    return image


def _is_open(title: str) -> bool:
    return cv2.getWindowProperty(title, cv2.WND_PROP_VISIBLE) >= 1
