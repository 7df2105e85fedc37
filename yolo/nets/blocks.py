"""The building blocks of CSPDarknet-tiny: convolution units and the cross-stage partial block."""

import keras
from keras import layers, ops

from attention.tensor_types import Shape, Tensor
from yolo.nets.fused_batch_norm import BatchNormalization


class Convolutions:
    """A maker of named convolutions that share one dtype policy and one batch norm epsilon.

    Every setting is stated, because Keras' global settings may have been changed by other code of the user.

    Args:
        dtype: Keras dtype policy of the layers, for example `"mixed_bfloat16"`.
        epsilon: added to the variance by batch norm; 1e-5 in Darknet, 1e-3 in Keras.
    """

    def __init__(self, dtype: str | keras.DTypePolicy = "float32", epsilon: float = 1e-5) -> None:
        self.dtype = dtype
        self.epsilon = epsilon

    def unit(self, x: Tensor, filters: int, kernel: int, name: str, strides: int = 1) -> Tensor:
        """Apply convolution without bias, batch norm, leaky ReLU of slope 0.1: (B, h, w, c) -> (B, h/s, w/s, filters).

        The strides s are 1 or 2.
        """
        if strides == 2:  # Darknet pads before the first row and column; "same" would pad after the last
            x = layers.ZeroPadding2D(((1, 0), (1, 0)), "channels_last", name=f"{name}_pad", dtype=self.dtype)(x)
        x = layers.Conv2D(
            filters,
            kernel,
            strides,
            "valid" if strides == 2 else "same",
            "channels_last",
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"{name}_conv",
            dtype=self.dtype,
        )(x)
        x = BatchNormalization(momentum=0.97, epsilon=self.epsilon, name=f"{name}_bn", dtype=self.dtype)(x)
        return layers.LeakyReLU(0.1, name=f"{name}_act", dtype=self.dtype)(x)

    def linear(self, x: Tensor, filters: int, name: str, bias_initializer: keras.initializers.Initializer) -> Tensor:
        """Apply the 1x1 convolution with bias that ends a head, in float32: (B, h, w, c) -> (B, h, w, filters)."""
        return layers.Conv2D(
            filters,
            1,
            data_format="channels_last",
            kernel_initializer="he_normal",
            bias_initializer=bias_initializer,
            name=name,
            dtype="float32",
        )(x)

    def csp(self, x: Tensor, filters: int, name: str) -> tuple[Tensor, Tensor]:
        """Apply a cross-stage partial block up to its last joint: (B, h, w, c) -> twice (B, h, w, filters).

        Wang et al. 2020, https://arxiv.org/abs/1911.11929, in the form of yolov4-tiny: the route takes the second
        half of the channels. The results are the features that bypass the block and those that it computes from
        them, to be joined by `merge`.
        """
        a = self.unit(x, filters, 3, f"{name}_a")
        b = SecondHalf(name=f"{name}_b", dtype=self.dtype)(a)
        c = self.unit(b, filters // 2, 3, f"{name}_c")
        d = self.unit(c, filters // 2, 3, f"{name}_d")
        e = self.unit(layers.Concatenate(name=f"{name}_dc", dtype=self.dtype)([d, c]), filters, 1, f"{name}_e")
        return a, e

    def merge(self, a: Tensor, e: Tensor, name: str) -> Tensor:
        """Join the results of `csp` and halve their size: twice (B, h, w, filters) -> (B, h/2, w/2, 2 filters)."""
        joined = layers.Concatenate(name=f"{name}_ae", dtype=self.dtype)([a, e])
        return layers.MaxPooling2D(2, data_format="channels_last", name=f"{name}_pool", dtype=self.dtype)(joined)


class SecondHalf(layers.Layer):
    """A layer that returns the second half of the channels: (B, h, w, c) -> (B, h, w, c/2)."""

    def call(self, x: Tensor) -> Tensor:
        half = ops.shape(x)[-1] // 2
        if keras.config.backend() != "tensorflow":
            return x[..., half:]
        import tensorflow as tf

        # Equal to x[..., half:], but TensorFlow computes the gradient of that twenty times as slowly on a CPU
        return tf.slice(x, (0, 0, 0, half), (-1,) * 4)

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], shape[-1] // 2)


class Upsample(layers.Layer):
    """A layer that turns each pixel into a square of four: (B, h, w, c) -> (B, 2h, 2w, c).

    It computes the same as `keras.layers.UpSampling2D(2)`, but is exported to ONNX as one Resize. Keras' layer becomes
    a Tile, which OpenCV 4.13 reads wrongly without an error.
    """

    def call(self, x: Tensor) -> Tensor:
        _, height, width, _ = ops.shape(x)
        if not isinstance(height, int) or not isinstance(width, int):  # Keras 3.15 resizes to known sizes only
            return ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)
        return ops.image.resize(x, (2 * height, 2 * width), interpolation="nearest", data_format="channels_last")

    def compute_output_shape(self, shape: Shape) -> Shape:
        batch, height, width, channels = shape
        return batch, height and 2 * height, width and 2 * width, channels
