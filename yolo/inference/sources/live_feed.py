"""Read one webcam or stream in a thread that keeps the newest frame and reconnects when the source is lost."""

import contextlib
import logging
import threading
import time
from typing import TypeAlias

from yolo.array_types import BgrImage
from yolo.inference.sources.capture import open_capture, read
from yolo.inference.sources.frame_source import UnreadableSourceError
from yolo.inference.sources.video import VideoSource
from yolo.opencv import cv2
from yolo.wording import counted

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds before an attempt to reconnect
MOST_FAILURES = 10  # failed reads in a row after which the source counts as lost
LONGEST_SILENCE = 5.0  # seconds without a frame after which one failed read is enough

TakenFrame: TypeAlias = tuple[int, float, BgrImage]
"""The number of a frame, its seconds since the first frame, and its image."""

log = logging.getLogger("yolo")


class LiveFeed:
    """A thread that reads a webcam or stream and keeps only the newest frame, so that slow work does not lag behind.

    Args:
        video: the webcam or stream.
        patience: seconds to try to reconnect when it is lost.
        changed: notified when `is_ready` or `runs` may have changed.
        stopped: ends the thread.

    Attributes:
        runs: whether more frames may come.
    """

    def __init__(
        self, video: VideoSource, patience: float, changed: threading.Condition, stopped: threading.Event
    ) -> None:
        self.video = video
        self._patience = patience
        self._changed = changed
        self._stopped = stopped
        self._count = 0
        self._began: float | None = None  # the time of the first frame
        self._newest: list[TakenFrame] = []  # one, or none if it is taken
        self._error: Exception | None = None
        self.runs = True
        self._thread = threading.Thread(target=self._follow, daemon=True)  # it may hang in a dead network
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Return whether `take` has a frame to return or an error to raise; the caller must hold `changed`."""
        return bool(self._newest or self._error)

    def take(self) -> list[TakenFrame]:
        """Return the newest frame, or an empty list if it was taken before. Raise the error of the thread, if any."""
        if self._error:
            raise self._error
        newest, self._newest = self._newest, []
        return newest

    def join(self) -> None:
        """Wait until the thread has closed the source, for two seconds at most, as it may hang in a dead network."""
        self._thread.join(timeout=2)

    def _follow(self) -> None:
        error = None
        try:
            with contextlib.suppress(UnreadableSourceError):  # it could be opened a moment ago, so it counts as lost
                self._read_all(open_capture(self.video.address))
            while (capture := self._reconnected()) is not None:
                self._read_all(capture)
        except Exception as raised:  # of any type; `take` raises it
            error = raised
        with self._changed:
            self._error = error
            self.runs = False
            self._changed.notify_all()

    def _read_all(self, capture: cv2.VideoCapture) -> None:
        """Keep frame after frame until the source is lost; a few frames may fail to decode."""
        failures, last = 0, time.monotonic()
        while not self._stopped.is_set() and failures < MOST_FAILURES and time.monotonic() - last < LONGEST_SILENCE:
            image = read(capture)
            failures += 1
            if image is not None:
                failures, last = 0, time.monotonic()
                self._keep(image)
        capture.release()

    def _keep(self, image: BgrImage) -> None:
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        with self._changed:
            self._newest = [(self._count, now - self._began, image)]
            self._changed.notify_all()
        self._count += 1

    def _reconnected(self) -> cv2.VideoCapture | None:
        """Try to reconnect, with growing waits; return None when the patience ends or the thread must stop."""
        lost, wait = time.monotonic(), FIRST_WAIT
        deadline = lost + self._patience
        if not self._stopped.is_set() and self._patience:
            patience = "1 second" if self._patience == 1 else f"{self._patience:g} seconds"
            log.warning("%s is lost; trying for %s to get it back", self.video.name, patience)
        while (left := deadline - time.monotonic()) > 0 and not self._stopped.wait(min(wait, left)):
            wait = min(2 * wait, LONGEST_WAIT)
            try:
                capture = open_capture(self.video.address)
            except UnreadableSourceError:
                continue
            if (image := read(capture)) is not None:
                log.info("%s is back after %s", self.video.name, counted(round(time.monotonic() - lost), "second"))
                self._keep(image)
                return capture
            capture.release()
        if not self._stopped.is_set():
            log.warning("%s has ended after %d frames", self.video.name, self._count)
        return None
