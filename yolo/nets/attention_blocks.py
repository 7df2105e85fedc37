"""Create and check the attention blocks of a network, and put them into it."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras

import attention
from attention.spec import Spec, parse
from attention.tensor_types import Tensor
from yolo.attention_places import AttentionSpec, by_place, usual_places
from yolo.errors import UserError

LARGEST_NUMBER, MOST_NUMBERS = 2048, 32  # in the arguments of a block; kernels are 7 wide, hidden layers 512
ATTENTION = "attention_"  # begins the name of each attention layer; its place follows


def portable(spec: AttentionSpec) -> AttentionSpec:
    """Return a specification, or several by place, in a form that can be saved: a class becomes `"module:Class"`.

    Raises:
        UserError: a class is not at the top level of a module, where it could be found again.
    """
    if isinstance(spec, dict):
        return {place: _portable_block(block) for place, block in spec.items()}
    return _portable_block(spec)


def _portable_block(spec: Spec) -> Spec:
    if not isinstance(spec, type):
        return spec
    module, name = spec.__module__, spec.__qualname__
    if getattr(sys.modules.get(module), name, None) is not spec:
        raise UserError(
            f"attention {name} of {module} cannot be saved with the network: "
            "define the class at the top level of a module."
        )
    return f"{module}:{name}"


def make(spec: Spec, **kwargs: Any) -> keras.layers.Layer:
    """Return a new block by `attention.create`.

    Raises:
        UserError: there is no such block or argument, or a number would make the block too large for any memory.
    """
    try:
        if isinstance(spec, str) and not attention.importable(spec):
            check_numbers(spec)
        return attention.create(spec, **kwargs)
    except ValueError as error:
        raise UserError(f"{error}.") from error


def check_numbers(spec: str) -> None:
    """Raise UserError when a registered block would be so large that it must be a mistake or an attack."""
    numbers = [int(digits) for digits in re.findall(r"\d{1,9}", spec.partition("(")[2])]
    if len(numbers) > MOST_NUMBERS or max(numbers, default=0) > LARGEST_NUMBER:
        raise UserError(
            f"attention {spec[:60]!r} has {len(numbers)} numbers, of which {max(numbers)} is the largest; "
            f"{MOST_NUMBERS} numbers up to {LARGEST_NUMBER} are possible."
        )


def from_identity(specs: str, levels: int = 2) -> str:
    """Return the specification with `identity_start=True` for each block that has this argument and does not set it.

    Example:
        >>> from_identity("cbam@p4, se(identity_start=False)@p5")
        'cbam(identity_start=True)@p4, se(identity_start=False)@p5'

    Args:
        levels: the number of levels of the network.

    Raises:
        UserError: the specification is wrong.
    """
    blocks: dict[str, list[str]] = {}  # the places of each
    for place, spec in by_place(specs, levels).items():
        takes = hasattr(make(spec), "identity_start") and "identity_start" not in parse(spec)[1]
        blocks.setdefault(_with(spec, "identity_start=True") if takes else spec, []).append(place)
    if list(blocks.values()) == [list(usual_places(levels))]:
        return next(iter(blocks))
    return ", ".join(f"{spec}@{'+'.join(places)}" for spec, places in blocks.items())


def _with(spec: str, argument: str) -> str:
    """Return a specification with one more argument: `"se(ratio=8)"` -> `"se(ratio=8, identity_start=True)"`."""
    name, _, arguments = spec.strip().partition("(")
    given = arguments[:-1].strip().rstrip(",")
    return f"{name}({', '.join(filter(None, (given, argument)))})"


def check(spec: AttentionSpec, levels: int = 2) -> None:
    """Raise UserError when a block of a specification cannot be created or its place is wrong, for so many levels."""
    for block in by_place(spec, levels).values():
        make(block)


def attend(features: Tensor, place: str, blocks: Mapping[str, Spec], dtype: str | keras.DTypePolicy) -> Tensor:
    """Apply a new block called `attention_<place>` to features: (B, h, w, c) -> (B, h, w, c).

    Args:
        place: one of `yolo.attention_places.all_places`.
        blocks: the block of each place, as `yolo.attention_places.by_place` returns them.
        dtype: Keras dtype policy of the block.

    Raises:
        UserError: the specification is wrong, or the block changes the shape.
    """
    name, spec = f"{ATTENTION}{place}", blocks.get(place)
    with _dtype_policy(dtype):
        block = make(spec, name=name, dtype=dtype)
        attended = block(features)
    probe = keras.KerasTensor((1, 8, 12, features.shape[-1]), features.dtype)  # the size of the features is not known
    shape = block.compute_output_spec(probe).shape
    if shape != probe.shape:
        raise UserError(f"attention {spec!r} at {name} turns {probe.shape} into {shape}; a block must keep the shape.")
    return attended


@contextmanager
def _dtype_policy(policy: str | keras.DTypePolicy) -> Iterator[None]:
    """Set Keras' default policy for a while, because layers inside a user's block may be created without one."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
