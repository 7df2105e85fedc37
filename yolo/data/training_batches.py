"""Prepare training batches in parallel, the same to the last byte for any number of workers."""

import functools
import math
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from yolo.array_types import Images
from yolo.data.augmentation import Augmentation
from yolo.data.load_sample import load_sample
from yolo.data.lost_pictures import LostPictures
from yolo.data.mosaic import mixup, mosaic
from yolo.data.picture_sizes import picture_heads
from yolo.data.rectangular_batches import Order, canvas, enlarge, group
from yolo.errors import UserError
from yolo.letterbox import fit
from yolo.pixel_scaling import normalize_pixels
from yolo.structures import NO_OBJECT, Annotation, Sample

RECENT = 128  # positions in the order of an epoch from which mosaic and mixup take the other pictures


class Batch(NamedTuple):
    """A batch of samples, with objects padded by NO_OBJECT, all with the same number of rows."""

    images: Images
    boxes: Annotated[NDArray[np.float32], "batch most 4"]
    labels: Annotated[NDArray[np.int32], "batch most"]
    scores: Annotated[NDArray[np.float32], "batch most"]
    is_complete: Annotated[NDArray[np.bool_], "batch"]


@dataclass(frozen=True)
class TrainingData:
    """The training pictures and their augmentation; every sample depends on (seed, epoch, position) only.

    Args:
        annotations: the training set.
        input_size, resize_mode: as in the model.
        batch_size: pictures in a batch; pictures from the beginning of an epoch complete its last batch.
        augmentation: changes the samples; from epoch `gentle_from` on in its `gentle` form.
        mosaic, mixup: share of samples made from several pictures, before epoch `gentle_from`.
        seed: the seed of all random numbers.
        cache: keep resized pictures in memory.
        rectangular: whether a batch is only as high and wide as its pictures need, see `yolo.data.rectangular_batches`.
        lost: the pictures that cannot be read any more; others take their places.
        refused: the errors of batches in `batches` that cannot be made, by the number of the batch, as TensorFlow does
            not pass on exceptions unchanged.
    """

    annotations: Sequence[Annotation]
    input_size: tuple[int, int] = (416, 416)
    resize_mode: str = "letterbox"
    batch_size: int = 8
    augmentation: Augmentation = field(default_factory=Augmentation)
    mosaic: float = 0.0
    mixup: float = 0.0
    gentle_from: int = 10**9
    seed: int = 0
    cache: bool = False
    rectangular: bool = False
    lost: LostPictures = field(default_factory=LostPictures)
    refused: dict[int, UserError | MemoryError] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """The number of batches in an epoch."""
        return math.ceil(len(self.annotations) / self.batch_size)

    def sample(self, epoch: int, position: int) -> Sample:
        """Return the sample at a position of an epoch, resized and augmented.

        Raises:
            UserError: no picture can be read any more, or a transform fails.
        """
        rng = np.random.default_rng((self.seed, epoch, position))
        size = self._size(epoch, position)
        if epoch >= self.gentle_from:
            others = functools.partial(self._others, epoch, position, size)
            return self._gentle(self._shown(epoch, position, size), rng, others)
        sample = self._changed(epoch, position, size, rng)
        if rng.random() < self.mixup:
            (other,) = self._before(position, 1, rng)
            sample = mixup(sample, self._changed(epoch, other, size, rng))
        return sample

    def batch(self, epoch: int, step: int) -> Batch:
        """Return a batch; raises UserError as `sample` does."""
        samples = [self.sample(epoch, position) for position in self._positions(step)]
        most = max(len(sample.labels) for sample in samples)
        boxes = np.zeros((self.batch_size, most, 4), np.float32)
        labels = np.full((self.batch_size, most), NO_OBJECT, np.int32)
        scores = np.ones((self.batch_size, most), np.float32)
        for row, sample in enumerate(samples):
            boxes[row, : len(sample.labels)] = sample.boxes
            labels[row, : len(sample.labels)] = sample.labels
            scores[row, : len(sample.labels)] = sample.scores
        images = np.stack([sample.image for sample in samples])
        return Batch(images, boxes, labels, scores, np.array([sample.is_complete for sample in samples]))

    def pictures(self, epoch: int, step: int) -> list[Path]:
        """Return the paths of a batch's own pictures, without those that mosaic and mixup add."""
        return [self.annotations[self._index(epoch, position)].path for position in self._positions(step)]

    def batches(self, first_epoch: int, epochs: int, workers: int = 2) -> tf.data.Dataset:
        """Return the batches of epochs `first_epoch` to `epochs` - 1 in order.

        An element is (B, h, w, 3) float32 in 0..1 and the targets of a `DetectionLoss`: {"boxes": (B, M, 4),
        "labels": (B, M), "scores": (B, M), "is_complete": (B,)}, padded by NO_OBJECT.

        Args:
            workers: batches that are prepared at the same time. OpenCV had better take one thread for each of them:
                go through the batches within `yolo.opencv.opencv_threads(1)`.
        """
        steps = self.steps
        refused = self.refused
        made = weakref.WeakMethod(self.batch)  # TensorFlow keeps every Python function until the process ends

        def prepare(number: np.int64) -> Batch:
            try:
                return made()(*divmod(int(number), steps))  # type: ignore[misc]  # `batches.source` keeps it alive
            except (UserError, MemoryError) as error:
                refused[int(number)] = error
                raise

        @tf.autograph.experimental.do_not_convert  # saves the time of converting it
        def shaped(number: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
            kinds = (tf.uint8, tf.float32, tf.int32, tf.float32, tf.bool)
            images, *arrays = tf.numpy_function(prepare, [number], kinds)
            images = tf.ensure_shape(images, (self.batch_size, *self._known_size, 3))
            shapes = ((None, 4), (None,), (None,), ())
            targets = [
                tf.ensure_shape(array, (self.batch_size, *shape)) for array, shape in zip(arrays, shapes, strict=True)
            ]
            return normalize_pixels(images), dict(zip(Batch._fields[1:], targets, strict=True))

        numbers = tf.data.Dataset.range(first_epoch * self.steps, epochs * self.steps)
        options = tf.data.Options()
        options.autotune.enabled = False  # it has nothing to tune, and its thread may end a minute after the last batch
        batches = numbers.map(shaped, num_parallel_calls=workers, deterministic=True).prefetch(2).with_options(options)
        batches.source = self  # it must live as long as its batches
        return batches

    def _positions(self, step: int) -> range:
        return range(step * self.batch_size, (step + 1) * self.batch_size)

    def _index(self, epoch: int, position: int) -> int:
        """Return the index of the picture at a position of an epoch."""
        return int(self._order(epoch)[position % len(self.annotations)])

    @functools.cached_property
    def _order(self) -> Callable[[int], Order]:
        """A function from an epoch to the order of its pictures."""
        groups_of = self.batch_size if self.rectangular else 0
        return functools.lru_cache(maxsize=8)(functools.partial(_order, self._canvases, groups_of, self.seed))

    @functools.cached_property
    def _canvases(self) -> list[tuple[int, int]]:
        """The height and width that each picture needs; of unreadable ones those of the network's input."""
        if not self.rectangular:
            return [self.input_size] * len(self.annotations)
        heads = picture_heads([annotation.path for annotation in self.annotations])
        return [
            self.input_size
            if isinstance(head, UserError)
            else canvas(head[0], head[1], self.input_size, self.resize_mode)
            for head in (heads[annotation.path] for annotation in self.annotations)
        ]

    @functools.cached_property
    def _known_size(self) -> tuple[int | None, int | None]:
        """The height and width of all batches; None where they differ."""
        sizes = set(self._canvases)
        return sizes.pop() if len(sizes) == 1 else (None, None)

    def _size(self, epoch: int, position: int) -> tuple[int, int]:
        """Return the height and width of the batch that contains this position."""
        first = position - position % self.batch_size
        sizes = [self._canvases[self._index(epoch, each)] for each in range(first, first + self.batch_size)]
        return max(rows for rows, _ in sizes), max(columns for _, columns in sizes)

    def _shown(self, epoch: int, position: int, size: tuple[int, int]) -> Sample:
        """Return the sample at a position of an epoch in an image of that size, resized only."""
        return enlarge(self._resized(self._index(epoch, position)), size)

    def _before(self, position: int, number: int, rng: np.random.Generator) -> Annotated[NDArray[np.int64], "number"]:
        """Return random positions out of the RECENT ones before a position, whose pictures are mostly still in memory.

        At the beginning of an epoch they are those at its end, which must be read.
        """
        return position - rng.integers(1, max(min(RECENT, len(self.annotations)), 2), size=number)

    def _changed(self, epoch: int, position: int, size: tuple[int, int], rng: np.random.Generator) -> Sample:
        """Return the sample at a position of an epoch in an image of that size, augmented, without mixup."""
        sample = self._shown(epoch, position, size)
        others = functools.partial(self._others, epoch, position, size)
        if rng.random() < self.mosaic:
            sample = mosaic([sample, *others(3, rng)], rng)
        return self.augmentation(sample, rng, others)

    def _others(
        self, epoch: int, position: int, size: tuple[int, int], number: int, rng: np.random.Generator
    ) -> list[Sample]:
        """Return that many other samples in images of that size, resized only."""
        return [self._shown(epoch, other, size) for other in self._before(position, number, rng)]

    @functools.cached_property
    def _gentle(self) -> Augmentation:
        """The augmentation of the last epochs."""
        return self.augmentation.gentle()

    @functools.cached_property
    def _resized(self) -> Callable[[int], Sample]:
        """A function from the index of a picture to its resized sample; it keeps all samples in memory, or the last."""
        recent = 2 * RECENT if self.mosaic or self.mixup or self.augmentation.takes_others else 0
        load = functools.partial(_load, self.annotations, self._canvases, self.resize_mode, self.lost)
        return functools.lru_cache(None if self.cache else recent)(load)


def _load(
    annotations: Sequence[Annotation],
    canvases: Sequence[tuple[int, int]],
    resize_mode: str,
    lost: LostPictures,
    index: int,
) -> Sample:
    """Return the resized sample of a picture, or of another one where it is lost."""
    sample = lost.sample(annotations, index, load_sample)
    image, placement = fit(sample.image, canvases[index], resize_mode)
    return replace(sample, image=image, boxes=placement.apply(sample.boxes))


def _order(canvases: Sequence[tuple[int, int]], groups_of: int, seed: int, epoch: int) -> Order:
    """Return the order of an epoch's pictures, in groups of that many of similar shape unless it is 0."""
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(len(canvases))
    return group(order, canvases, groups_of, rng) if groups_of else order
