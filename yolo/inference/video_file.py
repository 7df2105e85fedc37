"""Videos written by OpenCV."""

from yolo.errors import UserError
from yolo.letterbox import fit
from yolo.opencv import cv2


class VideoFile:
    """An .mp4 file (MPEG-4 part 2, the codec that every OpenCV wheel can write).

    Args:
        size: (height, width); a frame of another size is letterboxed to it. Sides of the file are even: the last
            row or column of an odd one is left out.
    """

    def __init__(self, path, fps, size):
        self.path = path
        self.size = size
        self._index = None
        self._frames = 0
        self._writer = cv2.VideoWriter(
            str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*"mp4v"), fps, (size[1], size[0])
        )
        if not self._writer.isOpened():
            raise UserError(f"OpenCV cannot write the video {path} ({size[0]} x {size[1]}, {fps:g} frames a second).")

    def write(self, image, index):
        """Append a frame; one that stands for several, for a live source left some out, is repeated to keep time."""
        if image.shape[:2] != self.size:
            image, _ = fit(image, self.size)
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        repeats = 1 if self._index is None else index - self._index
        self._index = index
        for _ in range(repeats):
            self._writer.write(bgr)
        self._frames += repeats

    def close(self):
        """Write the table of contents, without which no player opens the file; raises UserError if it is not whole.

        OpenCV says nothing of a full disk.
        """
        self._writer.release()
        written = cv2.VideoCapture(str(self.path))
        found = int(written.get(cv2.CAP_PROP_FRAME_COUNT))
        written.release()
        if found < self._frames:
            raise UserError(f"the video {self.path} holds {found} of {self._frames} frames: is the disk full?")
