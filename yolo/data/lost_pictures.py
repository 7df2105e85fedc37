"""Name, count and replace pictures that were there when a run began and cannot be read any more."""

import logging
import threading

from yolo.errors import UserError
from yolo.wording import counted, shorten

log = logging.getLogger("yolo")


class LostPictures:
    """The pictures that a run has lost. Threads may use it at the same time.

    Attributes:
        all_gone: the UserError of a set of which no picture is left, or None.
    """

    def __init__(self):
        self.all_gone = None
        self._paths = set()
        self._lock = threading.Lock()

    def __contains__(self, path):
        return path in self._paths

    def add(self, path, reason, instead):
        """Note that a picture is lost, and say so the first time."""
        with self._lock:
            if path not in self._paths:
                self._paths.add(path)
                log.warning(f"{str(reason).rstrip('.')}; {instead}")

    def sample(self, annotations, index, load):
        """Return the sample of a picture, or where it is lost that of the next one in the list that can be read.

        Args:
            annotations: of all pictures.
            index: which of them.
            load: annotation -> sample; raises UserError for a picture that cannot be read.

        Raises:
            UserError: no picture can be read any more.
        """
        reason = None
        for step in range(len(annotations)):
            known = annotations[(index + step) % len(annotations)]
            if known.path in self:
                continue
            try:
                return load(known)
            except UserError as error:
                reason = error
                self.add(known.path, error, "another one is shown in its place from now on")
        why = f" ({str(reason).rstrip('.')})" if reason else ""
        gone = UserError(f"none of the {counted(len(annotations), 'picture')} can be read any more{why}.")
        self.all_gone = self.all_gone or gone  # the first tells why
        raise self.all_gone

    def summary(self):
        """Return one sentence that counts and names what was lost, or nothing."""
        names = sorted(path.name for path in self._paths)
        lost = f"{counted(len(names), 'picture')} could not be read any more during this run: {shorten(names)}"
        return lost if names else ""
