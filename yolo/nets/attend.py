"""The attention blocks of a network: how they are named, made and checked."""

import sys

import keras

import attention
from yolo.errors import UserError


def portable(spec):
    """A specification that can be saved: a Layer class becomes `"module:Class"`. Raises UserError."""
    if not isinstance(spec, type):
        return spec
    if getattr(sys.modules.get(spec.__module__), spec.__qualname__, None) is not spec:
        raise UserError(
            f"attention {spec.__qualname__} of {spec.__module__} cannot be saved with the network: "
            "define the class at the top level of a module."
        )
    return f"{spec.__module__}:{spec.__qualname__}"


def make(spec, **kwargs):
    """A fresh block by `attention.create`, whose complaints become UserErrors."""
    try:
        return attention.create(spec, **kwargs)
    except ValueError as error:
        raise UserError(f"{error}.") from error


def attend(features, place, spec, dtype):
    """Features through a fresh block called `attention_<place>`: (B, h, w, c) -> (B, h, w, c).

    Args:
        place: "p4", "p5" or "up".
        spec: anything that `attention.create` takes.
        dtype: Keras dtype policy of the block.

    Raises:
        UserError: the specification is wrong, or the block changes the shape.
    """
    name = f"attention_{place}"
    block = make(spec, name=name, dtype=dtype)
    attended = block(features)
    probe = keras.KerasTensor((1, 8, 12, features.shape[-1]), features.dtype)  # the features' own size is not known
    shape = block.compute_output_spec(probe).shape
    if shape != probe.shape:
        raise UserError(f"attention {spec!r} at {name} turns {probe.shape} into {shape}; a block must keep the shape.")
    return attended
