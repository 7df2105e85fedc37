"""The numbers of a video's frames where some cannot be decoded."""

NEAR = 0.25  # of the time between two frames: how far a step may be from a whole number of frames


class Numbering:
    """Gives each frame the number that it has when all are counted, also those that could not be decoded.

    A decoder may drop frames without a word, so the times are asked first: as long as they come in whole steps of the
    frame rate, a step of three is three frames. Where the rate varies, the reads that failed are counted.

    Args:
        fps: frames per second.

    Attributes:
        following: the number after the last one given.
        shortest, longest: seconds between frames that follow each other; None before the second frame.
    """

    def __init__(self, fps):
        self.following = 0
        self.shortest = self.longest = None
        self._fps = fps
        self._time = None
        self._is_steady = True

    def give(self, time, failures):
        """The number of a frame.

        Args:
            time: its seconds from the beginning of the video.
            failures: how many reads have failed since the frame before.
        """
        number = self.following + failures
        if self._time is not None:
            seconds = time - self._time
            step = seconds * self._fps
            self._is_steady &= abs(step - round(step)) < NEAR
            if self._is_steady:
                number = self.following + max(round(step), 1) - 1
            elif not failures:
                self._note(seconds)
        self._time = time
        self.following = number + 1
        return number

    def _note(self, seconds):
        self.shortest = seconds if self.shortest is None else min(self.shortest, seconds)
        self.longest = seconds if self.longest is None else max(self.longest, seconds)
