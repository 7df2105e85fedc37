"""The optimizer of a run: AdamW or SGD, with a learning rate that changes every step.

The rate rises in a straight line, then falls along half a cosine: Loshchilov and Hutter 2017,
https://arxiv.org/abs/1608.03983. Weight decay acts on convolution kernels only.
"""

import math
from collections.abc import Callable
from functools import partial

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule

from attention.tensor_types import Tensor
from yolo.nets.model import YoloV4Tiny
from yolo.training.adamw import AdamW

LEARNING_RATE = {"adamw": 0.002, "sgd": 0.01}
WEIGHT_DECAY = {"adamw": 0.02, "sgd": 0.008}  # not part of the gradient; for SGD the usual 0.0005 / (1 - momentum)
SHORT = 600  # steps of a short run

OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "adamw": AdamW,
    "sgd": partial(keras.optimizers.SGD, momentum=0.937, nesterov=True),
}


def make_optimizer(
    network: YoloV4Tiny,
    name: str,
    total_steps: int,
    warmup_steps: int,
    learning_rate: float | None = None,
    weight_decay: float | None = None,
    halvings: int = 0,
) -> keras.optimizers.Optimizer:
    """Return an optimizer built for every trainable weight of `network`, so that freezing some later loses no state.

    Args:
        name: "adamw" (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) or "sgd" (with Nesterov momentum).
        total_steps: length of the schedule.
        warmup_steps: length of the warm-up, which is cut to a fifth of the run, or to a tenth of a short one.
        learning_rate: the peak. None, here and for `weight_decay`, is for the default of this module.
        halvings: how often the learning rate is halved.
    """
    peak = (LEARNING_RATE[name] if learning_rate is None else learning_rate) * 0.5**halvings
    longest = total_steps // (5 if total_steps > SHORT else 10)
    optimizer = OPTIMIZERS[name](
        learning_rate=WarmupCosine(peak, min(warmup_steps, longest), total_steps),
        weight_decay=WEIGHT_DECAY[name] if weight_decay is None else weight_decay,
        global_clipnorm=10.0,
    )
    weights = network.trainable_variables
    optimizer.exclude_from_weight_decay(var_list=[v for v in weights if not v.path.endswith("kernel")])
    if network.policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(weights)
    return optimizer


class WarmupCosine(LearningRateSchedule):
    """A learning rate that rises from 0 to `peak` in `warmup` steps, then falls to `peak * final` at step `total`."""

    def __init__(self, peak: float, warmup: int, total: int, final: float = 0.01) -> None:
        self.peak = peak
        self.warmup = warmup
        self.total = total
        self.final = final

    def __call__(self, step: Tensor) -> Tensor:
        step = ops.cast(step, "float32")
        rising = (step + 1) / max(self.warmup, 1)
        progress = ops.clip((step - self.warmup) / max(self.total - self.warmup, 1), 0.0, 1.0)
        falling = self.final + (1 - self.final) * (1 + ops.cos(math.pi * progress)) / 2
        return self.peak * ops.minimum(rising, falling)

    def get_config(self) -> dict[str, float]:
        return {"peak": self.peak, "warmup": self.warmup, "total": self.total, "final": self.final}
