"""Videos, read to the last frame."""

import logging
import time
from pathlib import Path

from yolo.inference.sources.capture import open_capture, public
from yolo.inference.sources.frame import Frame, Source, UnreadableError
from yolo.opencv import cv2

USUAL_FPS = 25.0  # of a video that does not say

log = logging.getLogger("yolo")


class Video(Source):
    """A video file, or what `Live` follows: a webcam or a stream.

    Args:
        text: a file, the number of a webcam, or an address.

    Attributes:
        address: as OpenCV takes it, the number of a webcam as int.
        endless: whether it is a webcam or a stream without an end.
    """

    def __init__(self, text):
        self.paths = [Path(text)] if Path(text).is_file() else []
        self.address = int(text) if text.isdecimal() and not self.paths else text
        self.name = public(self.address)
        capture = open_capture(self.address)
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.total = int(frames) if 0 < frames < 1e9 and not isinstance(self.address, int) else None
        self.fps = fps if 0 < fps <= 1000 else USUAL_FPS
        self.endless = self.total is None and not self.paths
        is_dumb = self.endless and not capture.read()[0]  # said now, for what is lost later is tried again
        capture.release()
        if is_dumb:
            self._complain()

    def __iter__(self):
        capture = open_capture(self.address)
        count = 0
        try:
            start = time.perf_counter()
            while (read := capture.read())[0]:
                image = cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB)
                yield Frame(image, self.name, count, self.fps, seconds=time.perf_counter() - start)
                count += 1
                start = time.perf_counter()
        finally:
            capture.release()
        if not count:
            self._complain()
        if self.total and count < self.total:
            log.warning("%s ended after %d of %d frames", self.name, count, self.total)

    def _complain(self):
        raise UnreadableError(f"{self.name} was opened, but no frame of it can be decoded.")
