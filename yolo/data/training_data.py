"""Training batches, prepared in parallel and the same to the last byte for any number of workers."""

import functools
import math
import weakref
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf

from yolo.data.augmentation import Augmentation
from yolo.data.load_sample import load_sample
from yolo.data.lost_pictures import LostPictures
from yolo.data.mosaic import mixup, mosaic
from yolo.errors import UserError
from yolo.letterbox import fit
from yolo.opencv import cv2
from yolo.structures import NO_OBJECT, Sample

RECENT = 128  # positions in the order of an epoch from which mosaic and mixup take the other pictures


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
        lost: the pictures that cannot be read any more, in whose place others are shown.
        refused: why batches of `batches` cannot be made, {number of the batch: UserError or MemoryError}; TensorFlow
            passes on no exception as it was raised.
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
    lost: LostPictures = field(default_factory=LostPictures)
    refused: dict[int, UserError | MemoryError] = field(default_factory=dict)

    @property
    def steps(self):
        """Batches per epoch."""
        return math.ceil(len(self.annotations) / self.batch_size)

    def sample(self, epoch, position):
        """The sample at a position of an epoch, resized and changed."""
        rng = np.random.default_rng((self.seed, epoch, position))
        if epoch >= self.gentle_from:
            return self._gentle(self._shown(epoch, position), rng, functools.partial(self._others, epoch, position))
        sample = self._changed(epoch, position, rng)
        if rng.random() < self.mixup:
            (other,) = self._before(position, 1, rng)
            sample = mixup(sample, self._changed(epoch, other, rng))
        return sample

    def batch(self, epoch, step):
        """(B, h, w, 3) uint8 pictures, (B, M, 4) float32 boxes and (B, M) int32 labels, padded by NO_OBJECT."""
        samples = [self.sample(epoch, position) for position in self._positions(step)]
        most = max(len(sample.labels) for sample in samples)
        boxes = np.zeros((self.batch_size, most, 4), np.float32)
        labels = np.full((self.batch_size, most), NO_OBJECT, np.int32)
        for row, sample in enumerate(samples):
            boxes[row, : len(sample.labels)] = sample.boxes
            labels[row, : len(sample.labels)] = sample.labels
        return np.stack([sample.image for sample in samples]), boxes, labels

    def pictures(self, epoch, step):
        """The paths of the pictures that a batch begins with; mosaic and mixup bring others."""
        return [self.annotations[self._index(epoch, position)].path for position in self._positions(step)]

    def batches(self, first_epoch, epochs, workers=2):
        """Epochs `first_epoch` to `epochs` - 1, one after the other, as a `tf.data.Dataset`.

        An element is (B, h, w, 3) float32 in 0..1 and {"boxes": (B, M, 4), "labels": (B, M)}, padded by NO_OBJECT.

        Args:
            workers: batches that are prepared at the same time.
        """
        cv2.setNumThreads(1)  # the batches are the parallel work
        steps = self.steps
        refused = self.refused
        made = weakref.WeakMethod(self.batch)  # TensorFlow keeps every Python function until the process ends

        def prepare(number):
            try:
                return made()(*divmod(int(number), steps))
            except (UserError, MemoryError) as error:
                refused[int(number)] = error
                raise

        @tf.autograph.experimental.do_not_convert  # saves the time of reading it through
        def shaped(number):
            images, boxes, labels = tf.numpy_function(prepare, [number], (tf.uint8, tf.float32, tf.int32))
            images = tf.ensure_shape(images, (self.batch_size, *self.input_size, 3))
            return tf.cast(images, tf.float32) / 255.0, {
                "boxes": tf.ensure_shape(boxes, (self.batch_size, None, 4)),
                "labels": tf.ensure_shape(labels, (self.batch_size, None)),
            }

        numbers = tf.data.Dataset.range(first_epoch * self.steps, epochs * self.steps)
        options = tf.data.Options()
        options.autotune.enabled = False  # nothing is to be tuned, and its thread may end a minute after the last batch
        batches = numbers.map(shaped, num_parallel_calls=workers, deterministic=True).prefetch(2).with_options(options)
        batches.source = self  # lives as long as its batches
        return batches

    def _positions(self, step):
        return range(step * self.batch_size, (step + 1) * self.batch_size)

    def _index(self, epoch, position):
        """Return which picture stands at a position of an epoch."""
        return _order(len(self.annotations), self.seed, epoch)[position % len(self.annotations)]

    def _shown(self, epoch, position):
        return self._resized(self._index(epoch, position))

    def _before(self, position, number, rng):
        """Positions of other pictures, from the RECENT ones before: any is as likely, and most are still in memory.

        At the beginning of an epoch they are those at its end, and must be read.
        """
        return position - rng.integers(1, max(min(RECENT, len(self.annotations)), 2), size=number)

    def _changed(self, epoch, position, rng):
        sample = self._shown(epoch, position)
        if rng.random() < self.mosaic:
            sample = mosaic([sample, *self._others(epoch, position, 3, rng)], rng)
        return self.augmentation(sample, rng, functools.partial(self._others, epoch, position))

    def _others(self, epoch, position, number, rng):
        """That many other samples, resized and not changed."""
        return [self._shown(epoch, other) for other in self._before(position, number, rng)]

    @functools.cached_property
    def _gentle(self):
        """The augmentation of the last epochs."""
        return self.augmentation.gentle()

    @functools.cached_property
    def _resized(self):
        """Picture number -> sample at the network's size, kept in memory: all of them, or the last ones."""
        recent = 2 * RECENT if self.mosaic or self.mixup or self.augmentation.takes_others else 0
        load = functools.partial(_load, self.annotations, self.input_size, self.resize_mode, self.lost)
        return functools.lru_cache(None if self.cache else recent)(load)


def _load(annotations, input_size, resize_mode, lost, index):
    sample = lost.sample(annotations, index, load_sample)
    image, placement = fit(sample.image, input_size, resize_mode)
    return Sample(image, placement.apply(sample.boxes), sample.labels, sample.paths)


@functools.lru_cache(maxsize=8)
def _order(count, seed, epoch):
    """The order of an epoch's pictures."""
    return np.random.default_rng((seed, epoch)).permutation(count)
