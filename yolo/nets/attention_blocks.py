"""The attention blocks of a network: how they are named, made and checked."""

import re
import sys
from contextlib import contextmanager

import keras

import attention
from attention.spec import parse
from yolo.errors import UserError
from yolo.nets.attention_places import USUAL, by_place

LARGEST_NUMBER, MOST_NUMBERS = 2048, 32  # in the arguments of a block; kernels are 7 wide, hidden layers 512
ATTENTION = "attention_"  # how the names of the attention layers begin; the place follows


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
    """A fresh block by `attention.create`, whose complaints become UserErrors, as do numbers that no memory holds."""
    try:
        if isinstance(spec, str) and not attention.importable(spec):
            check_numbers(spec)
        return attention.create(spec, **kwargs)
    except ValueError as error:
        raise UserError(f"{error}.") from error


def check_numbers(spec):
    """Raise UserError when a registered block would be so large that only a slip or an attack asks for it."""
    numbers = [int(digits) for digits in re.findall(r"\d{1,9}", spec.partition("(")[2])]
    if len(numbers) > MOST_NUMBERS or max(numbers, default=0) > LARGEST_NUMBER:
        raise UserError(
            f"attention {spec[:60]!r} has {len(numbers)} numbers, of which {max(numbers)} is the largest; "
            f"{MOST_NUMBERS} numbers up to {LARGEST_NUMBER} are possible."
        )


def from_identity(specs):
    """The specification, as a text, in which every block that can begins as the identity, unless it says otherwise.

    `"cbam@p4, se(identity_start=False)@p5"` -> `"cbam(identity_start=True)@p4, se(identity_start=False)@p5"`.
    """
    blocks = {}  # the places of each
    for place, spec in by_place(specs).items():
        takes = hasattr(make(spec), "identity_start") and "identity_start" not in parse(spec)[1]
        blocks.setdefault(_with(spec, "identity_start=True") if takes else spec, []).append(place)
    if list(blocks.values()) == [list(USUAL)]:
        return next(iter(blocks))
    return ", ".join(f"{spec}@{'+'.join(places)}" for spec, places in blocks.items())


def _with(spec, argument):
    """A specification with one more argument: `"se(ratio=8)"` -> `"se(ratio=8, identity_start=True)"`."""
    name, _, arguments = spec.strip().partition("(")
    given = arguments[:-1].strip().rstrip(",")
    return f"{name}({', '.join(filter(None, (given, argument)))})"


def check(spec):
    """Make the blocks of a specification as a trial; raises UserError when one or its place is wrong."""
    for block in by_place(spec).values():
        make(block)


def attend(features, place, blocks, dtype):
    """Features through a fresh block called `attention_<place>`: (B, h, w, c) -> (B, h, w, c).

    Args:
        place: one of `yolo.nets.attention_places.PLACES`.
        blocks: by place, anything that `attention.create` takes; see `yolo.nets.attention_places.by_place`.
        dtype: Keras dtype policy of the block.

    Raises:
        UserError: the specification is wrong, or the block changes the shape.
    """
    name, spec = f"{ATTENTION}{place}", blocks.get(place)
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
