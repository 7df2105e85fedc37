"""Import OpenCV in one place, without its log messages, and raise a readable error if it cannot be loaded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from yolo.errors import UserError
from yolo.package_conflicts import OPENCV, REINSTALL
from yolo.temporary_environment import environment_variables

# OpenCV's warnings would repeat what our errors say. This variable stays set, because it is read whenever a video is
# opened; the one below is read only during the import.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

try:
    with environment_variables(OPENCV_LOG_LEVEL=os.environ.get("OPENCV_LOG_LEVEL", "SILENT")):
        import cv2
except ModuleNotFoundError:
    raise
except ImportError as error:
    raise UserError(
        f"OpenCV cannot be loaded ({error}): on a machine without a desktop either install the two system libraries "
        "(apt-get install libgl1 libglib2.0-0) or put the build without windows in the place of the other "
        f"({REINSTALL.format(f'opencv-python-headless=={OPENCV}')})."
    ) from error

__all__ = ["cv2", "opencv_threads"]


@contextmanager
def opencv_threads(number: int) -> Iterator[None]:
    """Limit each call of OpenCV within the block, in any thread, to a number of threads."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(number)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
