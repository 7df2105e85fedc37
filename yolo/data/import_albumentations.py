"""Import Albumentations in one place, without its check for newer versions, and refuse all releases but one.

https://github.com/albumentations-team/albumentations, Buslaev et al. 2020, https://www.mdpi.com/2078-2489/11/2/125.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from yolo import opencv  # noqa: F401  its error names a missing system library
from yolo.errors import UserError
from yolo.package_conflicts import albumentations_conflict, version
from yolo.temporary_environment import environment_variables

if problem := albumentations_conflict(version("albumentations"), version("albumentationsx")):
    raise UserError(f"{problem}.")
with environment_variables(NO_ALBUMENTATIONS_UPDATE="1"):  # else the import would wait for PyPI
    import albumentations as A  # noqa: N812  its documentation calls it so
    from albumentations.augmentations.dropout.transforms import BaseDropout
    from albumentations.core.bbox_utils import BboxParams, BboxProcessor, denormalize_bboxes, normalize_bboxes
    from albumentations.core.transforms_interface import BaseTransformInitSchema
    from albumentations.core.type_definitions import Targets

__all__ = [
    "A",
    "BaseDropout",
    "BaseTransformInitSchema",
    "BboxParams",
    "BboxProcessor",
    "Targets",
    "Transform",
    "change_boxes_by",
    "declared_targets",
    "denormalize_bboxes",
    "normalize_bboxes",
    "params_given",
]

Transform: TypeAlias = A.BasicTransform | A.BaseCompose
"""A transform, or a group of transforms such as `OneOf`."""


def declared_targets(transform: A.BasicTransform) -> set[str]:
    """Return the targets that a transform declares: `{"image", "bboxes"}`.

    Its public `available_keys` also contain targets of its base class that it does not change.
    """
    targets = transform._targets if isinstance(transform._targets, tuple) else (transform._targets,)
    return {target.value.lower() for target in targets}


def change_boxes_by(transform: A.BasicTransform, function: Callable[..., Any]) -> None:
    """Make a transform change boxes with a function instead of its own `apply_to_bboxes`.

    A transform looks up its methods when it is made, and the user's transforms are made already.
    """
    transform._key2func["bboxes"] = function


def params_given(processor: BboxProcessor) -> dict[str, Any]:
    """Return the arguments of a processor's params, as `albumentations.save` writes them.

    The public `to_dict` exists only for whole pipelines, and fails if a transform cannot be written to a file.
    """
    return processor.params.to_dict_private()
