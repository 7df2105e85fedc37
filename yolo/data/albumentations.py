"""Import Albumentations in one place, without its search for newer versions, and refuse all releases but one.

https://github.com/albumentations-team/albumentations, Buslaev et al. 2020, https://www.mdpi.com/2078-2489/11/2/125.
"""

import os
from typing import TypeAlias

from yolo import opencv  # noqa: F401  reports a missing system library in a sentence
from yolo.errors import UserError
from yolo.package_conflicts import albumentations_conflict, version

if problem := albumentations_conflict(version("albumentations"), version("albumentationsx")):
    raise UserError(f"{problem}.")
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # read by the import, which otherwise waits for PyPI

import albumentations as A  # noqa: N812  the name in its documentation
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
    "denormalize_bboxes",
    "normalize_bboxes",
]

Transform: TypeAlias = A.BasicTransform | A.BaseCompose
"""A transform, or a group of transforms such as `OneOf`."""
