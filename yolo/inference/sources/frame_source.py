"""The base class of all sources of pictures, and the frames that they yield."""

import abc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yolo.array_types import Image
from yolo.errors import UserError

BATCH_PIXELS = 8_000_000  # of all pictures in a batch; large ones gain nothing by sharing a batch, and fill the memory


class UnreadableSourceError(UserError):
    """An error because nothing can be read from a source; other sources may still be readable."""


@dataclass(frozen=True)
class Frame:
    """One picture, or one frame of a video.

    Attributes:
        source: the name of its file, webcam or stream, without any password.
        index: the number of the frame in its source, from 0. A live source skips numbers when frames come too fast, a
            damaged file when they cannot be decoded.
        fps: frames per second of the video; 0 for a picture.
        live: whether it is from a webcam or a stream; frames of several live sources may alternate.
        seconds: the time to read it; for a live source, to wait for it.
        time: seconds from the beginning of the video, or from the first frame of a live source; None for a picture.
    """

    image: Image
    source: str
    index: int = 0
    fps: float = 0.0
    live: bool = False
    seconds: float = 0.0
    time: float | None = None


class FrameSource(abc.ABC):
    """An iterable of frames. A source of files can be iterated several times.

    Attributes:
        name: the name for messages.
        paths: its files; empty for webcams and streams.
        number: the number of its pictures, videos, webcams or streams.
        total: the number of frames that the files state; None if unknown or live.
        fps: frames per second; 0 for pictures.
        live: whether the frames are from webcams or streams, of which only the newest matters.
        readers: the number of threads that read it.
        skipped: the pictures that could not be read, known after the iteration.
        lost: the number of frames of a video that could not be decoded, known after the iteration.
    """

    name: str = ""
    paths: Sequence[Path] = ()
    number: int = 1
    total: int | None = None
    fps: float = 0.0
    live: bool = False
    readers: int = 1
    skipped: Sequence[Path] = ()
    lost: int = 0

    @abc.abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Return an iterator over the frames.

        Raises:
            UnreadableSourceError: no frame can be read.
        """

    def batches(self, size: int) -> Iterator[list[Frame]]:
        """Yield the frames in lists of at most `size`; lists of large pictures are shorter."""
        batch: list[Frame] = []
        pixels = 0
        for frame in self:
            batch.append(frame)
            pixels += frame.image.shape[0] * frame.image.shape[1]
            if len(batch) == size or pixels >= BATCH_PIXELS:
                yield batch
                batch, pixels = [], 0
        if batch:
            yield batch

    def stop(self) -> None:  # noqa: B027  # only live sources need it
        """End an iteration in another thread soon, even if it waits for a frame that never comes."""
