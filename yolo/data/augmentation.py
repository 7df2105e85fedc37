"""Augment samples, which have the network's input size already, by one Albumentations pipeline."""

import copy
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from yolo.data.import_albumentations import A, BaseDropout, Transform, change_boxes_by
from yolo.data.project_transforms import ColorGains, Warp
from yolo.data.transform_errors import transform_errors_named
from yolo.data.transform_guard import guard
from yolo.data.visible_share import VisibleShare, behind_holes
from yolo.letterbox import fit
from yolo.structures import Sample

VISIBLE = 0.3  # an object is kept when at least this share of it is still in the image

OtherSamples: TypeAlias = Callable[[int, np.random.Generator], list[Sample]]
"""A function (number, rng) that returns that many other samples of the training set."""


class Augmentation:
    """A pipeline of random transforms, which any number of threads may call.

    All random numbers come from the generator of each call, so the same sample and generator give the same bytes.

    Args:
        transforms: in their order; None for the default ones.
        visible: an object is kept when at least this share of it is still in the image after all transforms.
        p: probability that a sample is changed at all.
    """

    def __init__(self, transforms: Iterable[Transform] | None = None, visible: float = VISIBLE, p: float = 1.0) -> None:
        self.transforms = [Warp(), ColorGains()] if transforms is None else list(transforms)
        self.visible = visible
        self.p = p
        self._pipeline = VisibleCompose(self.transforms, visible, p)
        self._idle: deque[VisibleCompose] = deque()  # copies: a pipeline holds the generator of its current sample

    def __call__(self, sample: Sample, rng: np.random.Generator, others: OtherSamples | None = None) -> Sample:
        """Return a changed copy of the sample, of the same size; `rng` decides how.

        Args:
            others: only `BoxPaste` needs it.

        Raises:
            TransformError: a transform that is not part of this project fails on the sample.
        """
        try:
            pipeline = self._idle.pop()
        except IndexError:
            pipeline = copy.deepcopy(self._pipeline)
        # Albumentations also uses Python's own generator; the state of `rng` seeds it and does not change
        pipeline.set_random_state(rng, random.Random(rng.bit_generator.state["state"]["state"]))
        objects = len(sample.labels)
        rows = np.column_stack([sample.boxes, np.arange(objects), np.ones(objects)]).astype(np.float64)
        with transform_errors_named(sample):
            changed = pipeline(
                image=sample.image, bboxes=rows, labels=sample.labels, scores=sample.scores, others=others
            )
        self._idle.append(pipeline)
        image, rows = changed["image"], changed["bboxes"]
        boxes, number = rows[:, :4].astype(np.float32), rows[:, 4].astype(int)
        labels, scores = changed["labels"][number], changed["scores"][number]
        if image.shape != sample.image.shape:  # cropped: resized to the network's input size as every picture is
            image, placement = fit(image, sample.image.shape[:2])
            boxes = placement.apply(boxes)
        return Sample(image, boxes, labels, (), scores, sample.is_complete)

    @property
    def takes_others(self) -> bool:
        """Return whether any of the transforms needs other samples."""
        return any("others" in transform.targets_as_params for transform in leaves(self.transforms))

    def gentle(self) -> "Augmentation":
        """Return the augmentation of the last epochs: transforms in their `gentle` form where they have one."""
        return Augmentation([_gentle(transform) for transform in self.transforms], self.visible, self.p)

    def alone(self) -> list[tuple[str, "Augmentation"]]:
        """Return the name of each transform, and an augmentation that applies only this transform, every time."""
        return [(type(one).__name__, Augmentation([one], self.visible)) for one in map(always, leaves(self.transforms))]


class VisibleCompose(A.Compose):
    """A Compose that tracks the visible share of each object through all of its transforms."""

    def __init__(self, transforms: Sequence[Transform], visible: float, p: float = 1.0) -> None:
        super().__init__(transforms, p=p, is_check_shapes=False, strict=True)
        self.processors["bboxes"] = VisibleShare(visible)  # in the dictionary that all transforms share
        self.check_each_transform = tuple(self.processors.values())
        for group in groups(self.transforms):
            group.check_each_transform = self.check_each_transform
        self.available_keys.update({"bboxes", "labels", "scores", "others"})
        for transform in leaves(self.transforms):
            guard(transform)
            if isinstance(transform, BaseDropout):
                change_boxes_by(transform, behind_holes)


def groups(transforms: Iterable[Transform]) -> "Iterator[A.BaseCompose]":
    """Yield the groups among transforms, such as `OneOf` and `Sequential`, also those inside of others."""
    for transform in transforms:
        if isinstance(transform, A.BaseCompose):
            yield transform
            yield from groups(transform.transforms)


def leaves(transforms: Iterable[Transform]) -> "Iterator[A.BasicTransform]":
    """Yield the single transforms, also those inside of groups such as `OneOf` and `Sequential`."""
    for transform in transforms:
        if isinstance(transform, A.BaseCompose):
            yield from leaves(transform.transforms)
        else:
            yield transform


def always(transform: Transform) -> Transform:
    """Return a copy of a transform that is applied every time."""
    changed = copy.deepcopy(transform)
    changed.p = 1.0
    return changed


def _gentle(transform: Transform) -> Transform:
    changed = copy.deepcopy(transform)
    if isinstance(changed, A.BaseCompose):
        changed.transforms = [_gentle(inner) for inner in changed.transforms]
        return changed
    return changed.gentle() if hasattr(changed, "gentle") else changed
