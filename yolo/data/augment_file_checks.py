"""Check values in a file of transforms that Albumentations would misread or refuse with an unclear message."""

import math
from collections.abc import Mapping
from typing import Any

from yolo.data.augmentation import VISIBLE
from yolo.data.import_albumentations import A
from yolo.errors import UserError
from yolo.wording import short_repr

MOST = 200  # transforms in a file, and transforms that a group applies to one picture
BRANCHES = 2  # transforms of OneOrOther
BOXES = ("format", "label_fields", "check_each_transform", "clip", "filter_invalid_bboxes", "min_visibility")


def share(name: str, value: object, where: str) -> float:
    """Return the value.

    Raises:
        UserError: it is not a number from 0 to 1.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise UserError(f"{where}: {name} must be a number from 0 to 1; got {short_repr(value)}.")
    return value


def visible_share(whole: Mapping[Any, object], where: str) -> float:
    """Return the share of an object that must be visible to keep it, from the `bbox_params` of a Compose.

    Args:
        whole: the arguments of the Compose, as `albumentations.save` writes them.

    Raises:
        UserError: they hold arguments that have no use here.
    """
    for name in ("keypoint_params", "additional_targets"):
        if whole.get(name):
            raise UserError(f"{where} has {name}; a training picture has boxes only: leave them out.")
    params = whole.get("bbox_params")
    if params is None:
        return VISIBLE
    if not isinstance(params, dict):
        raise UserError(f"{where}: bbox_params must be a mapping; got {short_repr(params)}.")
    unused = [name for name, value in params.items() if name not in BOXES and value]
    if unused:
        raise UserError(
            f"{where} has bbox_params with {', '.join(map(str, unused))}: only min_visibility is used here, the share "
            "of an object that must be left after all transforms to keep it; leave the others out."
        )
    return share("min_visibility", params.get("min_visibility", VISIBLE), where)


def check_finite(name: str, arguments: Mapping[Any, object], where: str) -> None:
    """Raise UserError for an argument that is or holds nan or inf, with which Albumentations makes pictures black."""
    for argument, value in arguments.items():
        left = [] if argument == "transforms" else [value]
        while left:
            value = left.pop()
            if isinstance(value, (dict, list)):
                left += [*value, *value.values()] if isinstance(value, dict) else value
            elif not _finite(value):
                raise UserError(f"{where}: {argument} of {name} must be finite; got {short_repr(value)}.")


def check_group(cls: type[A.BaseCompose], arguments: Mapping[str, Any], where: str) -> None:
    """Raise UserError where a group cannot choose among its transforms.

    Args:
        cls: OneOf, SomeOf and other groups.
        arguments: the arguments of the group, where `transforms` are objects already.
    """
    transforms = arguments["transforms"]
    if cls is A.OneOf and not any(one.p > 0 for one in transforms):
        raise UserError(
            f"{where}: OneOf chooses by the p of its transforms, and all of them are 0: give one a p over 0, or leave "
            "OneOf out."
        )
    if cls is A.OneOrOther and len(transforms) != BRANCHES:
        raise UserError(
            f"{where}: OneOrOther must have {BRANCHES} transforms; got {len(transforms)}: take OneOf for any number."
        )
    if issubclass(cls, A.SomeOf):
        _check_number(cls.__name__, arguments.get("n", 1), arguments.get("replace", False), len(transforms), where)


def _check_number(name: str, number: object, replace: object, count: int, where: str) -> None:
    """Raise UserError for an `n` that is not a number of transforms to choose out of `count`."""
    if not isinstance(replace, bool):
        raise UserError(f"{where}: replace of {name} must be true or false; got {short_repr(replace)}.")
    most = MOST if replace else count
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
        why = "" if replace else ", as many as it has transforms"
        raise UserError(f"{where}: n of {name} must be a whole number from 1 to {most}{why}; got {short_repr(number)}.")


def _finite(value: Any) -> bool:
    """Return False for nan and inf, also when written as text, and True for all other values."""
    try:
        return math.isfinite(float(value))
    except OverflowError:  # a whole number of hundreds of digits
        return False
    except (TypeError, ValueError):
        return True
