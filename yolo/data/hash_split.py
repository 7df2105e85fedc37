"""Divide pictures into training, validation and test by their names alone."""

import unicodedata
from hashlib import blake2s

SMALL = 100  # pictures; chance leaves val or test of fewer nearly empty
FLOOR = 5  # pictures in val and in test of a small set, if that is no more than a fifth of it
SHARES = {"train": (0.0, 0.8), "val": (0.8, 0.9), "trainval": (0.0, 0.9), "test": (0.9, 1.0)}


def normal(stem):
    """A file stem in one spelling, because systems differ in how they store accents."""
    return unicodedata.normalize("NFC", stem)


def position(stem):
    """A number in [0, 1) that depends on nothing but the stem: the first 8 bytes of its BLAKE2s hash."""
    digest = blake2s(normal(stem).encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def by_hash(stems, usable=None):
    """Split stems into train (80 %), val (10 %) and test (10 %); trainval is the first two.

    A picture keeps its split on every machine and when others are added or removed. Of fewer than SMALL pictures, those
    with the highest hashes are test and the next ones val, FLOOR of each where that is a fifth at most. Splits that
    would be empty are left out.

    Args:
        usable: the stems that are counted, by default all; the others go where their hash says.
    """
    usable = stems if usable is None else usable
    places = {stem: position(stem) for stem in sorted(stems)}
    if len(usable) < SMALL:
        places |= _by_rank(usable)
    splits = {
        name: tuple(stem for stem, place in places.items() if low <= place < high)
        for name, (low, high) in SHARES.items()
    }
    return {name: chosen for name, chosen in splits.items() if chosen}


def _by_rank(stems):
    """stem -> a place in [0, 1), so that val and test get as many of a few stems as `by_hash` says."""
    ranked = sorted(stems, key=lambda stem: (position(stem), stem))
    held = max(min(max(round(len(ranked) / 10), FLOOR), len(ranked) // 5), 1)
    test = ranked[max(len(ranked) - held, 1) :]  # the first one is for training
    val = ranked[max(len(ranked) - 2 * held, 1) : len(ranked) - len(test)]
    return dict.fromkeys(ranked, 0.0) | dict.fromkeys(val, 0.8) | dict.fromkeys(test, 0.9)


def hold_out(stems, share):
    """The indices of the `share` of stems with the highest hash, at least one and never all: a sorted list.

    Raises:
        ValueError: fewer than two stems.
    """
    if len(stems) < 2:
        raise ValueError("two pictures are needed to hold one out")
    number = min(max(round(share * len(stems)), 1), len(stems) - 1)
    ranked = sorted(range(len(stems)), key=lambda i: (position(stems[i]), i))
    return sorted(ranked[-number:])
