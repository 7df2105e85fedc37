"""Albumentations, imported in one place: no server is asked for newer versions, and only one release is taken.

https://github.com/albumentations-team/albumentations, Buslaev et al. 2020, https://www.mdpi.com/2078-2489/11/2/125.
"""

import os

from yolo import opencv  # noqa: F401  a missing system library is told in a sentence
from yolo.errors import UserError
from yolo.package_conflicts import albumentations_conflict, version

if problem := albumentations_conflict(version("albumentations"), version("albumentationsx")):
    raise UserError(f"{problem}.")
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # read during the import, which would else wait for PyPI

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
    "denormalize_bboxes",
    "normalize_bboxes",
]
