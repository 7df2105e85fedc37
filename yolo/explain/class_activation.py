"""Class activation maps: the places of a feature map that support a detection."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from attention.tensor_types import Tensor
from yolo.array_types import Boxes, Float, Images
from yolo.explain.align import Cells
from yolo.letterbox import Placement
from yolo.nets.decode import decode
from yolo.nets.model import YoloV4Tiny
from yolo.pixel_scaling import normalize_pixels
from yolo.structures import Detections


def grad_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Weight each channel by its mean gradient, Selvaraju et al. 2017, https://arxiv.org/abs/1610.02391.

    Args:
        features: (h, w, c), the output of a layer.
        gradients: (h, w, c), the gradients of the score with respect to it.

    Returns:
        (h, w), not below 0.
    """
    return ops.relu(ops.sum(ops.mean(gradients, axis=(0, 1)) * features, axis=-1))


def layer_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Weight each value by its own positive gradient, Jiang et al. 2021, https://doi.org/10.1109/TIP.2021.3089943.

    This is sharper than Grad-CAM in early layers, and marks one object even if others of its class are visible. The
    arguments are those of `grad_cam`.
    """
    return ops.relu(ops.sum(ops.relu(gradients) * features, axis=-1))


Weigh: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""A function from features and gradients to a map, such as `grad_cam`."""

METHODS: dict[str, tuple[Weigh, str]] = {  # with the name of the layer whose features are used
    "layercam": (layer_cam, "c4_e_act"),
    "gradcam": (grad_cam, "c5_act"),
}


class ActivationMap:
    """A function from a picture to the activation map of one candidate: `activation(pictures, candidate, label)`.

    Args:
        method: a key of METHODS.

    Attributes:
        layer: the name of the layer whose features are weighted; every candidate depends on it.
    """

    def __init__(self, model: YoloV4Tiny, method: str) -> None:
        weigh, self.layer = METHODS[method]
        graph = keras.Model(model.input, [model.get_layer(self.layer).output, *model.outputs])

        def logit(maps: Sequence[Tensor], candidate: Tensor, label: Tensor) -> Tensor:
            found = decode(maps, model.anchors, model.masks, model.scale_xy)
            return found.objectness[0, candidate] + found.classes[0, candidate, label]

        index = tf.TensorSpec((), tf.int32)

        @tf.function(input_signature=[tf.TensorSpec((1, *model.input_size, 3), tf.uint8), index, index])
        def compute(pictures: Tensor, candidate: Tensor, label: Tensor) -> Tensor:
            return weighed(graph, normalize_pixels(pictures), lambda maps: logit(maps, candidate, label), weigh)

        self._compute = compute

    def __call__(self, pictures: Images, candidate: int, label: int) -> Cells:
        """Return the map of the one picture, float32.

        Args:
            pictures: a batch of one picture of the input size.
            candidate: index of a candidate of the network.
            label: index of a class.
        """
        return self._compute(pictures, candidate, label).numpy()


def weighed(
    graph: Callable[..., Sequence[Tensor]], pictures: Tensor, score: Callable[[list[Tensor]], Tensor], weigh: Weigh
) -> Tensor:
    """Return the features of one picture weighted by the gradient of a score, (h, w).

    Args:
        graph: takes pictures (1, H, W, 3) and returns features (1, h, w, c) and further outputs.
        score: takes the further outputs and returns a number.
    """
    with tf.GradientTape() as tape:
        features, *outputs = graph(pictures, training=False)
        value = score(outputs)
    gradients = tape.gradient(value, features)
    return weigh(tf.cast(features[0], tf.float32), tf.cast(gradients[0], tf.float32))


def candidate_of(
    detections: Detections,
    boxes: Boxes,
    scores: Annotated[NDArray[Float], "n classes"],
    placement: Placement,
) -> int:
    """Return the index of the network's candidate that became the first of the detections.

    Args:
        boxes, scores: the candidates of the picture, in pixels of the network's input.
        placement: the place of the picture in the input.
    """
    distance = np.abs(placement.undo(boxes) - detections.boxes[0]).max(axis=1)
    distance += np.abs(scores[:, detections.labels[0]] - detections.scores[0])
    return int(distance.argmin())
