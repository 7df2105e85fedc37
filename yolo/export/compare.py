"""Measure how much an exported model differs from its network, and refuse it when this is too much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from yolo.array_types import CandidateBoxes, CandidateScores, Image, Images
from yolo.boxes import clip
from yolo.errors import UserError
from yolo.inference.runtimes.runtime import RuntimeOutput

RuntimeFunction: TypeAlias = Callable[[Images], RuntimeOutput]
"""A runtime, or a function in the place of one."""

COUNTED = 0.05  # the score above which boxes are compared
BEST = 10  # the boxes of each picture that are compared when no score is above COUNTED
ALLOWED = {  # the largest difference in pixels and in scores, the mean in pixels and as a share of the scores
    "float32": (1e-3, 1e-4, 3e-4, 1e-4),
    "float16": (2.0, 0.02, 0.2, 0.02),
    "bfloat16": (16.0, 0.2, 1.2, 0.15),
    "int8": (64.0, 0.8, 7.5, 0.75),
}
REMEDY = {  # advice when the difference is larger
    "float32": "try another format",
    "float16": "choose float32",
    "bfloat16": "choose float32",
    "int8": "calibrate on more pictures of the kind to come, or choose another precision",
}


@dataclass(frozen=True)
class RuntimeDifference:
    """The differences between two runtimes.

    Boxes are clipped to the input and compared when their score is above COUNTED. When no score is, the BEST boxes of
    each picture are compared.

    Attributes:
        boxes: the largest difference between compared boxes in pixels of the input.
        scores: the largest difference between the scores of all boxes.
        mean_boxes: the mean difference between compared boxes in pixels.
        share: the mean difference between the scores of these boxes, as a share of their mean score.
        counted: the number of these boxes.
        pictures: the number of pictures.
    """

    boxes: float
    scores: float
    mean_boxes: float
    share: float
    counted: int
    pictures: int

    def is_allowed(self, precision: str) -> bool:
        """Return whether no difference is larger than the precision allows; NaN is never allowed."""
        return all(number <= most for number, most in zip(self._numbers(), ALLOWED[precision], strict=True))

    def check(self, precision: str, path: str | Path) -> None:
        """Raise UserError when a difference is larger than the precision allows, or NaN.

        Args:
            path: the file that would be written, for the message.
        """
        if not self.is_allowed(precision):
            raise UserError(
                f"{path} was not written, because it differs from the network by {self}, "
                f"where in {precision} at most {_words(*ALLOWED[precision])} are expected; {REMEDY[precision]}."
            )

    def __str__(self) -> str:
        return f"{_words(*self._numbers())} in {self.counted} boxes"

    def _numbers(self) -> tuple[float, float, float, float]:
        return self.boxes, self.scores, self.mean_boxes, self.share


def _words(boxes: float, scores: float, mean_boxes: float, share: float) -> str:
    return f"{boxes:.2g} pixels and {scores:.2g} in scores, on average {mean_boxes:.2g} pixels and {100 * share:.2g} %"


def compare(reference: RuntimeFunction, runtime: RuntimeFunction, images: Sequence[Image]) -> RuntimeDifference:
    """Return the difference of two runtimes on images of their input size."""
    expected_boxes, expected_scores = _outputs(reference, images)
    boxes, scores = _outputs(runtime, images)
    best = expected_scores.max(axis=-1)  # (B, N)
    chosen = best > COUNTED
    if not chosen.any():
        chosen = best >= np.sort(best)[:, -BEST:][:, :1]
    height, width, _ = images[0].shape
    moved = np.abs(clip(boxes, height, width) - clip(expected_boxes, height, width))[chosen]  # (n, 4)
    changed = np.abs(scores - expected_scores)  # (B, N, C)
    share = changed[chosen].sum() / expected_scores[chosen].sum()
    return RuntimeDifference(
        boxes=float(moved.max()),
        scores=float(changed.max()),
        mean_boxes=float(moved.mean()),
        share=float(share),
        counted=int(chosen.sum()),
        pictures=len(images),
    )


def _outputs(runtime: RuntimeFunction, images: Sequence[Image]) -> tuple[CandidateBoxes, CandidateScores]:
    """Return the output for all images, computed one by one."""
    boxes, scores = zip(*(runtime(image[None]) for image in images), strict=True)
    return np.concatenate(boxes), np.concatenate(scores)
