"""One webcam or stream, followed in a thread that keeps its newest frame and takes it up again when it was lost."""

import contextlib
import logging
import threading
import time

from yolo.inference.sources.capture import open_capture, read
from yolo.inference.sources.frame_source import UnreadableSourceError
from yolo.wording import counted

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds before an attempt to take it up again
MOST_FAILURES = 10  # reads in a row that fail before it is lost
LONGEST_SILENCE = 5.0  # seconds without a frame after which a read that fails means so at once

log = logging.getLogger("yolo")


class LiveFeed:
    """Reads in a thread, so that slow work never lags behind: only the newest frame is kept.

    Args:
        video: the `Video` of a webcam or stream.
        patience: for how many seconds it is tried again when it is lost.
        changed: a `threading.Condition`, notified when the answer of `is_ready` or `runs` may be another.
        stopped: a `threading.Event` that ends the thread.

    Attributes:
        video: as given.
        runs: whether frames may still come.
    """

    def __init__(self, video, patience, changed, stopped):
        self.video = video
        self._patience = patience
        self._changed = changed
        self._stopped = stopped
        self._count = 0
        self._began = None  # when the first frame came
        self._newest = []
        self._error = None
        self.runs = True
        self._thread = threading.Thread(target=self._follow, daemon=True)  # it may hang in a dead network
        self._thread.start()

    @property
    def is_ready(self):
        """Return whether `take` has something to give or to raise; to be asked while `changed` is held."""
        return bool(self._newest or self._error)

    def take(self):
        """The newest frame not yet taken as [(index, seconds since the first, BGR image)], or [].

        Raises what the thread has raised.
        """
        if self._error:
            raise self._error
        newest, self._newest = self._newest, []
        return newest

    def join(self):
        """Wait for the thread, which lets go of the source, but not for one that hangs in a dead network."""
        self._thread.join(timeout=2)

    def _follow(self):
        error = None
        try:
            with contextlib.suppress(
                UnreadableSourceError
            ):  # it could be opened a moment ago, so it is as good as lost
                self._read_all(open_capture(self.video.address))
            while (capture := self._found_again()) is not None:
                self._read_all(capture)
        except Exception as raised:  # whatever it is, it belongs to who takes the frames
            error = raised
        with self._changed:
            self._error = error
            self.runs = False
            self._changed.notify_all()

    def _read_all(self, capture):
        """Keep frame after frame until it is lost: one that cannot be decoded among others is no loss."""
        failures, last = 0, time.monotonic()
        while not self._stopped.is_set() and failures < MOST_FAILURES and time.monotonic() - last < LONGEST_SILENCE:
            image = read(capture)
            failures += 1
            if image is not None:
                failures, last = 0, time.monotonic()
                self._keep(image)
        capture.release()

    def _keep(self, image):
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        with self._changed:
            self._newest = [(self._count, now - self._began, image)]
            self._changed.notify_all()
        self._count += 1

    def _found_again(self):
        """A capture that gives frames, after growing waits; None when the patience is at its end or all is to stop."""
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
