"""Parse where attention goes: one block for the usual places, or `"cbam@p4+p5, se(ratio=8)@c3"`."""

import re

from yolo.errors import UserError

USUAL = ("p4", "p5", "up")  # of a specification that names no place: in the neck
PLACES = (*USUAL, "c3", "c4", "c5")  # and the stages of the backbone, cN being of stride 2^N
TOKENS = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[()\[\]{},;@+]""")


def by_place(attention):
    """Return the block of each place, `{place: specification}`; the places left out have none.

    Args:
        attention: anything that `attention.create` takes, for the places p4, p5 and up; a text of `block@place` or
            `block@place+place`, separated by commas, in any order; or such a dictionary.

    Raises:
        UserError: an item of a list without its place, a place that is unknown or named twice.
    """
    blocks = {}
    for place, spec in _pairs(attention):
        if place not in PLACES:
            raise UserError(f"there is no place {place!r} for attention: choose from {', '.join(PLACES)}.")
        if place in blocks:
            raise UserError(f"the place {place} has two attentions, {blocks[place]!r} and {spec!r}: give it one.")
        blocks[place] = spec
    return blocks


def _pairs(attention):
    """(place, specification) as they are written."""
    if isinstance(attention, dict):
        yield from attention.items()
    elif not isinstance(attention, str) or len(split(attention, ",@")) == 1:
        yield from ((place, attention) for place in USUAL)
    else:
        for item in split(attention, ","):
            spec, *places = split(item, "@")
            if len(places) != 1:
                raise UserError(
                    f"cannot read '{item}' in attention '{attention}': give one block alone, or a list in which each "
                    f"is written block@place or block@place+place, with places from {', '.join(PLACES)}."
                )
            yield from ((place, spec) for place in split(places[0], "+"))


def split(text, marks):
    """The text cut at those marks of `,;@+`, except within brackets and quotes; the parts without outer spaces."""
    parts, start, depth = [], 0, 0
    for token in TOKENS.finditer(text):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] in marks and depth == 0:
            parts.append(text[start : token.start()].strip())
            start = token.end()
    return [*parts, text[start:].strip()]
