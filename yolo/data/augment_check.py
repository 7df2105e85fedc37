"""Check before the first step that every transform of a pipeline works on training pictures."""

from collections.abc import Iterable

import numpy as np

from yolo.data.augmentation import Augmentation, leaves
from yolo.data.import_albumentations import A, declared_targets
from yolo.data.transform_errors import TransformError
from yolo.data.transform_guard import of_user
from yolo.errors import UserError
from yolo.structures import Sample
from yolo.wording import resolution

GIVEN = {"image", "bboxes", "labels", "others"}  # the data that a transform may require
UNFIT = {"RandomGridShuffle": "tears objects apart, so that the box of one holds parts of others"}
TRIALS = 2
MOST_TRIALS = 30  # for an augmentation that has left no object so far
GRID = 6  # small objects in each row and each column of the scene


def check(augmentation: Augmentation, sizes: Iterable[tuple[int, int]], where: str) -> None:
    """Try each transform alone, and all of them together.

    Args:
        sizes: (height, width) of the images that training will use.
        where: the origin of the pipeline, for messages.

    Raises:
        UserError: a transform fails, cannot be used on pictures with boxes, or leaves no objects.
    """
    for transform in leaves(augmentation.transforms):
        name = type(transform).__name__
        missing = set(transform.targets_as_params) - GIVEN
        if missing:
            raise UserError(f"{where}: {name} needs {', '.join(sorted(missing))}, which a training picture has not.")
        if name in UNFIT:
            raise UserError(f"{where}: {name} {UNFIT[name]}: leave it out.")
        if isinstance(transform, A.DualTransform) and "bboxes" not in declared_targets(transform):
            raise UserError(f"{where}: {name} does not say where boxes go: leave it out.")
    for name, single in [*augmentation.alone(), ("all together", augmentation)]:
        for size in dict.fromkeys(map(tuple, sizes)):
            _check_on(single, name, scene(*size), where)


def _check_on(augmentation: Augmentation, name: str, sample: Sample, where: str) -> None:
    """Raise UserError when an augmentation fails on a sample, or leaves none of its objects in all trials."""
    left = sum(_try(augmentation, name, sample, seed, where) for seed in range(TRIALS))
    if left or any(_try(augmentation, name, sample, seed, where) for seed in range(TRIALS, MOST_TRIALS)):
        return
    raise UserError(
        f"{where}: {name} left none of the {len(sample.labels)} objects of a picture of "
        f"{resolution(sample.image.shape)} in any of {MOST_TRIALS} trials, so there would be nothing to learn: change "
        "the arguments, or leave it out."
    )


def _try(augmentation: Augmentation, name: str, sample: Sample, seed: int, where: str) -> int:
    """Return the number of objects left in a sample; raises UserError when the augmentation fails on it."""
    try:
        changed = augmentation(sample, np.random.default_rng(seed), lambda number, rng: [sample] * number)
    except TransformError as error:
        raise UserError(f"{where}: {error}") from error
    except MemoryError as error:
        raise UserError(
            f"{where}: {name} asks for more memory than there is ({error}): change its arguments."
        ) from error
    except Exception as error:  # a user's transform may return anything, so any error may follow
        if not of_user(leaves(augmentation.transforms)):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        size = resolution(sample.image.shape)
        raise UserError(f"{where}: {name} fails on a picture of {size}: {reason.rstrip('.')}.") from error
    return len(changed.labels)


def scene(height: int, width: int) -> Sample:
    """Return a sample of that size with three large objects and a grid of small ones; any crop shows some of them."""
    rows, columns = np.mgrid[:height, :width]
    image = np.stack([rows % 256, columns % 256, (rows + columns) % 256], axis=-1).astype(np.uint8)
    shares = np.array([[0.1, 0.1, 0.4, 0.4], [0.5, 0.3, 0.9, 0.8], [0.45, 0.45, 0.55, 0.55]])
    corners = np.stack(np.meshgrid(np.arange(GRID), np.arange(GRID)), axis=-1).reshape(-1, 2) / GRID
    small = np.concatenate([corners + 0.3 / GRID, corners + 0.7 / GRID], axis=1)  # (36, 4)
    boxes = (np.concatenate([shares, small]) * (width, height, width, height)).astype(np.float32)
    return Sample(image, boxes, np.arange(len(boxes), dtype=np.int32))
