"""The building blocks of CSPDarknet-tiny: convolution units and the cross-stage partial block."""

from keras import layers, ops

from yolo.nets.batch_norm import BatchNormalization


class Convolutions:
    """Makes named convolutions that share one dtype policy and one batch norm epsilon.

    Nothing is left to Keras' global settings, which the user's other projects may have changed.

    Args:
        dtype: Keras dtype policy of the layers, for example `"mixed_bfloat16"`.
        epsilon: added to the variance by batch norm; 1e-5 in Darknet, 1e-3 in Keras.
    """

    def __init__(self, dtype="float32", epsilon=1e-5):
        self.dtype = dtype
        self.epsilon = epsilon

    def unit(self, x, filters, kernel, name, strides=1):
        """Convolution without bias, batch norm, leaky ReLU of slope 0.1: (B, h, w, c) -> (B, h/s, w/s, filters)."""
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

    def linear(self, x, filters, name, bias_initializer):
        """The 1x1 convolution with bias that ends a head, in float32: (B, h, w, c) -> (B, h, w, filters)."""
        return layers.Conv2D(
            filters,
            1,
            data_format="channels_last",
            kernel_initializer="he_normal",
            bias_initializer=bias_initializer,
            name=name,
            dtype="float32",
        )(x)

    def csp(self, x, filters, name):
        """Cross-stage partial block: (B, h, w, c) -> what crosses it and what it computes, each (B, h, w, filters).

        Wang et al. 2020, https://arxiv.org/abs/1911.11929, in the form of yolov4-tiny: the route takes the second
        half of the channels. The two are for `merge`.
        """
        a = self.unit(x, filters, 3, f"{name}_a")
        b = SecondHalf(name=f"{name}_b", dtype=self.dtype)(a)
        c = self.unit(b, filters // 2, 3, f"{name}_c")
        d = self.unit(c, filters // 2, 3, f"{name}_d")
        e = self.unit(layers.Concatenate(name=f"{name}_dc", dtype=self.dtype)([d, c]), filters, 1, f"{name}_e")
        return a, e

    def merge(self, a, e, name):
        """The end of a cross-stage partial block: twice (B, h, w, filters) -> (B, h/2, w/2, 2 filters)."""
        joined = layers.Concatenate(name=f"{name}_ae", dtype=self.dtype)([a, e])
        return layers.MaxPooling2D(2, data_format="channels_last", name=f"{name}_pool", dtype=self.dtype)(joined)


class SecondHalf(layers.Layer):
    """The second half of the channels: (B, h, w, c) -> (B, h, w, c/2)."""

    def call(self, x):
        return x[..., ops.shape(x)[-1] // 2 :]

    def compute_output_shape(self, shape):
        return (*shape[:-1], shape[-1] // 2)


class Upsample(layers.Layer):
    """Each pixel as a square of four: (B, h, w, c) -> (B, 2h, 2w, c).

    The same as `keras.layers.UpSampling2D(2)`, and exported to ONNX as one Resize. That layer becomes a Tile, which
    OpenCV 4.13 reads wrongly without a word.
    """

    def call(self, x):
        _, height, width, _ = ops.shape(x)
        return ops.image.resize(x, (2 * height, 2 * width), interpolation="nearest", data_format="channels_last")

    def compute_output_shape(self, shape):
        batch, height, width, channels = shape
        return batch, height and 2 * height, width and 2 * width, channels
