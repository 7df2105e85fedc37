"""Scale pixel values for the network, in one place for training, detection, export and explanation."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def normalize_pixels(pictures: "tf.Tensor") -> "tf.Tensor":
    """Return the pixel values divided by 255: (B, h, w, 3) uint8 -> (B, h, w, 3) float32 in 0..1."""
    import tensorflow as tf

    return tf.cast(pictures, tf.float32) / 255
