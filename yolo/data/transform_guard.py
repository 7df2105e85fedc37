"""Look at what a transform of Albumentations or of the user has made of a sample, before another goes on with it."""

import numpy as np

PROJECT = "yolo"
PICTURE = "pictures must stay uint8 with three channels (they are brought to 0..1 after augmentation)"
BOXES = (
    "boxes must stay an array of finite floats with a row for each object that is left: x1, y1, x2, y2 as shares of "
    "the picture, and the rest of the row as it was given"
)
LABELS = "labels must stay an array of whole numbers that is no shorter than before"


class WrongResultError(Exception):
    """A transform has made something that no other can go on with.

    Args:
        made: what it has made, as the end of a sentence.
        expected: what it should have made.
    """

    def __init__(self, made, expected):
        super().__init__(made)
        self.expected = expected


class GuardedTransform:
    """What a transform does to a sample, and then a look at what came of it.

    Args:
        apply: function (params, **data) -> the changed data, `apply_with_params` of a transform.
    """

    def __init__(self, apply):
        self.apply = apply

    def __call__(self, params, *arguments, **data):
        made = self.apply(params, *arguments, **data)
        self._check_image(data["image"], made.get("image"))
        if "bboxes" in data:  # a group that changes single channels gives its transforms the image only
            self._check_labels(data["labels"], made.get("labels"))
            made["bboxes"] = self._checked_boxes(data["bboxes"], made.get("bboxes"), len(made["labels"]))
        return made

    def _check_image(self, given, made):
        if not isinstance(made, np.ndarray):
            raise WrongResultError(f"makes a {type(made).__name__}", PICTURE)
        if made.dtype != np.uint8 or made.ndim != given.ndim or made.shape[2:] != given.shape[2:] or not made.size:
            raise WrongResultError(f"makes {made.dtype} of shape {made.shape}", PICTURE)

    def _check_labels(self, given, made):
        if not isinstance(made, np.ndarray):
            raise WrongResultError(f"makes a {type(made).__name__} of the labels", LABELS)
        if made.dtype.kind not in "iu" or made.ndim != 1 or len(made) < len(given):
            raise WrongResultError(f"makes labels that are {made.dtype} of shape {made.shape}", LABELS)

    def _checked_boxes(self, given, made, objects):
        """Return the boxes that a transform has made; of none, whatever its shape, no rows.

        Args:
            objects: how many there are labels of.
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


def guard(transform):
    """Look from now on at all that a transform makes; those of this project need no look."""
    if of_user([transform]) and not isinstance(transform.apply_with_params, GuardedTransform):
        transform.apply_with_params = GuardedTransform(transform.apply_with_params)


def of_user(transforms):
    """Return whether any of the transforms is of Albumentations or of the user, not of this project."""
    return not all(of_project(type(transform).__module__) for transform in transforms)


def of_project(module):
    """Return whether a module is one of this project, by its name."""
    return module.partition(".")[0] == PROJECT
