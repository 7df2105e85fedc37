"""Training batches, prepared in parallel and the same to the last byte for any number of workers."""

import functools
import math
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf

from yolo.data.augment import Augmentation
from yolo.data.load import load_sample
from yolo.data.mosaic import mixup, mosaic
from yolo.letterbox import fit
from yolo.opencv import cv2
from yolo.samples import NO_OBJECT, Sample


@dataclass(frozen=True)
class TrainingData:
    """The training pictures and how they are changed; every sample follows from (seed, epoch, position) alone.

    Args:
        annotations: the training set.
        input_size, resize_mode: as in the model.
        batch_size: pictures a batch; an epoch is filled up to whole batches with pictures from its beginning.
        augmentation: how samples are changed; by its `gentle` form from epoch `gentle_from` on.
        mosaic, mixup: share of samples made from several pictures, up to that epoch.
        seed: of everything random.
        cache: keep resized pictures in memory.
    """

    annotations: tuple
    input_size: tuple[int, int] = (416, 416)
    resize_mode: str = "letterbox"
    batch_size: int = 8
    augmentation: Augmentation = field(default_factory=Augmentation)
    mosaic: float = 0.0
    mixup: float = 0.0
    gentle_from: int = 10**9
    seed: int = 0
    cache: bool = False
    _kept: dict = field(default_factory=dict, init=False, repr=False)

    @property
    def steps(self):
        """Batches per epoch."""
        return math.ceil(len(self.annotations) / self.batch_size)

    def sample(self, epoch, position):
        """The sample at a position of an epoch, resized and changed."""
        rng = np.random.default_rng((self.seed, epoch, position))
        first = self._index(epoch, position)
        if epoch >= self.gentle_from:
            return self.augmentation.gentle()(self._resized(first), rng)
        sample = self._changed(first, rng)
        if rng.random() < self.mixup:
            sample = mixup(sample, self._changed(rng.integers(len(self.annotations)), rng))
        return sample

    def pictures(self, epoch, step):
        """The paths of the pictures that a batch begins with; mosaic and mixup bring others."""
        positions = range(step * self.batch_size, (step + 1) * self.batch_size)
        return [self.annotations[self._index(epoch, position)].path for position in positions]

    def _index(self, epoch, position):
        """Which picture stands at a position of an epoch."""
        return _order(len(self.annotations), self.seed, epoch)[position % len(self.annotations)]

    def _changed(self, index, rng):
        sample = self._resized(index)
        if rng.random() < self.mosaic:
            others = rng.integers(len(self.annotations), size=3)
            sample = mosaic([sample, *map(self._resized, others)], rng)
        return self.augmentation(sample, rng)

    def _resized(self, index):
        if index in self._kept:
            return self._kept[index]
        sample = load_sample(self.annotations[index])
        image, placement = fit(sample.image, self.input_size, self.resize_mode)
        sample = Sample(image, placement.apply(sample.boxes), sample.labels)
        if self.cache:
            self._kept[index] = sample
        return sample

    def batches(self, first_epoch, epochs, workers=2):
        """Epochs `first_epoch` to `epochs` - 1, one after the other, as a `tf.data.Dataset`.

        An element is (B, h, w, 3) float32 in 0..1 and {"boxes": (B, M, 4), "labels": (B, M)}, padded by NO_OBJECT.
        """
        cv2.setNumThreads(1)  # the pictures of a batch are the parallel work
        per_epoch = self.steps * self.batch_size

        def prepare(number):
            sample = self.sample(*divmod(int(number), per_epoch))
            return sample.image, sample.boxes, sample.labels

        def shaped(number):
            image, boxes, labels = tf.numpy_function(prepare, [number], (tf.uint8, tf.float32, tf.int32))
            return (
                tf.ensure_shape(image, (*self.input_size, 3)),
                {"boxes": tf.ensure_shape(boxes, (None, 4)), "labels": tf.ensure_shape(labels, (None,))},
            )

        padding = (np.uint8(0), {"boxes": np.float32(0), "labels": np.int32(NO_OBJECT)})
        numbers = tf.data.Dataset.range(first_epoch * per_epoch, epochs * per_epoch)
        return (
            numbers.map(shaped, num_parallel_calls=workers, deterministic=True)
            .padded_batch(self.batch_size, padding_values=padding, drop_remainder=True)
            .map(lambda images, targets: (tf.cast(images, tf.float32) / 255.0, targets))
            .prefetch(2)
        )


@functools.lru_cache(maxsize=8)
def _order(count, seed, epoch):
    """The order of an epoch's pictures."""
    return np.random.default_rng((seed, epoch)).permutation(count)
