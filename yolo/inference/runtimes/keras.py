"""Networks in memory by TensorFlow: one that may still change, and one that is as fast as TensorFlow gets."""

import numpy as np

from yolo.inference.graph import detection_function, frozen


class KerasRuntime:
    """A YoloV4Tiny run by TensorFlow, compiled once for any batch size.

    Args:
        model: a `YoloV4Tiny`; later changes to its weights are seen.
        ready: whether it is compiled now, so that the first picture is as fast as all.
    """

    def __init__(self, model, ready=True):
        import tensorflow as tf

        decode = model.decoder()

        @tf.function(input_signature=[tf.TensorSpec((None, *model.input_size, 3), tf.uint8)])
        def compute(pictures):
            return decode(model(tf.cast(pictures, tf.float32) / 255, training=False))

        self._start(model, compute, ready)

    def _start(self, model, compute, ready=True):
        self.class_names = tuple(model.class_names)
        self.input_size = tuple(model.input_size)
        self.resize_mode = model.resize_mode
        self._compute = compute
        if ready:
            self(np.zeros((1, *self.input_size, 3), np.uint8))

    def __call__(self, pictures):
        boxes, scores = self._compute(pictures)
        return boxes.numpy(), scores.numpy()


class FrozenRuntime(KerasRuntime):
    """A YoloV4Tiny as it is now, batch norm folded and weights constant, which is quicker.

    Args:
        model: a `YoloV4Tiny`; later changes to its weights are not seen.
    """

    def __init__(self, model):
        import tensorflow as tf

        compute = frozen(detection_function(model))
        self._start(model, lambda pictures: compute(tf.constant(pictures)))
