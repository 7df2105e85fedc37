"""The attention blocks of a network: how they are named, made and checked."""

import sys
from contextlib import contextmanager

import keras

import attention
from yolo.errors import UserError
from yolo.nets.places import by_place


def portable(spec):
    """A specification, or several by place, that can be saved: a Layer class becomes `"module:Class"`.

    Raises UserError when a class could not be found again.
    """
    if isinstance(spec, dict):
        return {place: portable(block) for place, block in spec.items()}
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


def check(spec):
    """Make the blocks of a specification as a trial; raises UserError when one or its place is wrong."""
    for block in by_place(spec).values():
        make(block)


def attend(features, place, blocks, dtype):
    """Features through a fresh block called `attention_<place>`: (B, h, w, c) -> (B, h, w, c).

    Args:
        place: one of `yolo.nets.places.PLACES`.
        blocks: by place, anything that `attention.create` takes; see `yolo.nets.places.by_place`.
        dtype: Keras dtype policy of the block.

    Raises:
        UserError: the specification is wrong, or the block changes the shape.
    """
    name, spec = f"attention_{place}", blocks.get(place)
    with _dtype_policy(dtype):
        block = make(spec, name=name, dtype=dtype)
        attended = block(features)
    probe = keras.KerasTensor((1, 8, 12, features.shape[-1]), features.dtype)  # the features' own size is not known
    shape = block.compute_output_spec(probe).shape
    if shape != probe.shape:
        raise UserError(f"attention {spec!r} at {name} turns {probe.shape} into {shape}; a block must keep the shape.")
    return attended


@contextmanager
def _dtype_policy(policy):
    """Within it Keras gives the policy to layers made without one, as those within a block of one's own may be."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
