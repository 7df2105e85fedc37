"""Choose the precision that this machine trains fastest in."""

import tensorflow as tf

from yolo.machine import bfloat16_instructions


def choose(precision: str) -> str:
    """Return the name of a Keras dtype policy; "auto" becomes the fastest of this machine, other names stay.

    That is bfloat16 if the processor or the GPU computes in it, float16 on older GPUs with tensor cores, else float32.
    """
    if precision != "auto":
        return precision
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "mixed_bfloat16" if {"avx512_bf16", "amx_bf16"} & set(bfloat16_instructions() or ()) else "float32"
    major, _ = tf.config.experimental.get_device_details(gpus[0]).get("compute_capability") or (0, 0)
    return "mixed_bfloat16" if major >= 8 else "mixed_float16" if major == 7 else "float32"
