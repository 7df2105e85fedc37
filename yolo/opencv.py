"""Import OpenCV in one place: without its own log, and with a readable message if it cannot be loaded."""

import os

from yolo.errors import UserError
from yolo.package_conflicts import OPENCV, REINSTALL

# OpenCV reads these during its import. Its warnings would only repeat the messages of our errors.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

try:
    import cv2
except ModuleNotFoundError:
    raise
except ImportError as error:
    raise UserError(
        f"OpenCV cannot be loaded ({error}): on a machine without a desktop either install the two system libraries "
        "(apt-get install libgl1 libglib2.0-0) or put the build without windows in the place of the other "
        f"({REINSTALL.format(f'opencv-python-headless=={OPENCV}')})."
    ) from error

__all__ = ["cv2"]
