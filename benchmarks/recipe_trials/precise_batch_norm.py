"""Precise batch norm: Wu and Johnson 2021, https://arxiv.org/abs/2105.07576.

The moving averages of means and variances lag behind the weights, and the averaged weights never had any of their own.
So the statistics are computed anew, with the averaged weights, as the mean over the batches of one more epoch.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf

from attention.tensor_types import Tensor
from yolo.data.training_batches import TrainingData
from yolo.run_folders import BEST
from yolo.training.checkpoint import Checkpoint
from yolo.training.phases import Phase
from yolo.training.plan import TrainingPlan
from yolo.training.training_model import TrainingModel

TrainPhase = Callable[
    [TrainingModel, TrainingPlan, Phase, TrainingData, list[keras.callbacks.Callback], Checkpoint], None
]


def then_compute_statistics(usual: TrainPhase) -> TrainPhase:
    """Return a function that trains a phase as `usual` does, and computes the statistics after the last."""

    def train_phase(
        trainer: TrainingModel,
        plan: TrainingPlan,
        phase: Phase,
        data: TrainingData,
        callbacks: list[keras.callbacks.Callback],
        saver: Checkpoint,
    ) -> None:
        usual(trainer, plan, phase, data, callbacks, saver)
        if phase.last == plan.epochs:
            data = dataclasses.replace(data, gentle_from=0)  # pictures as in the last epochs
            batches = data.batches(plan.epochs, plan.epochs + 1, 1).take(data.steps)
            compute_statistics(trainer.averaged, (images for images, _ in batches))
            trainer.averaged.save(saver.folder / BEST)

    return train_phase


def compute_statistics(network: keras.Model, batches: Iterable[Tensor]) -> None:
    """Set the statistics of each batch norm to the mean of those of the batches (B, h, w, 3)."""
    norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    with last_batch_only(norms):

        @tf.function
        def forward(images: Tensor) -> None:
            network(images, training=True)

        found = []  # for each batch, of each batch norm
        for images in batches:
            forward(images)
            found.append([(np.array(norm.moving_mean), np.array(norm.moving_variance)) for norm in norms])
        for norm, statistics in zip(norms, zip(*found, strict=True), strict=True):
            means, variances = zip(*statistics, strict=True)
            norm.moving_mean.assign(np.mean(means, axis=0))
            norm.moving_variance.assign(np.mean(variances, axis=0))


@contextmanager
def last_batch_only(norms: Iterable[keras.layers.BatchNormalization]) -> Iterator[None]:
    """Let the moving statistics be those of the last batch, within the block."""
    before = [(norm, norm.momentum, norm.trainable) for norm in norms]
    for norm, _, _ in before:
        norm.momentum, norm.trainable = 0.0, True
    try:
        yield
    finally:
        for norm, momentum, trainable in before:
            norm.momentum, norm.trainable = momentum, trainable
