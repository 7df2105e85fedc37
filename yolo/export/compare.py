"""Measure how far an exported model is from the network it was made of, and refuse what is too far."""

from dataclasses import dataclass

import numpy as np

from yolo.boxes import clip
from yolo.errors import UserError

COUNTED = 0.05  # boxes of a lower score are never looked at
BEST = 10  # boxes of each picture that are looked at where none has such a score
ALLOWED = {  # pixels of the input and scores at most, pixels and share of the scores on average
    "float32": (1e-3, 1e-4, 3e-4, 1e-4),
    "float16": (2.0, 0.02, 0.2, 0.02),
    "bfloat16": (16.0, 0.2, 1.2, 0.15),
    "int8": (64.0, 0.8, 7.5, 0.75),
}
REMEDY = {  # what may help
    "float32": "try another format",
    "float16": "choose float32",
    "bfloat16": "choose float32",
    "int8": "calibrate on more pictures of the kind to come, or choose another precision",
}


@dataclass(frozen=True)
class RuntimeDifference:
    """The differences between two runtimes.

    Attributes:
        boxes: the largest in pixels of the input, to which boxes are cut, among those of score over COUNTED, or among
            the BEST of each picture where there is none.
        scores: the largest among all boxes.
        mean_boxes: the mean in pixels, among the same boxes as the largest.
        share: the mean in the scores of these boxes, as a share of their mean score.
        counted: how many boxes these were.
        pictures: how many pictures were looked at.
    """

    boxes: float
    scores: float
    mean_boxes: float
    share: float
    counted: int
    pictures: int

    def is_allowed(self, precision):
        """Return whether it is no more than the precision allows; what is no number is not."""
        return all(found <= most for found, most in zip(self._numbers(), ALLOWED[precision], strict=True))

    def check(self, precision, path):
        """Raise UserError when it is more than the precision allows, or no number."""
        if not self.is_allowed(precision):
            raise UserError(
                f"{path} was not written, because it differs from the network by {self}, "
                f"where in {precision} at most {_words(*ALLOWED[precision])} are expected; {REMEDY[precision]}."
            )

    def __str__(self):
        return f"{_words(*self._numbers())} in {self.counted} boxes"

    def _numbers(self):
        return self.boxes, self.scores, self.mean_boxes, self.share


def _words(boxes, scores, mean_boxes, share):
    return f"{boxes:.2g} pixels and {scores:.2g} in scores, on average {mean_boxes:.2g} pixels and {100 * share:.2g} %"


def compare(reference, runtime, pictures):
    """The `RuntimeDifference` of two runtimes on pictures (h, w, 3) uint8 of their input size."""
    (expected, expected_scores), (found, found_scores) = _answers(reference, pictures), _answers(runtime, pictures)
    best = expected_scores.max(axis=-1)  # (B, N)
    chosen = best > COUNTED
    if not chosen.any():
        chosen = best >= np.sort(best)[:, -BEST:][:, :1]
    size = pictures[0].shape[:2]
    moved = np.abs(clip(found, *size) - clip(expected, *size))[chosen]  # (n, 4)
    changed = np.abs(found_scores - expected_scores)  # (B, N, C)
    share = changed[chosen].sum() / expected_scores[chosen].sum()
    numbers = map(float, (moved.max(), changed.max(), moved.mean(), share))
    return RuntimeDifference(*numbers, int(chosen.sum()), len(pictures))


def _answers(runtime, pictures):
    """Boxes (B, N, 4) and scores (B, N, C)."""
    return map(np.concatenate, zip(*(runtime(picture[None]) for picture in pictures), strict=True))
