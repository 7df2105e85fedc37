"""Learning rate per step: a straight warm-up, then half a cosine, https://arxiv.org/abs/1608.03983."""

import math

from keras import ops
from keras.optimizers.schedules import LearningRateSchedule


class WarmupCosine(LearningRateSchedule):
    """Rises from 0 to `peak` in `warmup` steps, then falls to `peak * final` at step `total`."""

    def __init__(self, peak, warmup, total, final=0.01):
        self.peak = peak
        self.warmup = warmup
        self.total = total
        self.final = final

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rising = (step + 1) / max(self.warmup, 1)
        progress = ops.clip((step - self.warmup) / max(self.total - self.warmup, 1), 0.0, 1.0)
        falling = self.final + (1 - self.final) * (1 + ops.cos(math.pi * progress)) / 2
        return self.peak * ops.minimum(rising, falling)

    def get_config(self):
        return {"peak": self.peak, "warmup": self.warmup, "total": self.total, "final": self.final}
