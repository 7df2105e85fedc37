"""Random changes to a sample that is already at the network's size, by one Albumentations pipeline."""

import copy
import random
from collections import deque

import numpy as np

from yolo.data.albumentations import A, BaseDropout
from yolo.data.transform_errors import transform_errors_named
from yolo.data.transform_guard import guard
from yolo.data.transforms import ColorGains, Warp
from yolo.data.visible_share import VisibleShare, behind_holes
from yolo.letterbox import fit
from yolo.structures import Sample

VISIBLE = 0.3  # an object is kept when at least that share of it is still in the picture


class Augmentation:
    """A pipeline that changes one sample after another, for any number of threads.

    What is drawn follows from the generator of each call alone, so the same sample and generator give the same bytes.

    Args:
        transforms: in their order; without them those of the default.
        visible: an object is kept when at least that share of it is still in the picture after all of them.
        p: chance that a sample is changed at all.
    """

    def __init__(self, transforms=None, visible=VISIBLE, p=1.0):
        self.transforms = [Warp(), ColorGains()] if transforms is None else list(transforms)
        self.visible = visible
        self.p = p
        self._pipeline = VisibleCompose(self.transforms, visible, p)
        self._idle = deque()  # copies of the pipeline: one holds the generator of the sample that it is changing

    def __call__(self, sample, rng, others=None):
        """Return a changed copy of the sample, of the same size; `rng` decides how.

        Args:
            others: function (number, rng) -> a list of that many other samples; needed by `BoxPaste` only.

        Raises:
            TransformError: a transform that is not of this project fails on the sample.
        """
        try:
            pipeline = self._idle.pop()
        except IndexError:
            pipeline = copy.deepcopy(self._pipeline)
        # Albumentations also draws from a generator of Python's; it is seeded by the state of `rng`, which stays
        pipeline.set_random_state(rng, random.Random(rng.bit_generator.state["state"]["state"]))
        objects = len(sample.labels)
        rows = np.column_stack([sample.boxes, np.arange(objects), np.ones(objects)]).astype(np.float64)
        with transform_errors_named(sample):
            changed = pipeline(image=sample.image, bboxes=rows, labels=sample.labels, others=others)
        self._idle.append(pipeline)
        image, rows = changed["image"], changed["bboxes"]
        boxes, labels = rows[:, :4].astype(np.float32), changed["labels"][rows[:, 4].astype(int)]
        if image.shape != sample.image.shape:  # cropped: brought to the network's size as every picture is
            image, placement = fit(image, sample.image.shape[:2])
            boxes = placement.apply(boxes)
        return Sample(image, boxes, labels)

    @property
    def takes_others(self):
        """Return whether any of the transforms needs other samples."""
        return any("others" in transform.targets_as_params for transform in leaves(self.transforms))

    def gentle(self):
        """The same for the last epochs: transforms that have a `gentle` form in that form, others as they are."""
        return Augmentation([_gentle(transform) for transform in self.transforms], self.visible, self.p)

    def alone(self):
        """Each transform alone, always at work: a list of (name, Augmentation)."""
        return [(type(one).__name__, Augmentation([one], self.visible)) for one in map(always, leaves(self.transforms))]


class VisibleCompose(A.Compose):
    """A Compose that counts how much of each object is visible over all its steps together."""

    def __init__(self, transforms, visible, p=1.0):
        super().__init__(transforms, p=p, is_check_shapes=False, strict=True)
        self.processors["bboxes"] = VisibleShare(visible)  # the dictionary that all transforms share
        self.check_each_transform = tuple(self.processors.values())
        self._set_check_args_for_transforms(self.transforms)
        self._available_keys |= {"bboxes", "labels", "others"}
        for transform in leaves(self.transforms):
            guard(transform)
            if isinstance(transform, BaseDropout):
                transform._key2func["bboxes"] = behind_holes


def leaves(transforms):
    """The transforms, those inside of `OneOf`, `Sequential` and the like one by one."""
    for transform in transforms:
        if isinstance(transform, A.BaseCompose):
            yield from leaves(transform.transforms)
        else:
            yield transform


def always(transform):
    """A copy of a transform that is at work every time."""
    changed = copy.deepcopy(transform)
    changed.p = 1.0
    return changed


def _gentle(transform):
    changed = copy.deepcopy(transform)
    if isinstance(changed, A.BaseCompose):
        changed.transforms = [_gentle(inner) for inner in changed.transforms]
        return changed
    return changed.gentle() if hasattr(changed, "gentle") else changed
