"""Build one TensorFlow function of all steps from pixels to boxes: for exports, and for the fastest detection."""

from typing import TYPE_CHECKING, Any

from yolo.array_types import Array
from yolo.keras_internals import with_constants
from yolo.pixel_scaling import normalize_pixels

if TYPE_CHECKING:
    from yolo.nets.model import YoloV4Tiny


def detection_function(network: "YoloV4Tiny", dynamic: bool = False) -> Any:
    """Return a `tf.function`: pictures (B, h, w, 3) uint8 RGB -> {"boxes": (B, N, 4), "scores": (B, N, C)}.

    It accepts any batch size. Boxes are xyxy in pixels of the input. Batch norm is folded into the convolutions. Later
    changes of the network have no effect.

    Args:
        dynamic: accept any height and width in multiples of 32 instead of the input size of the network.
    """
    import tensorflow as tf

    from yolo.nets.batch_norm_folding import folded

    model, decode = folded(network), network.decoder()
    size = (None, None) if dynamic else network.input_size

    @tf.function(input_signature=[tf.TensorSpec((None, *size, 3), tf.uint8, name="pictures")])
    def detect(pictures: Array) -> dict[str, Array]:
        boxes, scores = decode(model(normalize_pixels(pictures), training=False))
        return {"boxes": boxes, "scores": scores}

    return detect


def frozen(function: Any) -> Any:
    """Return a `detection_function` with constant weights, which is faster: pictures -> [boxes, scores]."""
    return with_constants(function.get_concrete_function())
