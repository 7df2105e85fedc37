"""Write videos with OpenCV."""

import contextlib
import itertools
import math
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from yolo.array_types import BgrImage, Image
from yolo.errors import UserError
from yolo.inference.recording import Recording
from yolo.letterbox import fit
from yolo.opencv import cv2
from yolo.undecodable_names import refuse_undecodable_name
from yolo.wording import resolution

CODECS = {".mp4": "mp4v", ".mkv": "mp4v", ".webm": "VP80"}  # MPEG-4 part 2 and VP8, which every wheel can write
SHORTEST_SIDE = {"mp4v": 2, "VP80": 16}  # pixels; smaller videos cannot be read again
LONGEST_SIDE = 8190  # pixels, the limit of MPEG-4 part 2
LARGEST_TERM = 65535  # of the fraction that states the frame rate
SLOWEST, USUAL, FASTEST = 0.1, 25.0, 1000.0  # frames per second
LONGEST_GAP = 60.0  # seconds without a frame that are filled with the last one
CHECKED = 100  # frames between two checks of the free space on the disk
ROOM = 1_000_000  # bytes that must be free


class DiskFullError(UserError):
    """An error because the disk is full, so that other files cannot be written either."""


class VideoFile:
    """A video file that frames are written to.

    .mp4 and .mkv files are MPEG-4 part 2. A .webm file is VP8, which browsers play, but writing it takes ten times as
    long.

    Args:
        fps: frames per second; the nearest rate that the codec supports is written.
        size: (height, width); frames of another size are letterboxed to it. A size that the codec does not support is
            scaled to one that it does. The sides in the file are even: of an odd one, the last row or column is lost.
        first: the frame number at the beginning of the file; by default that of the first frame written.
        live: make all frames but the last dozen playable at any moment, even if the process is killed. Such a file
            must not be an .mp4, and has no index; other files get one when they are closed.

    Raises:
        UserError: OpenCV cannot write the file.
        DiskFullError: there is no space left.
    """

    def __init__(
        self, path: str | Path, fps: float, size: tuple[int, int], first: int | None = None, live: bool = False
    ) -> None:
        self.path = Path(path)
        refuse_undecodable_name(self.path)
        codec = CODECS[self.path.suffix]
        self.size = possible_size(size, SHORTEST_SIDE[codec])
        self.fps = possible_rate(fps, self.size)
        self.index = None if first is None else first - 1  # of the last frame written
        self._before: BgrImage | None = None
        self._frames = 0
        self._recording = Recording(self.path) if live else None
        target = self._recording.address if self._recording else str(self.path)
        with _quiet(self.path.suffix == ".webm"):
            self._writer = cv2.VideoWriter(
                target, cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), self.fps, self.size[::-1]
            )
        if not self._writer.isOpened():
            if self._recording:
                self._recording.close()
            self._refuse_full_disk()
            shown = f"{resolution(self.size)}, {self.fps:g} frames a second"
            raise UserError(f"OpenCV cannot write the video {path} ({shown}).")
        if self._recording:
            self._recording.start()

    def write(self, image: Image, index: int) -> None:
        """Append the frame with a number. Repeat the frame before it for missing numbers, so that the time stays right.

        A frame whose number is not above the last one is dropped.

        Raises:
            UserError: there is no space left.
        """
        if image.shape[:2] != self.size:
            image, _ = fit(image, self.size)
        bgr: BgrImage = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)  # type: ignore[assignment]  # still uint8
        repeats = 1 if self.index is None else min(index - self.index, math.ceil(LONGEST_GAP * self.fps))
        if repeats < 1:
            return
        before = bgr if self._before is None else self._before
        self.index, self._before = index, bgr
        for repeated in (*itertools.repeat(before, repeats - 1), bgr):
            self._writer.write(repeated)
        self._frames += repeats
        if self._recording:
            self._recording.check()
        elif self._frames % CHECKED < repeats:
            self._refuse_full_disk()

    def close(self) -> None:
        """Finish the file.

        Raises:
            UserError: the file is incomplete.
        """
        self._writer.release()
        if self._recording:
            self._recording.close()
            return
        written = cv2.VideoCapture(str(self.path))
        found = int(written.get(cv2.CAP_PROP_FRAME_COUNT))
        written.release()
        if found < self._frames:
            raise DiskFullError(f"the video {self.path} holds {found} of {self._frames} frames: is the disk full?")

    def _refuse_full_disk(self) -> None:
        if self.path.parent.is_dir() and shutil.disk_usage(self.path.parent).free < ROOM:
            raise DiskFullError(f"cannot write the video {self.path}: no space left on device.")


def possible_size(size: tuple[int, int], shortest: int) -> tuple[int, int]:
    """Return the (height, width) that the codec supports, with the same aspect ratio if possible.

    Example:
        >>> possible_size((4095, 16380), shortest=2)
        (2048, 8190)
    """
    scale = min(1, LONGEST_SIDE / max(size))
    height, width = (max(round(side * scale), shortest) for side in size)
    return height, width


def possible_rate(fps: float, size: tuple[int, int]) -> float:
    """Return the nearest frame rate that the codec supports.

    The codec stores the rate as a fraction of small numbers, which OpenCV makes from a decimal number. A rate that
    leaves less than one bit a second for a tiny picture would abort the process.

    Example:
        >>> possible_rate(30000 / 1001, (480, 640)), possible_rate(float("nan"), (480, 640))
        (29.97, 25.0)
    """
    if not fps > 0:  # true for nan as well
        return USUAL
    fps = min(max(fps, SLOWEST, 1 / math.prod(size)), FASTEST)
    return next(rate for digits in (3, 2, 1, 0) if (rate := round(fps, digits)) * 10**digits <= LARGEST_TERM)


@contextlib.contextmanager
def _quiet(wanted: bool) -> Iterator[None]:
    """Suppress standard error in the block: OpenCV prints that the container has no tag for VP8, but it needs none."""
    if not wanted:
        yield
        return
    sys.stderr.flush()
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
