"""What computes the network: a runtime takes pictures and gives candidate boxes and scores.

A runtime is a callable, (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) float32 xyxy in pixels of the input and scores
(B, N, C) float32, with the attributes `class_names`, `input_size` (h, w) and `resize_mode`.
"""

import numpy as np

from yolo.classes import read_names


def load_runtime(path, classes=None, allow_imports=False):
    """The runtime for a model file, chosen by its suffix; raises UserError when there is none.

    Args:
        path: a model file, or the name of a published one.
        classes: a file of class names, for a model file that carries none.
        allow_imports: whether the file may name a module to import for its attention.
    """
    from yolo.weights.files import load_network  # exported models will be detected with without Keras

    return KerasRuntime(load_network(path, read_names(classes) if classes else None, allow_imports))


class KerasRuntime:
    """A YoloV4Tiny run by TensorFlow, compiled once for any batch size.

    Args:
        model: a `YoloV4Tiny`; later changes to its weights are seen.
    """

    def __init__(self, model):
        import tensorflow as tf

        self.class_names = tuple(model.class_names)
        self.input_size = tuple(model.input_size)
        self.resize_mode = model.resize_mode
        decode = model.decoder()

        @tf.function(input_signature=[tf.TensorSpec((None, *self.input_size, 3), tf.uint8)])
        def compute(pictures):
            return decode(model(tf.cast(pictures, tf.float32) / 255, training=False))

        self._compute = compute
        self(np.zeros((1, *self.input_size, 3), np.uint8))  # compiled now, so that the first picture is as fast as all

    def __call__(self, pictures):
        boxes, scores = self._compute(pictures)
        return boxes.numpy(), scores.numpy()
