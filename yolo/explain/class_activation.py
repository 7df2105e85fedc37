"""Class activation maps: which places of the features speak for a detection."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from yolo.nets.decode import decode
from yolo.pixel_scaling import normalize_pixels


def grad_cam(features, gradients):
    """Weigh each channel by its mean gradient, Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391.

    Args:
        features, gradients: (h, w, c), a layer's output and the gradient of the score by it.

    Returns:
        (h, w), not below 0.
    """
    return ops.relu(ops.sum(ops.mean(gradients, axis=(0, 1)) * features, axis=-1))


def layer_cam(features, gradients):
    """Weigh each value by its own positive gradient, Jiang et al. 2021, https://doi.org/10.1109/TIP.2021.3089943.

    Sharper than Grad-CAM in early layers, and it keeps to the one object where others of its class are in sight. The
    arguments are those of `grad_cam`.
    """
    return ops.relu(ops.sum(ops.relu(gradients) * features, axis=-1))


METHODS = {"layercam": (layer_cam, "c4_e_act"), "gradcam": (grad_cam, "c5_act")}  # and the layer each looks at


class ActivationMap:
    """The activation map of one candidate of a network: `activation(pictures, candidate, label)`.

    Args:
        model: a `YoloV4Tiny`.
        method: a key of METHODS.

    Attributes:
        layer: the name of the layer whose features are weighed; every candidate depends on it.
    """

    def __init__(self, model, method):
        weigh, self.layer = METHODS[method]
        graph = keras.Model(model.input, [model.get_layer(self.layer).output, *model.outputs])

        def logit(maps, candidate, label):
            found = decode(maps, model.anchors, model.masks, model.scale_xy)
            return found.objectness[0, candidate] + found.classes[0, candidate, label]

        index = tf.TensorSpec((), tf.int32)

        @tf.function(input_signature=[tf.TensorSpec((1, *model.input_size, 3), tf.uint8), index, index])
        def compute(pictures, candidate, label):
            return weighed(graph, normalize_pixels(pictures), lambda maps: logit(maps, candidate, label), weigh)

        self._compute = compute

    def __call__(self, pictures, candidate, label):
        """(1, h, w, 3) uint8 RGB and the indices of a candidate and a class -> map over the input, (h', w') float32."""
        return self._compute(pictures, candidate, label).numpy()


def weighed(graph, pictures, score, weigh):
    """The features of one picture weighed by the gradient of a score, (h, w).

    Args:
        graph: pictures (1, H, W, 3) -> [features (1, h, w, c), further outputs].
        score: the further outputs -> a number.
        weigh: `grad_cam` or `layer_cam`.
    """
    with tf.GradientTape() as tape:
        features, *outputs = graph(pictures, training=False)
        value = score(outputs)
    gradients = tape.gradient(value, features)
    return weigh(tf.cast(features[0], tf.float32), tf.cast(gradients[0], tf.float32))


def candidate_of(detection, boxes, scores, placement):
    """Which of the network's candidates a detection is, by its box, score and class.

    Args:
        detection: Detections, of which the first is meant.
        boxes, scores: (N, 4) in pixels of the input and (N, C), as a runtime gives them for the picture.
        placement: how the picture lies in the input.
    """
    distance = np.abs(placement.undo(boxes) - detection.boxes[0]).max(axis=1)
    distance += np.abs(scores[:, detection.labels[0]] - detection.scores[0])
    return int(distance.argmin())
