"""Call a function of the user's own that returns transforms: `--augment module:function`."""

import copy
import importlib
import sys
from pathlib import Path

from yolo.data.albumentations import A
from yolo.data.augment_values import share, visible_share
from yolo.data.augmentation import Augmentation, leaves
from yolo.errors import UserError
from yolo.wording import short_repr


def called(choice, allow_imports):
    """Import a module and return the `Augmentation` of what its function returns.

    That is a transform, a list of transforms, or a Compose. A class will do for a function.

    Args:
        choice: module:function.
        allow_imports: whether the module may be imported, which runs its code.

    Raises:
        UserError: it may not, or what the function returns cannot be used.
    """
    module, _, function = choice.partition(":")
    if not allow_imports:
        raise UserError(
            f"--augment {choice} imports the module '{module}', which runs its code: if you trust it, add "
            "--allow-imports."
        )
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    where = f"--augment {choice}"
    returned = _ask(lambda: getattr(importlib.import_module(module), function)(), where)
    if isinstance(returned, A.Compose):
        visible, p = visible_share(_arguments(returned), where), share("p of Compose", returned.p, where)
        returned.set_deterministic(False)  # a ReplayCompose makes its transforms note what they do
        return _made(returned.transforms, where, visible, p)
    transforms = [returned] if isinstance(returned, (A.BasicTransform, A.BaseCompose)) else returned
    if isinstance(transforms, (list, tuple)) and any(
        isinstance(one, A.Compose) and one.processors for one in transforms
    ):
        raise UserError(
            f"{where} holds a Compose with params of boxes or keypoints in a list: return that Compose by itself."
        )
    return _made(transforms, where)


def _made(transforms, where, *arguments):
    """Return the `Augmentation` of transforms; raises UserError for what cannot be one."""
    if not isinstance(transforms, (list, tuple)) or not all(
        isinstance(one, (A.BasicTransform, A.BaseCompose)) for one in transforms
    ):
        raise UserError(
            f"{where} must return a list of Albumentations' transforms or a Compose of them; "
            f"got {short_repr(transforms)}."
        )
    for one in leaves(transforms):
        _ask(lambda one=one: copy.deepcopy(one), f"{where}: {type(one).__name__}, of which every thread needs a copy,")
    return _ask(lambda: Augmentation(transforms, *arguments), where)


def _arguments(compose):
    """Return what a Compose was given beside its transforms, as `albumentations.save` writes it."""
    known = {name: processor.params.to_dict_private() for name, processor in compose.processors.items()}
    return {
        "bbox_params": known.get("bboxes"),
        "keypoint_params": known.get("keypoints"),
        "additional_targets": compose.additional_targets,
    }


def _ask(call, what):
    """Return what a call of the user's code returns; raises UserError however it fails, but for too little memory."""
    try:
        return call()
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # code of a user may fail in any way; each is the answer
        if isinstance(error, SystemExit) and type(error) is not SystemExit:  # a signal has come
            raise
        lines = [line.strip() for line in f"{type(error).__name__}: {error}".splitlines()]
        reason = "; ".join(line for line in lines if "pydantic.dev" not in line)
        raise UserError(f"{what} cannot be used ({reason.rstrip(':. ')}).") from error
