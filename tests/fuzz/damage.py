"""Damage done to the bytes of a file: flipped, cut, doubled, exchanged, with numbers put in."""

import re

NUMBERS = (b"-1", b"0", b"1e309", b"nan", b"9999999999", b"0.5", b"", b"1_0", b"\xef\xbc\x91")


def damage(content, rng, tokens=rb"<[^<>]*>"):
    """Return `content` with one or two things wrong with it.

    Args:
        rng: a NumPy generator.
        tokens: a regular expression of what is exchanged, doubled and left out as a whole.
    """
    for _ in range(rng.integers(1, 3)):
        content = rng.choice(KINDS)(bytearray(content), rng, tokens)
    return bytes(content)


def _flip(content, rng, tokens):
    for place in rng.integers(0, max(len(content), 1), rng.integers(1, 4)):
        if place < len(content):
            content[place] ^= 1 << int(rng.integers(8))
    return content


def _cut(content, rng, tokens):
    return content[: rng.integers(0, len(content) + 1)]


def _without(content, rng, tokens):
    begin, end = sorted(rng.integers(0, len(content) + 1, 2))
    return content[:begin] + content[min(end, begin + 40) :]


def _double(content, rng, tokens):
    begin, end = sorted(rng.integers(0, len(content) + 1, 2))
    return content[:end] + content[begin:end] + content[end:]


def _exchange(content, rng, tokens):
    found = list(re.finditer(tokens, content))
    if len(found) < 2:
        return content
    first, second = sorted(rng.choice(len(found), 2, replace=False))
    (a, b), (c, d) = found[first].span(), found[second].span()
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def _number(content, rng, tokens):
    found = list(re.finditer(rb"\d+", content))
    if not found:
        return content
    begin, end = found[rng.integers(len(found))].span()
    return content[:begin] + rng.choice(NUMBERS) + content[end:]


def _byte_runs(content, rng, tokens):
    place = rng.integers(0, len(content) + 1)
    return content[:place] + rng.bytes(int(rng.integers(1, 9))) + content[place:]


KINDS = (_flip, _cut, _without, _double, _exchange, _exchange, _number, _number, _number, _byte_runs)
