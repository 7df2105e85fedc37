"""The model that is trained: the detector's network with its loss, and the running average of its weights."""

import keras
from keras import ops

from yolo.loss.loss import DetectionLoss


class TrainingModel(keras.Model):
    """Shares the layers of `network` and adds what only training needs; `fit` is Keras' own.

    Args:
        network: the `YoloV4Tiny` to train.
        averaged: a twin of it that holds the running average of its weights. It is what is evaluated and kept.
        loss: a `DetectionLoss`, whose parts are shown and logged one by one.
    """

    def __init__(self, network, averaged, loss=None):
        super().__init__(network.inputs, network.outputs, name="trainer")
        self.network = network
        self.averaged = averaged
        self.averaged.trainable = False
        self.criterion = loss or DetectionLoss(network.anchors, network.masks, network.scale_xy)
        self.parts = {name: keras.metrics.Mean(name, dtype="float32") for name in ("box", "objectness", "class")}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        parts = self.criterion(y, y_pred)
        for name, value in parts.items():
            self.parts[name].update_state(value)
        own = self.network.losses  # a user's block may have regularisers or call add_loss
        return ops.sum(ops.stack([*parts.values(), *own]))
