"""Muon for convolution kernels: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/."""

import keras
from keras import ops

from attention.tensor_types import Tensor


class ConvolutionMuon(keras.optimizers.Muon):
    """Keras' Muon, which takes AdamW for kernels of convolutions, made to take them as matrices.

    A kernel (h, w, c, d) is updated as a matrix (h * w * c, d). All other weights are updated by AdamW.
    """

    def _should_use_adamw(self, variable: keras.Variable) -> bool:
        return len(variable.shape) != 4

    def _muon_update_step(self, gradient: Tensor, variable: keras.Variable, lr: Tensor, m: keras.Variable) -> None:
        self.assign_add(m, gradient + m * (self.momentum - 1))
        step = gradient + self.momentum * m if self.nesterov else m
        matrix = ops.reshape(step, (-1, variable.shape[-1]))
        matrix = self.lr_adjust(self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, ops.cast(lr, variable.dtype) * ops.reshape(matrix, variable.shape))
