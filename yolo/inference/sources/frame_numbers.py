"""The numbers of a video's frames where some cannot be decoded."""

NEAR = 0.25  # of the time between two frames: how far a step may be from a whole number of frames


class FrameNumbers:
    """Gives each frame the number that it has when all are counted, also those that could not be decoded.

    The decoder of a damaged video also drops frames without a word, so from the first read that failed on the times are
    asked, if they have come in steps of the frame rate until then. Where the rate varies, the reads that failed are
    counted.

    Args:
        fps: frames per second.

    Attributes:
        following: the number after the last one given.
        time: seconds of the last frame; None before the first.
        shortest, longest: seconds between two frames, up to the first read that failed.
    """

    def __init__(self, fps):
        self.following = 0
        self.time = None
        self.shortest, self.longest = float("inf"), 0.0
        self._fps = fps
        self._shift = 0.0  # the number of a frame without its time in frames
        self._is_steady = True  # so far
        self._is_damaged = False

    def give(self, time, failures):
        """The number of a frame.

        Args:
            time: its seconds from the beginning of the video.
            failures: how many reads have failed since the frame before.
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

    def _note(self, time):
        if self.time is not None:
            self.shortest = min(self.shortest, time - self.time)
            self.longest = max(self.longest, time - self.time)
