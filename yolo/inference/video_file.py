"""Videos written by OpenCV."""

import contextlib
import itertools
import math
import os
import shutil
import sys
from pathlib import Path

from yolo.errors import UserError
from yolo.file_names import refuse_undecodable_name
from yolo.inference.recording import Recording
from yolo.letterbox import fit
from yolo.opencv import cv2
from yolo.wording import resolution

CODECS = {".mp4": "mp4v", ".mkv": "mp4v", ".webm": "VP80"}  # MPEG-4 part 2 and VP8, which every wheel can write
SHORTEST_SIDE = {"mp4v": 2, "VP80": 16}  # pixels that can be read again
LONGEST_SIDE = 8190  # pixels that MPEG-4 part 2 takes
LARGEST_TERM = 65535  # of the fraction that is its frame rate
SLOWEST, USUAL, FASTEST = 0.1, 25.0, 1000.0  # frames per second
LONGEST_GAP = 60.0  # seconds without a frame that are filled with the last one
CHECKED = 100  # frames after which it is looked whether there is room on the disk
ROOM = 1_000_000  # bytes


class DiskFullError(UserError):
    """There is no room for what is to be written next either."""


class VideoFile:
    """A video: .mp4 or .mkv, both MPEG-4 part 2, or .webm, VP8, which browsers play and which takes ten times as long.

    Args:
        fps: frames per second; where the codec does not take that rate, the nearest one is written.
        size: (height, width); a frame of another size is letterboxed to it. A size that the codec does not take is
            scaled to one that it does. Sides of the file are even: the last row or column of an odd one is left out.
        first: number of the frame that it begins with; by default that of the first that is written.
        live: whether all but the last dozen of frames can be played at any moment, even if the process is killed. Such
            a file, not an .mp4, has no table of contents; one that is not live gets it when it is closed.
    """

    def __init__(self, path, fps, size, first=None, live=False):
        self.path = Path(path)
        refuse_undecodable_name(self.path)
        codec = CODECS[self.path.suffix]
        self.size = possible_size(size, SHORTEST_SIDE[codec])
        self.fps = possible_rate(fps, self.size)
        self.index = None if first is None else first - 1  # of the last frame written
        self._before = None
        self._frames = 0
        self._recording = Recording(self.path) if live else None
        target = self._recording.address if live else str(self.path)
        with _quiet(self.path.suffix == ".webm"):
            self._writer = cv2.VideoWriter(
                target, cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*codec), self.fps, self.size[::-1]
            )
        if self._writer.isOpened() and live:
            self._recording.start()
        elif not self._writer.isOpened():
            if live:
                self._recording.close()
            self._refuse_full_disk()
            size = resolution(self.size)
            raise UserError(f"OpenCV cannot write the video {path} ({size}, {self.fps:g} frames a second).")

    def write(self, image, index):
        """Append a frame, after repeats of the one before it if numbers are left out, so that time is kept.

        A frame whose number is not above the last one is left out.

        Raises UserError when there is no room.
        """
        if image.shape[:2] != self.size:
            image, _ = fit(image, self.size)
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
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

    def close(self):
        """Finish the file; raises UserError if it is not whole."""
        self._writer.release()
        if self._recording:
            self._recording.close()
            return
        written = cv2.VideoCapture(str(self.path))
        found = int(written.get(cv2.CAP_PROP_FRAME_COUNT))
        written.release()
        if found < self._frames:
            raise DiskFullError(f"the video {self.path} holds {found} of {self._frames} frames: is the disk full?")

    def _refuse_full_disk(self):
        if self.path.parent.is_dir() and shutil.disk_usage(self.path.parent).free < ROOM:
            raise DiskFullError(f"cannot write the video {self.path}: no space left on device.")


def possible_size(size, shortest):
    """The (height, width) that the codec takes, of the same shape where there is one."""
    scale = min(1, LONGEST_SIDE / max(size))
    return tuple(max(round(side * scale), shortest) for side in size)


def possible_rate(fps, size):
    """The frames per second that the codec takes: a fraction of small numbers, for OpenCV one of decimals.

    A rate by which less than one bit a second is left for a tiny picture aborts the process.
    """
    if not fps > 0:  # nor if it is nan
        return USUAL
    fps = min(max(fps, SLOWEST, 1 / math.prod(size)), FASTEST)
    return next(rate for digits in (3, 2, 1, 0) if (rate := round(fps, digits)) * 10**digits <= LARGEST_TERM)


@contextlib.contextmanager
def _quiet(wanted):
    """Hold back standard error, to which OpenCV prints that the container has no tag for VP8; it needs none."""
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
