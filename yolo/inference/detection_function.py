"""The whole detector as one TensorFlow function, from bytes to boxes: what is exported, and what runs fastest."""

from yolo.keras_internals import with_constants
from yolo.pixels import normalize_pixels


def detection_function(network, dynamic=False):
    """A `tf.function`: pictures (B, h, w, 3) uint8 RGB -> {"boxes": (B, N, 4), "scores": (B, N, C)}, any batch size.

    Boxes are xyxy in pixels of the input. Batch norm is folded away; later changes of the network are not seen.

    Args:
        network: a `YoloV4Tiny`.
        dynamic: whether any height and width in multiples of 32 are taken, instead of the network's input size.
    """
    import tensorflow as tf

    from yolo.nets.batch_norm_folding import folded

    model, decode = folded(network), network.decoder()
    size = (None, None) if dynamic else network.input_size

    @tf.function(input_signature=[tf.TensorSpec((None, *size, 3), tf.uint8, name="pictures")])
    def detect(pictures):
        boxes, scores = decode(model(normalize_pixels(pictures), training=False))
        return {"boxes": boxes, "scores": scores}

    return detect


def frozen(function):
    """A `detection_function` with its weights as constants, which compute faster: pictures -> [boxes, scores]."""
    return with_constants(function.get_concrete_function())
