"""AdamW and SGD with weight decay on convolution kernels only, and a learning rate that changes every step."""

from functools import partial

import keras

from yolo.training.adamw import AdamW
from yolo.training.schedule import WarmupCosine

LEARNING_RATE = {"adamw": 0.002, "sgd": 0.01}
WEIGHT_DECAY = {"adamw": 0.02, "sgd": 0.008}  # apart from the gradient; for SGD the usual 0.0005 / (1 - momentum)
SHORT = 600  # steps of a short run


def make_optimizer(network, name, total_steps, warmup_steps, learning_rate=None, weight_decay=None, halvings=0):
    """An optimizer built for every trainable weight of `network`, so that freezing some later loses no state.

    Args:
        name: "adamw" (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) or "sgd" (with Nesterov momentum).
        total_steps, warmup_steps: of the schedule; the warm-up takes a fifth of a run at most, of a short one a tenth.
        learning_rate, weight_decay: None for this module's defaults.
        halvings: how often the learning rate is halved.
    """
    peak = (LEARNING_RATE[name] if learning_rate is None else learning_rate) * 0.5**halvings
    longest = total_steps // (5 if total_steps > SHORT else 10)
    settings = {
        "learning_rate": WarmupCosine(peak, min(warmup_steps, longest), total_steps),
        "weight_decay": WEIGHT_DECAY[name] if weight_decay is None else weight_decay,
        "global_clipnorm": 10.0,
    }
    sgd = partial(keras.optimizers.SGD, momentum=0.937, nesterov=True)
    optimizer = {"adamw": AdamW, "sgd": sgd}[name](**settings)
    weights = network.trainable_variables
    optimizer.exclude_from_weight_decay(var_list=[v for v in weights if not v.path.endswith("kernel")])
    if network.policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(weights)
    return optimizer
