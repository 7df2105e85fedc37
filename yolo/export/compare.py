"""How far an exported model is from the network it was made of, and how far it may be."""

from dataclasses import dataclass

import numpy as np

from yolo.boxes import clip
from yolo.errors import UserError

COUNTED = 0.05  # boxes of a lower score are never looked at
ALLOWED = {  # pixels of the input, score
    "float32": (1e-3, 1e-4),
    "float16": (2.0, 0.02),
    "bfloat16": (16.0, 0.2),
    "int8": (32.0, 0.5),
}


@dataclass(frozen=True)
class Difference:
    """The largest differences between two runtimes.

    Attributes:
        boxes: in pixels of the input, to which boxes are cut, among those of score over COUNTED.
        scores: among all of them.
        counted: how many boxes those were.
        pictures: how many pictures were looked at.
    """

    boxes: float
    scores: float
    counted: int
    pictures: int

    def check(self, precision, path):
        """Raise UserError when it is more than the precision allows, or no number."""
        boxes, scores = ALLOWED[precision]
        if not (self.boxes <= boxes and self.scores <= scores):
            raise UserError(
                f"{path} was not written, because it differs from the network by {self} in {precision}, where at most "
                f"{boxes:g} pixels and {scores:g} are expected."
            )

    def __str__(self):
        return f"{self.boxes:.2g} pixels in {self.counted} boxes and {self.scores:.2g} in scores"


def compare(reference, runtime, pictures):
    """The `Difference` of two runtimes on pictures (h, w, 3) uint8 of their input size."""
    boxes, scores, counted = [0.0], [0.0], 0
    for picture in pictures:
        (expected, expected_scores), (found, found_scores) = reference(picture[None]), runtime(picture[None])
        chosen = expected_scores.max(axis=-1) > COUNTED  # (1, N)
        moved = clip(found, *picture.shape[:2]) - clip(expected, *picture.shape[:2])
        boxes.append(np.abs(moved)[chosen].max(initial=0))
        scores.append(np.abs(found_scores - expected_scores).max())
        counted += int(chosen.sum())
    return Difference(float(np.max(boxes)), float(np.max(scores)), counted, len(pictures))
