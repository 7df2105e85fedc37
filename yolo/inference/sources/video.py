"""Videos, read to the last frame."""

import logging
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from yolo import picture_files
from yolo.inference.sources.address import is_stream
from yolo.inference.sources.capture import open_capture, public, read
from yolo.inference.sources.frame_numbers import FrameNumbers
from yolo.inference.sources.frame_source import Frame, FrameSource, UnreadableSourceError
from yolo.opencv import cv2

USUAL_FPS = 25.0  # of a video that does not say
MOST_FAILURES = 1000  # reads in a row that may fail before a file counts as ended; each takes microseconds

log = logging.getLogger("yolo")


class VideoSource(FrameSource):
    """A video file, a picture behind an address, or what `Live` follows: a webcam or a stream.

    A frame that cannot be decoded is left out and counted, the others keep their numbers. A file has ended when its
    own number of frames is reached, or when very many reads in a row have failed.

    Args:
        text: a file, the number of a webcam, or an address.

    Attributes:
        address: as OpenCV takes it, the number of a webcam as int.
        endless: whether it is a webcam or a stream without an end.
    """

    def __init__(self, text):
        self.paths = [Path(text)] if os.path.isfile(text) else []  # unlike Path.is_file it takes any length
        self.address = int(text) if text.isdecimal() and not self.paths else text
        self.name = public(self.address)
        capture = open_capture(self.address)
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.total = int(frames) if 0 < frames < 1e9 and not isinstance(self.address, int) else None
        self.fps = fps if 0 < fps <= 1000 else USUAL_FPS
        self.endless = self.total is None and not self.paths
        is_dumb = self.endless and read(capture) is None  # said now, for what is lost later is tried again
        if is_stream(self.address) and picture_files.is_picture(urlsplit(self.name).path) and not is_dumb:
            self._become_picture(capture)
        capture.release()
        if is_dumb:
            self._complain()

    def _become_picture(self, capture):
        """Be one picture, where an address that is called so gives no second one."""
        if self.total == 1 or (self.endless and read(capture) is None):
            self.total, self.fps, self.endless = 1, 0.0, False

    def __iter__(self):
        capture = open_capture(self.address)
        numbers = FrameNumbers(self.fps)
        count = failures = 0
        try:
            start = time.perf_counter()
            while not self._has_ended(numbers.following, failures):
                image = read(capture)
                if image is None:
                    failures += 1
                    continue
                moment = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
                index = numbers.give(moment, failures)
                count, failures = count + 1, 0
                rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                seconds = time.perf_counter() - start
                yield Frame(rgb, self.name, index, self.fps, seconds=seconds, time=moment if self.fps else None)
                start = time.perf_counter()
        finally:
            capture.release()
        if not count:
            self._complain()
        self._tell(numbers, count)

    def _has_ended(self, following, failures):
        """Return whether nothing comes after so many failures in a row."""
        if not failures:
            return False
        most = 1 if is_stream(self.address) else MOST_FAILURES  # a server that is silent takes seconds each time
        return failures >= most or (self.total is not None and following <= self.total <= following + failures)

    def _tell(self, numbers, count):
        """Say what is missing, and whether the rate varies."""
        self.lost = numbers.following - count
        if self.lost:
            log.warning(
                "%s: %d of %d frames could not be decoded; the others keep their numbers",
                self.name, self.lost, numbers.following,
            )  # fmt: skip
        reached = max(numbers.following, round(numbers.time * self.fps) + 1)
        tolerance = 1 + (self.total or 0) // 100  # where a file tells its duration only, its count is an estimate
        if self.total and reached < self.total - tolerance:
            log.warning("%s ended after %d of %d frames", self.name, numbers.following, self.total)
            self.lost += self.total - numbers.following
        if numbers.longest > 1.5 * numbers.shortest:
            log.info(
                "%s: its frame rate varies, from %.0f to %.0f ms between frames; a copy has the mean, %.4g a second",
                self.name, numbers.shortest * 1000, numbers.longest * 1000, self.fps,
            )  # fmt: skip

    def _complain(self):
        raise UnreadableSourceError(f"{self.name} was opened, but no frame of it can be decoded.")
