"""Read videos to the last frame, even damaged ones."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from yolo import picture_files
from yolo.array_types import Image
from yolo.inference.sources.address import is_stream
from yolo.inference.sources.capture import open_capture, public, read
from yolo.inference.sources.frame_numbers import FrameNumbers
from yolo.inference.sources.frame_source import Frame, FrameSource, UnreadableSourceError
from yolo.opencv import cv2

USUAL_FPS = 25.0  # for a video that does not state its rate
MOST_FAILURES = 1000  # failed reads in a row after which a file has ended; each takes microseconds

log = logging.getLogger("yolo")


class VideoSource(FrameSource):
    """A video file, a webcam, a stream, or a picture at an address.

    A frame that cannot be decoded is skipped and counted; the others keep their numbers. A file has ended when as many
    frames as it states are read, or when very many reads in a row have failed.

    Args:
        text: a file, the number of a webcam, or an address.

    Attributes:
        address: for OpenCV; the number of a webcam is an int.
        endless: whether it is a webcam or a stream, for `LiveSources`.

    Raises:
        UnreadableSourceError: it cannot be opened, or a webcam or stream yields no frame.
        UserError: the address is malformed.
    """

    def __init__(self, text: str) -> None:
        self.paths = [Path(text)] if os.path.isfile(text) else []  # Path.is_file would raise for a very long text
        self.address = int(text) if text.isdecimal() and not self.paths else text
        self.name = public(self.address)
        capture = open_capture(self.address)
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        fps = capture.get(cv2.CAP_PROP_FPS)
        self.total = int(frames) if 0 < frames < 1e9 and not isinstance(self.address, int) else None
        self.fps = fps if 0 < fps <= 1000 else USUAL_FPS
        self.endless = self.total is None and not self.paths
        is_silent = self.endless and read(capture) is None  # an error only now: later, `LiveFeed` reconnects
        if is_stream(self.address) and picture_files.is_picture(urlsplit(self.name).path) and not is_silent:
            self._become_picture(capture)
        capture.release()
        if is_silent:
            self._complain()

    def _become_picture(self, capture: cv2.VideoCapture) -> None:
        """Become a single picture if no second frame follows; the address is named like a picture."""
        if self.total == 1 or (self.endless and read(capture) is None):
            self.total, self.fps, self.endless = 1, 0.0, False

    def __iter__(self) -> Iterator[Frame]:
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
                rgb: Image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]  # still uint8
                seconds = time.perf_counter() - start
                yield Frame(rgb, self.name, index, self.fps, seconds=seconds, time=moment if self.fps else None)
                start = time.perf_counter()
        finally:
            capture.release()
        if not count:
            self._complain()
        self._report(numbers, count)

    def _has_ended(self, following: int, failures: int) -> bool:
        """Return whether the video has ended, after a number of failed reads in a row.

        Args:
            following: the number that the next frame would have.
        """
        if not failures:
            return False
        most = 1 if is_stream(self.address) else MOST_FAILURES  # each read from a silent server takes seconds
        return failures >= most or (self.total is not None and following <= self.total <= following + failures)

    def _report(self, numbers: FrameNumbers, count: int) -> None:
        """Log missing frames and a variable frame rate."""
        self.lost = numbers.following - count
        if self.lost:
            log.warning(
                "%s: %d of %d frames could not be decoded; the others keep their numbers",
                self.name, self.lost, numbers.following,
            )  # fmt: skip
        assert numbers.time is not None  # there was a frame
        reached = max(numbers.following, round(numbers.time * self.fps) + 1)
        tolerance = 1 + (self.total or 0) // 100  # if a file states only its duration, the total is an estimate
        if self.total and reached < self.total - tolerance:
            log.warning("%s ended after %d of %d frames", self.name, numbers.following, self.total)
            self.lost += self.total - numbers.following
        if numbers.longest > 1.5 * numbers.shortest:
            log.info(
                "%s: its frame rate varies, from %.0f to %.0f ms between frames; a copy has the mean, %.4g a second",
                self.name, numbers.shortest * 1000, numbers.longest * 1000, self.fps,
            )  # fmt: skip

    def _complain(self) -> NoReturn:
        raise UnreadableSourceError(f"{self.name} was opened, but no frame of it can be decoded.")
