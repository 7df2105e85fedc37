"""Replace, count and name pictures that a run could read at its start and cannot read any more."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from yolo.errors import UserError
from yolo.structures import Annotation, Sample
from yolo.wording import counted, shorten

log = logging.getLogger("yolo")


class LostPictures:
    """The pictures that a run has lost. Threads may use it at the same time.

    Attributes:
        all_gone: the error of a set without any readable picture; None before that happens.
    """

    def __init__(self) -> None:
        self.all_gone: UserError | None = None
        self._paths: set[Path] = set()
        self._lock = threading.Lock()

    def __contains__(self, path: Path) -> bool:
        return path in self._paths

    def add(self, path: Path, reason: UserError, instead: str) -> None:
        """Record that a picture is lost, and log it the first time.

        Args:
            reason: the error of reading it.
            instead: what happens in its place, for the log.
        """
        with self._lock:
            if path not in self._paths:
                self._paths.add(path)
                log.warning(f"{str(reason).rstrip('.')}; {instead}")

    def sample(self, annotations: Sequence[Annotation], index: int, load: Callable[[Annotation], Sample]) -> Sample:
        """Return the sample of a picture; for a lost one, that of the next picture in the list that can be read.

        Args:
            annotations: the annotations of all pictures.
            index: the index of the picture.
            load: raises UserError for a picture that cannot be read.

        Raises:
            UserError: no picture can be read any more.
        """
        reason: UserError | None = None
        for step in range(len(annotations)):
            annotation = annotations[(index + step) % len(annotations)]
            if annotation.path in self:
                continue
            try:
                return load(annotation)
            except UserError as error:
                reason = error
                self.add(annotation.path, error, "another one is shown in its place from now on")
        why = f" ({str(reason).rstrip('.')})" if reason else ""
        gone = UserError(f"none of the {counted(len(annotations), 'picture')} can be read any more{why}.")
        self.all_gone = self.all_gone or gone  # the first one has the reason
        raise self.all_gone

    def summary(self) -> str:
        """Return a sentence with the number and the names of the lost pictures; empty when there are none."""
        names = sorted(path.name for path in self._paths)
        lost = f"{counted(len(names), 'picture')} could not be read any more during this run: {shorten(names)}"
        return lost if names else ""
