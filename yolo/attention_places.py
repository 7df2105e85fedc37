"""Parse a choice of attention: one block for the usual places, or `"cbam@p4+p5, se(ratio=8)@c3"`."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, overload

from yolo.errors import UserError

if TYPE_CHECKING:
    from attention.spec import Spec  # imports Keras

AttentionSpec: TypeAlias = "Spec | dict[str, Spec]"
"""The choice of attention, as `by_place` takes it."""

USUAL = ("p4", "p5", "up")  # the places in the neck, for a specification without places
PLACES = (*USUAL, "c3", "c4", "c5")  # and the stages of the backbone; cN has stride 2^N
OF_THIRD_LEVEL = ("p3", "up3")  # further places in the neck of a network of three levels
TOKENS = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[()\[\]{},;@+]""")


@overload
def by_place(attention: str, levels: int = 2) -> Mapping[str, str]: ...
@overload
def by_place(attention: AttentionSpec, levels: int = 2) -> "Mapping[str, Spec]": ...
def by_place(attention: AttentionSpec, levels: int = 2) -> "Mapping[str, Spec]":
    """Return the block of each place, `{place: specification}`. Places without a block are left out.

    Example:
        >>> by_place("cbam@p4+p5, se(ratio=8)@c3")
        {'p4': 'cbam', 'p5': 'cbam', 'c3': 'se(ratio=8)'}
        >>> by_place("eca")
        {'p4': 'eca', 'p5': 'eca', 'up': 'eca'}
        >>> by_place("eca", levels=3)
        {'p4': 'eca', 'p5': 'eca', 'up': 'eca', 'p3': 'eca', 'up3': 'eca'}

    Args:
        attention: anything that `attention.create` takes, for the `usual_places`; a text of `block@place` or
            `block@place+place`, separated by commas, in any order; or a dictionary like the result.
        levels: the number of levels of the network.

    Raises:
        UserError: an item of a list has no place, or a place is unknown or named twice.
    """
    blocks: dict[str, Spec] = {}
    for place, spec in _pairs(attention, levels):
        if place not in all_places(levels):
            hint = " (it is one of a network of three levels, --levels 3)" if place in OF_THIRD_LEVEL else ""
            raise UserError(
                f"there is no place {place!r} for attention: choose from {', '.join(all_places(levels))}{hint}."
            )
        if place in blocks:
            raise UserError(f"the place {place} has two attentions, {blocks[place]!r} and {spec!r}: give it one.")
        blocks[place] = spec
    return blocks


def usual_places(levels: int) -> tuple[str, ...]:
    """Return the places of a specification without places: those in the neck of a network of so many levels."""
    return USUAL + OF_THIRD_LEVEL * (levels > 2)


def all_places(levels: int) -> tuple[str, ...]:
    """Return all places of a network of so many levels."""
    return PLACES + OF_THIRD_LEVEL * (levels > 2)


def _pairs(attention: AttentionSpec, levels: int) -> "Iterator[tuple[str, Spec]]":
    """Yield each place with its specification, in the order of the text."""
    if isinstance(attention, dict):
        yield from attention.items()
    elif not isinstance(attention, str) or len(split(attention, ",@")) == 1:
        yield from ((place, attention) for place in usual_places(levels))
    else:
        for item in split(attention, ","):
            spec, *places = split(item, "@")
            if len(places) != 1:
                raise UserError(
                    f"cannot read '{item}' in attention '{attention}': give one block alone, or a list in which each "
                    f"is written block@place or block@place+place, with places from {', '.join(all_places(levels))}."
                )
            yield from ((place, spec) for place in split(places[0], "+"))


def split(text: str, marks: str) -> list[str]:
    """Return the parts between the given marks of `,;@+`, without outer spaces.

    Marks inside brackets and quotes do not count.
    """
    parts: list[str] = []
    start = depth = 0
    for token in TOKENS.finditer(text):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] in marks and depth == 0:
            parts.append(text[start : token.start()].strip())
            start = token.end()
    return [*parts, text[start:].strip()]
