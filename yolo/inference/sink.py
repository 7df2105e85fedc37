"""The base class of all sinks, which write the results of detection, and the results that they receive."""

import abc
import contextlib
import functools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray

from yolo import picture_files
from yolo.array_types import Image
from yolo.errors import FULL, UserError
from yolo.inference.draw import draw
from yolo.inference.output_files import picture_name
from yolo.inference.sources import Frame
from yolo.inference.video_file import DiskFullError
from yolo.structures import Detections

AnySink = TypeVar("AnySink", bound="Sink")

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class FrameResult:
    """A frame with its detections."""

    frame: Frame
    detections: Detections

    @functools.cached_property
    def drawn(self) -> Image:
        """The image with the detections drawn on it."""
        return draw(self.frame.image, self.detections)

    @functools.cached_property
    def encoded(self) -> Annotated[NDArray[np.uint8], "bytes"]:
        """The bytes of the `drawn` image as a file in the format of the source.

        Raises:
            UserError: OpenCV cannot encode an image of this size.
        """
        return picture_files.encode(picture_name(self.frame.source), self.drawn)


class Sink(abc.ABC):
    """The base class of all sinks.

    Use a sink in a `with` block, which closes its files even after Ctrl-C, and write one `FrameResult` after another to
    it. If a file cannot be written, the sink warns, counts it and goes on; a full disk is an error.

    Attributes:
        closed: whether the user wants no more results, as after closing a window.
        failures: the number of files that could not be written.
        written: the number of files that were written, as far as this is known before they are closed.
    """

    closed: bool = False
    written: int = 0
    failures: int = 0

    def __enter__(self: AnySink) -> AnySink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self, result: FrameResult) -> None:  # noqa: B027  # not every sink needs it
        """Compute what `write` will need of the result. Any thread may call this, for several results in any order."""

    @abc.abstractmethod
    def write(self, result: FrameResult) -> None:
        """Write one result.

        Raises:
            UserError: the disk is full, or the sink cannot go on.
        """

    def close(self) -> None:  # noqa: B027  # not every sink has files
        """Finish the files.

        Raises:
            UserError: a file is incomplete.
        """

    def outcome(self) -> str:
        """Return a text for the user on what was written and where; empty for a sink that writes no files."""
        return ""

    @contextlib.contextmanager
    def _spared(self) -> Iterator[None]:
        """Turn a UserError in the block into a warning and count it, unless the disk is full."""
        try:
            yield
        except UserError as error:
            if isinstance(error, DiskFullError) or getattr(error.__cause__, "errno", None) in FULL:
                raise
            self.failures += 1
            log.warning("left out: %s", error)
