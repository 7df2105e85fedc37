"""Compute how many epochs fit into some minutes, from the times of three short trainings.

Some epochs of a training are quicker than the others, such as those with smaller pictures.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

TRIALS = ((1, False), (3, False), (3, True))  # the short trainings: their epochs, and whether these are quick ones
LEAST_SHARE = 0.01  # of the longer training's time for two epochs, else noise in the start could hide a short epoch
MOST_SAVED = 0.9  # of an epoch


@dataclass(frozen=True)
class TrainingTimes:
    """The seconds that the parts of a training take.

    Attributes:
        start: all but the epochs.
        epoch: an epoch.
        quick_epoch: one of the quicker epochs.
    """

    start: float
    epoch: float
    quick_epoch: float

    @classmethod
    def of(cls, one: float, three: float, three_quick: float) -> "TrainingTimes":
        """Return the times of the parts, from the seconds of the TRIALS.

        Example:
            >>> TrainingTimes.of(6.0, 10.0, 8.5)
            TrainingTimes(start=4.0, epoch=2.0, quick_epoch=1.5)
        """
        epoch = max(three - one, LEAST_SHARE * three) / 2
        saved = min(max(three - three_quick, 0) / 3, MOST_SAVED * epoch)
        return cls(max(one - epoch, 0), epoch, epoch - saved)

    def epochs_in(self, minutes: float, count_quick: Callable[[int], int]) -> int:
        """Return the most epochs that fit into these minutes; 0 if not even one does.

        Args:
            count_quick: returns how many epochs of a training are quick ones, from the number of all its epochs.
        """

        def seconds(epochs: int) -> float:
            quick = count_quick(epochs)
            return self.start + (epochs - quick) * self.epoch + quick * self.quick_epoch

        return next(epochs for epochs in itertools.count() if seconds(epochs + 1) > 60 * minutes)
