"""Pixel values as a network takes them: training, detection, export and explanation share this one division."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def normalize_pixels(pictures: "tf.Tensor") -> "tf.Tensor":
    """Return pictures whose values 0..255 are divided by 255: (B, h, w, 3) uint8 -> (B, h, w, 3) float32 in 0..1."""
    import tensorflow as tf

    return tf.cast(pictures, tf.float32) / 255
