"""Read pipelines from the YAML or JSON that `albumentations.save` writes, without running code that a file names.

    transform:
      __class_fullname__: Compose
      transforms:
      - {__class_fullname__: Warp, shift: 0.1}
      - {__class_fullname__: MotionBlur, p: 0.2}

A file may name the transforms of Albumentations and those of this project: Warp, ColorGains, BoxPaste.
"""

import inspect
import json
import logging
import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import yaml

from yolo.data.augment_file_checks import MOST, check_finite, check_group, share, visible_share
from yolo.data.augmentation import Augmentation
from yolo.data.box_paste import BoxPaste
from yolo.data.import_albumentations import A, Transform
from yolo.data.project_transforms import ColorGains, Warp
from yolo.errors import UserError, did_you_mean
from yolo.wording import short_repr

log = logging.getLogger("yolo")

NAME = "__class_fullname__"
GROUPS = (A.Compose, A.Sequential, A.OneOf, A.SomeOf, A.RandomOrder, A.OneOrOther)
BASES = (A.BasicTransform, A.DualTransform, A.ImageOnlyTransform, A.Transform3D, A.Lambda)
PACKAGES = ("", "albumentations", "yolo")  # a file may name transforms of these packages, or without a package
VALUES = 10000  # in a file, counted again for each alias of YAML that repeats them
COMPOSE = ("p", "transforms", "bbox_params", "keypoint_params", "additional_targets", "is_check_shapes")


def known() -> dict[str, type[Transform]]:
    """Return the transforms that a file may name: {name: class}."""
    classes = [value for value in vars(A).values() if inspect.isclass(value) and issubclass(value, A.BasicTransform)]
    single = [one for one in classes if one not in BASES and not issubclass(one, A.Transform3D)]
    return {one.__name__: one for one in (Warp, ColorGains, BoxPaste, *GROUPS, *single)}


def read(text: str, where: str) -> Augmentation:
    """Return the augmentation that the text of a file describes.

    Args:
        where: the path of the file, for messages; a path that ends in .json is read as JSON, any other as YAML.

    Raises:
        UserError: it is no such file, or names or arguments in it are wrong.
    """
    content = _parsed(text, where)
    _only(content, ("__version__", "purpose", "transform"), f"{where}", "it has no field")
    whole = content.get("transform")
    if not isinstance(whole, dict) or NAME not in whole:
        raise UserError(f"{where} must hold 'transform' with a {NAME}, as albumentations.save writes it.")
    if _class(whole, where) is not A.Compose:
        whole = {NAME: "Compose", "transforms": [whole]}
    _only(whole, (NAME, *COMPOSE), where, "Compose has no argument")
    transforms = [_made(one, where, [0]) for one in _listed(whole, where)]
    check_finite("Compose", whole, where)
    p = share("p of Compose", whole.get("p", 1.0), where)
    return Augmentation(transforms, visible_share(whole, where), p)


def _parsed(text: str, where: str) -> dict[Any, object]:
    """Return the mapping that a file holds; raises UserError for any other file."""
    try:
        content = json.loads(text) if str(where).endswith(".json") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{where} is no file of transforms that can be read: {reason}.") from error
    if not isinstance(content, dict):
        raise UserError(f"{where} must hold 'transform', as albumentations.save writes it; got {short_repr(content)}.")
    _check_number(content, where)
    return content


def _check_number(content: object, where: str) -> None:
    """Raise UserError if a file has too many aliases: a short file could stand for more values than one can read."""
    left, number = [content], 0
    while left:
        value = left.pop()
        number += 1
        if number > VALUES:
            raise UserError(f"{where} stands for more than {VALUES} values: write it with fewer aliases.")
        if isinstance(value, (dict, list)):
            left += value.values() if isinstance(value, dict) else value


