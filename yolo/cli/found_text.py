"""Describe the detections in a picture or a video in one line."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from yolo.wording import counted, printable, resolution

if TYPE_CHECKING:
    from yolo.inference.sink import FrameResult


class VideoSummary:
    """The detections in a video and the speed; as text, one line."""

    def __init__(self) -> None:
        self.frames = 0
        self._detections = 0
        self._most: Counter[str] = Counter()  # of each class, in one frame
        self._milliseconds = 0.0

    def add(self, result: "FrameResult", milliseconds: float) -> None:
        """Add a frame and the time that its detection took."""
        self.frames += 1
        self._detections += len(result.detections)
        self._most |= Counter(result.detections.counts())
        self._milliseconds += milliseconds
        self._size = resolution(result.frame.image.shape)

    def __str__(self) -> str:
        mean = self._milliseconds / self.frames
        found = counted(self._detections, "detection")
        most = f", at most {printable(listed(self._most))} at once" if self._detections else ""
        return f"{self._size}: {found} in {counted(self.frames, 'frame')}{most}; {mean:.1f} ms a frame"


def described(result: "FrameResult") -> str:
    """Return the detections in a picture as a line: `dog.jpg 768 x 576: 1 dog, 1 truck`."""
    text = f"{result.frame.source} {resolution(result.frame.image.shape)}: {listed(result.detections.counts())}"
    return printable(text)


def listed(counts: Mapping[str, int]) -> str:
    """Return the numbers of objects as text, the largest first.

    Example:
        >>> listed({"car": 1, "dog": 2})
        '2 dog, 1 car'
    """
    return ", ".join(f"{number} {name}" for name, number in Counter(counts).most_common()) or "nothing"
