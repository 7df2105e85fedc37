"""Call a user's function that returns transforms: `--augment module:function`."""

import copy
import functools
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from yolo.data.augment_file_checks import share, visible_share
from yolo.data.augmentation import Augmentation, leaves
from yolo.data.import_albumentations import A, params_given
from yolo.errors import UserError
from yolo.wording import short_repr

T = TypeVar("T")


def called(choice: str, allow_imports: bool) -> Augmentation:
    """Import a module, call its function, and return the augmentation of the transforms that it returns.

    The function, or a class in its place, returns a transform, a list of transforms, or a Compose.

    Args:
        choice: module:function.
        allow_imports: whether the module may be imported, which runs its code.

    Raises:
        UserError: the import is not allowed, or the function fails or returns something else.
    """
    module, _, function = choice.partition(":")
    if not allow_imports:
        raise UserError(
            f"--augment {choice} imports the module '{module}', which runs its code: if you trust it, add "
            "--allow-imports."
        )
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # stays: the module may import others of its folder later
    where = f"--augment {choice}"
    returned = _ask(lambda: getattr(importlib.import_module(module), function)(), where)
    if isinstance(returned, A.Compose):
        visible, p = visible_share(_arguments(returned), where), share("p of Compose", returned.p, where)
        returned.set_deterministic(False)  # a ReplayCompose makes its transforms record their actions
        return _made(returned.transforms, where, visible, p)
    transforms = [returned] if isinstance(returned, (A.BasicTransform, A.BaseCompose)) else returned
    if isinstance(transforms, (list, tuple)) and any(
        isinstance(one, A.Compose) and one.processors for one in transforms
    ):
        raise UserError(
            f"{where} holds a Compose with params of boxes or keypoints in a list: return that Compose by itself."
        )
    return _made(transforms, where)


def _made(transforms: object, where: str, *settings: float) -> Augmentation:
    """Return the augmentation of transforms; raises UserError for anything that is no list of usable transforms.

    Args:
        settings: `visible` and `p` of the augmentation.
    """
    if not isinstance(transforms, (list, tuple)) or not all(
        isinstance(one, (A.BasicTransform, A.BaseCompose)) for one in transforms
    ):
        raise UserError(
            f"{where} must return a list of Albumentations' transforms or a Compose of them; "
            f"got {short_repr(transforms)}."
        )
    for one in leaves(transforms):
        _ask(
            functools.partial(copy.deepcopy, one), f"{where}: {type(one).__name__}, of which every thread needs a copy,"
        )
    return _ask(lambda: Augmentation(transforms, *settings), where)


def _arguments(compose: A.Compose) -> dict[str, object]:
    """Return the arguments of a Compose other than its transforms, as `albumentations.save` writes them."""
    params = {name: params_given(processor) for name, processor in compose.processors.items()}
    return {
        "bbox_params": params.get("bboxes"),
        "keypoint_params": params.get("keypoints"),
        "additional_targets": compose.additional_targets,
    }


def _ask(call: Callable[[], T], what: str) -> T:
    """Return the answer of a user's code; raises UserError for every failure except too little memory."""
    try:
        return call()
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # a user's code may fail in any way
        if isinstance(error, SystemExit) and type(error) is not SystemExit:  # raised by a signal
            raise
        lines = [line.strip() for line in f"{type(error).__name__}: {error}".splitlines()]
        reason = "; ".join(line for line in lines if "pydantic.dev" not in line)
        raise UserError(f"{what} cannot be used ({reason.rstrip(':. ')}).") from error