def _listed(group: Mapping[Any, object], where: str) -> list[Any]:
    """Return the entries of a group's transforms; raises UserError where there are none."""
    transforms = group.get("transforms")
    if not isinstance(transforms, list) or not transforms:
        raise UserError(f"{where}: 'transforms' of {group[NAME]} must be a list of at least one transform.")
    return transforms


def _made(entry: Any, where: str, count: list[int]) -> Transform:
    """Make the transform of an entry and those inside of it; `count` holds the number of transforms so far."""
    count[0] += 1
    if count[0] > MOST:
        raise UserError(f"{where} names more than {MOST} transforms: take fewer.")
    cls = _class(entry, where)
    arguments = {name: value for name, value in entry.items() if name != NAME}
    if cls is A.Compose:
        if entry.get("bbox_params"):
            raise UserError(f"{where}: bbox_params belong to the outermost Compose.")
        _only(arguments, COMPOSE, where, "Compose has no argument")
        arguments = {name: value for name, value in arguments.items() if name in ("p", "transforms")}
    else:
        _only(arguments, _arguments(cls), where, f"{cls.__name__} has no argument")
    check_finite(cls.__name__, arguments, where)
    if "p" in arguments:
        share(f"p of {cls.__name__}", arguments["p"], where)
    if issubclass(cls, A.BaseCompose):
        arguments["transforms"] = [_made(one, where, count) for one in _listed(entry, where)]
        check_group(cls, arguments, where)
    return construct(cls, arguments, where)


def construct(cls: type[Transform], arguments: dict[str, Any], where: str) -> Transform:
    """Make a transform, and log the warnings of Albumentations.

    Args:
        where: the origin of the transform, for messages.

    Raises:
        UserError: an argument has a wrong value.
    """
    maker = next(base for base in cls.__mro__ if "__init__" in vars(base))
    if "InitSchema" in vars(maker):
        arguments = arguments | {
            "strict": True
        }  # otherwise Albumentations replaces values that it cannot check by defaults
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", UserWarning)
            made = cls(**arguments)
    except (TypeError, ValueError, ArithmeticError) as error:
        reason = "; ".join(line.strip() for line in str(error).splitlines() if "pydantic.dev" not in line)
        raise UserError(f"{where}: {cls.__name__} cannot be made: {reason.rstrip('.')}.") from error
    for warning in said:
        log.warning("%s: of %s Albumentations says: %s", where, cls.__name__, " ".join(str(warning.message).split()))
    return made


def _class(entry: object, where: str) -> type[Transform]:
    """Return the class that an entry names, without importing anything; raises UserError where there is none."""
    full = entry.get(NAME) if isinstance(entry, dict) else None
    if not isinstance(full, str):
        raise UserError(f"{where}: a transform must be a mapping with a {NAME}; got {short_repr(entry)}.")
    package, name, classes = full.partition(".")[0] if "." in full else "", full.rpartition(".")[2], known()
    if package not in PACKAGES:
        raise UserError(
            f"{where} names '{full}': a file may name transforms of Albumentations and of this project only; for your "
            "own give --augment module:function."
        )
    if name not in classes:
        hint = did_you_mean(name, classes) or "; see https://albumentations.ai/docs for their names."
        raise UserError(f"{where} names '{name}', which is no transform that can be used here{hint}")
    return classes[name]


def _arguments(cls: type[Transform]) -> list[str]:
    """Return the names of the arguments that a file may give to a transform."""
    unused = ("self", "strict", "first", "second")  # the last two of OneOrOther, whose `transforms` stand for both
    return [name for name in inspect.signature(cls.__init__).parameters if name not in unused]


def _only(given: Iterable[object], allowed: Collection[str], where: str, complaint: str) -> None:
    """Raise UserError for a key that is not allowed."""
    for name in given:
        if name not in allowed:
            hint = did_you_mean(str(name), allowed) or f"; there are {', '.join(allowed) or 'none'}."
            raise UserError(f"{where}: {complaint} '{name}'{hint}")
