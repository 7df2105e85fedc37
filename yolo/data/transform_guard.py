"""Check the result of each transform of Albumentations or of a user before the next transform takes it."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from yolo.array_types import Float
from yolo.data.import_albumentations import Transform

PROJECT = "yolo"
PICTURE = "pictures must stay uint8 with three channels (they are brought to 0..1 after augmentation)"
BOXES = (
    "boxes must stay an array of finite floats with a row for each object that is left: x1, y1, x2, y2 as shares of "
    "the picture, and the rest of the row as it was given"
)
LABELS = "labels must stay an array of whole numbers that is no shorter than before"


class WrongResultError(Exception):
    """A transform has made a result that the next transform cannot take.

    Args:
        made: the result, as the end of a sentence: `makes float32 of shape (8, 8)`.
        expected: the rule for such results, as a sentence.
    """

    def __init__(self, made: str, expected: str) -> None:
        super().__init__(made)
        self.expected = expected


class GuardedTransform:
    """The `apply_with_params` of a transform with a check of its result.

    Args:
        apply: function (params, **data) -> the changed data.
    """

    def __init__(self, apply: Callable[..., dict[str, Any]]) -> None:
        self.apply = apply

    def __call__(self, params: dict[str, Any], *arguments: Any, **data: Any) -> dict[str, Any]:
        made = self.apply(params, *arguments, **data)
        self._check_image(data["image"], made.get("image"))
        if "bboxes" in data:  # a group that changes single channels passes on the image only
            self._check_labels(data["labels"], made.get("labels"))
            made["bboxes"] = self._checked_boxes(data["bboxes"], made.get("bboxes"), len(made["labels"]))
        return made

    def _check_image(self, given: NDArray[np.uint8], made: object) -> None:
        """Raise WrongResultError unless the image has the type and the channels of the given one."""
        if not isinstance(made, np.ndarray):
            raise WrongResultError(f"makes a {type(made).__name__}", PICTURE)
        if made.dtype != np.uint8 or made.ndim != given.ndim or made.shape[2:] != given.shape[2:] or not made.size:
            raise WrongResultError(f"makes {made.dtype} of shape {made.shape}", PICTURE)

    def _check_labels(self, given: NDArray[np.integer], made: object) -> None:
        """Raise WrongResultError unless the labels are whole numbers, and no fewer than before."""
        if not isinstance(made, np.ndarray):
            raise WrongResultError(f"makes a {type(made).__name__} of the labels", LABELS)
        if made.dtype.kind not in "iu" or made.ndim != 1 or len(made) < len(given):
            raise WrongResultError(f"makes labels that are {made.dtype} of shape {made.shape}", LABELS)

    def _checked_boxes(
        self, given: Annotated[NDArray[Float], "n 6"], made: object, objects: int
    ) -> Annotated[NDArray[Float], "m 6"]:
        """Return the boxes of a transform; no boxes, in whatever shape, become an array without rows.

        Args:
            objects: the number of labels.

        Raises:
            WrongResultError: they are no boxes, or boxes of objects that do not exist.
        """
        if isinstance(made, list) and not made:
            return given[:0]
        if not isinstance(made, np.ndarray):
            raise WrongResultError(f"makes a {type(made).__name__} of the boxes", BOXES)
        if made.shape[:1] == (0,):
            return given[:0]
        if made.dtype.kind != "f" or made.ndim != given.ndim or made.shape[1] != given.shape[1]:
            raise WrongResultError(f"makes boxes that are {made.dtype} of shape {made.shape}", BOXES)
        if not np.isfinite(made).all():
            raise WrongResultError("makes boxes that are not finite", BOXES)
        number = made[:, 4]
        if (number < 0).any() or (number >= objects).any() or (number % 1).any():
            raise WrongResultError("makes boxes of objects that do not exist (the fifth number of a row)", BOXES)
        return made


def guard(transform: Transform) -> None:
    """Check all results of a transform from now on; the transforms of this project need no check."""
    if of_user([transform]) and not isinstance(transform.apply_with_params, GuardedTransform):
        transform.apply_with_params = GuardedTransform(transform.apply_with_params)


def of_user(transforms: Iterable[Transform]) -> bool:
    """Return whether any of the transforms is from Albumentations or a user, not from this project."""
    return not all(of_project(type(transform).__module__) for transform in transforms)


def of_project(module: str) -> bool:
    """Return whether a module of that name belongs to this project."""
    return module.partition(".")[0] == PROJECT
