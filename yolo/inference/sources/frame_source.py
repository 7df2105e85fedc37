"""The base of every source of pictures, and the frames that it gives."""

from dataclasses import dataclass

import numpy as np

from yolo.errors import UserError

BATCH_PIXELS = 8_000_000  # of the pictures of one batch; larger ones gain nothing by sharing it, and fill the memory


class UnreadableSourceError(UserError):
    """A source of which nothing can be read; others may still be."""


@dataclass(frozen=True)
class Frame:
    """One picture, or one frame of a video.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        source: the file, webcam or address it comes from, without any password.
        index: number of the frame in its source, from 0; a live source leaves out those that came too fast, a damaged
            file those that cannot be decoded.
        fps: frames per second of the video; 0 for a picture.
        live: whether it comes from a webcam or a stream, perhaps side by side with others.
        seconds: what reading it took; for a live source, how long it was waited for.
        time: seconds from the beginning of its video; of a live source from its first frame, None for a picture.
    """

    image: np.ndarray
    source: str
    index: int = 0
    fps: float = 0.0
    live: bool = False
    seconds: float = 0.0
    time: float | None = None


class FrameSource:
    """Something to be iterated for its Frames; a file can be read again.

    Attributes:
        name: what to call it.
        paths: its files; nothing for webcams and streams.
        number: how many pictures, videos, webcams or streams it consists of.
        total: number of frames by the files' own count, None when unknown or live.
        fps: frames per second; 0 for pictures.
        live: whether frames come when they will, so that only the newest is worth a look.
        readers: how many threads read it.
        skipped: the pictures that could not be read, once they have been iterated over.
        lost: how many frames of a video could not be decoded, once it has been iterated over.
    """

    name = ""
    paths = ()
    number = 1
    total = None
    fps = 0.0
    live = False
    readers = 1
    skipped = ()
    lost = 0

    def __iter__(self):
        raise NotImplementedError

    def batches(self, size):
        """The frames in lists of at most `size`, shorter where the pictures are large."""
        batch, pixels = [], 0
        for frame in self:
            batch.append(frame)
            pixels += frame.image.shape[0] * frame.image.shape[1]
            if len(batch) == size or pixels >= BATCH_PIXELS:
                yield batch
                batch, pixels = [], 0
        if batch:
            yield batch

    def stop(self):
        """Make an iteration under way in another thread end soon, even if it waits for a frame that never comes."""
