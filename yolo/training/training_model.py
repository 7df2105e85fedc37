"""The model that is trained: a network with its loss and the exponential moving average of its weights."""

from collections.abc import Sequence

import keras
from keras import ops

from attention.tensor_types import Tensor
from yolo.loss.loss import DetectionLoss
from yolo.nets.model import YoloV4Tiny


class TrainingModel(keras.Model):
    """A Keras model that shares the layers of `network` and adds what only training needs.

    Args:
        network: the network to train.
        averaged: a network of the same kind, with the average of the weights. It is evaluated and saved.
        loss: its parts are logged one by one.
    """

    def __init__(self, network: YoloV4Tiny, averaged: YoloV4Tiny, loss: DetectionLoss | None = None) -> None:
        super().__init__(network.inputs, network.outputs, name="trainer")
        self.network = network
        self.averaged = averaged
        self.averaged.trainable = False
        self.criterion = loss or DetectionLoss(network.anchors, network.masks, network.scale_xy)
        self.parts = {name: keras.metrics.Mean(name, dtype="float32") for name in ("box", "objectness", "class")}

    def compute_loss(
        self,
        x: Tensor,
        y: dict[str, Tensor],
        y_pred: Sequence[Tensor],
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        parts = self.criterion(y, y_pred)
        for name, value in parts.items():
            self.parts[name].update_state(value)
        own = self.network.losses  # a user's block may have regularizers or call add_loss
        return ops.sum(ops.stack([*parts.values(), *own]))
