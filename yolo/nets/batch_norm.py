"""Batch normalisation by TensorFlow's fused kernel: Keras' layer with a faster step.

Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167. Keras composes the layer from elementary operations in
float32; the fused kernel reads and writes bfloat16 once, and lets TensorFlow merge convolution, normalisation and
activation in detection. On a CPU a training step takes about 0.7 times as long, a detection 0.9.
"""

import keras
from keras import layers


@keras.saving.register_keras_serializable("yolo")
class BatchNormalization(layers.BatchNormalization):
    """`keras.layers.BatchNormalization` over the last axis, (B, h, w, c) -> (B, h, w, c), fused where TensorFlow runs.

    There the running variance is the unbiased one, as in Darknet and PyTorch.
    """

    def call(self, x, training=None, mask=None):
        if keras.config.backend() != "tensorflow":
            return super().call(x, training=training, mask=mask)
        learns = bool(training and self.trainable)
        y, mean, variance = _fused(x, self, learns)
        if learns:
            for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(moving * self.momentum + batch * (1 - self.momentum))
        return y


def _fused(x, layer, learns):
    import tensorflow as tf

    scale, offset = tf.convert_to_tensor(layer.gamma), tf.convert_to_tensor(layer.beta)
    mean = [] if learns else tf.convert_to_tensor(layer.moving_mean)
    variance = [] if learns else tf.convert_to_tensor(layer.moving_variance)
    return tf.raw_ops.FusedBatchNormV3(
        x=x, scale=scale, offset=offset, mean=mean, variance=variance, epsilon=layer.epsilon, is_training=learns
    )[:3]
