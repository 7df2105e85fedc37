"""Number the frames of a video, some of which cannot be decoded."""

NEAR = 0.25  # frame intervals by which the time between two frames may differ from a whole number of them


class FrameNumbers:
    """A counter that gives each frame its number in the video, where frames that cannot be decoded count as well.

    The decoder of a damaged video also drops frames silently. Therefore, from the first failed read on, numbers are
    computed from the times of the frames, if the frames before came one frame interval apart. If the rate varies, the
    failed reads are counted instead.

    Args:
        fps: frames per second.

    Attributes:
        following: the number after the last one given.
        time: the time of the last frame in seconds; None before the first.
        shortest, longest: seconds between two frames, before the first failed read.
    """

    def __init__(self, fps: float) -> None:
        self.following = 0
        self.time: float | None = None
        self.shortest, self.longest = float("inf"), 0.0
        self._fps = fps
        self._shift = 0.0  # the number of a frame minus its time in frames
        self._is_steady = True  # so far
        self._is_damaged = False

    def give(self, time: float, failures: int) -> int:
        """Return the number of the next frame.

        Args:
            time: seconds from the beginning of the video.
            failures: failed reads since the frame before.
        """
        self._is_damaged |= failures > 0
        number = self.following + failures
        if self.time is not None:
            step = (time - self.time) * self._fps
            self._is_steady &= abs(step - round(step)) < NEAR and (self._is_damaged or round(step) == 1)
        if self._is_damaged and self._is_steady:
            number = max(self.following, round(time * self._fps + self._shift))
        elif not self._is_damaged:
            self._shift = number - time * self._fps
            self._note(time)
        self.time = time
        self.following = number + 1
        return number

    def _note(self, time: float) -> None:
        if self.time is not None:
            self.shortest = min(self.shortest, time - self.time)
            self.longest = max(self.longest, time - self.time)
