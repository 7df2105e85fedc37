"""Split pictures into training, validation and test sets by a hash of their names."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2s
from typing import TypeAlias

Splits: TypeAlias = dict[str, tuple[str, ...]]
"""Name of a split -> the stems of its pictures, in order."""

SMALL = 100  # pictures; with fewer, chance can leave val or test nearly empty
FLOOR = 5  # pictures in val and in test of a small set, if that is at most a fifth of it
SHARES = {"train": (0.0, 0.8), "val": (0.8, 0.9), "trainval": (0.0, 0.9), "test": (0.9, 1.0)}


def normal(stem: str) -> str:
    """Return a file stem in Unicode normal form C, because systems store accents in different ways."""
    return unicodedata.normalize("NFC", stem)


def position(stem: str) -> float:
    """Return a number in [0, 1) that depends only on the stem: the first 8 bytes of its BLAKE2s hash."""
    digest = blake2s(normal(stem).encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def by_hash(stems: Collection[str], usable: Collection[str] | None = None) -> Splits:
    """Split stems into train (80 %), val (10 %) and test (10 %); trainval is train and val together.

    A picture is in the same split on every machine, also after other pictures are added or removed. Of fewer than SMALL
    pictures, those with the highest hashes are test and the next ones val, FLOOR of each if that is a fifth at most.
    Empty splits are left out.

    Args:
        usable: the stems that are counted, by default all; the others are placed by their hash, but never alone in
            val or test.
    """
    usable = stems if usable is None else usable
    places = {stem: position(stem) for stem in sorted(stems)}
    if len(usable) < SMALL:
        places |= _by_rank(usable)
    for name in ("val", "test"):
        held = _placed(places, name)
        if usable and set(usable).isdisjoint(held):
            places |= dict.fromkeys(held, 0.0)
    splits = {name: tuple(_placed(places, name)) for name in SHARES}
    return {name: chosen for name, chosen in splits.items() if chosen}


def _placed(places: Mapping[str, float], name: str) -> list[str]:
    """Return the stems whose place, a number in [0, 1), is in the share of a split."""
    low, high = SHARES[name]
    return [stem for stem, place in places.items() if low <= place < high]


def _by_rank(stems: Collection[str]) -> dict[str, float]:
    """Return {stem: place in [0, 1)} for a small set, so that val and test get their FLOOR of pictures."""
    ranked = sorted(stems, key=lambda stem: (position(stem), stem))
    held = max(min(max(round(len(ranked) / 10), FLOOR), len(ranked) // 5), 1)
    test = ranked[max(len(ranked) - held, 1) :]  # the first one is for training
    val = ranked[max(len(ranked) - 2 * held, 1) : len(ranked) - len(test)]
    return dict.fromkeys(ranked, 0.0) | dict.fromkeys(val, 0.8) | dict.fromkeys(test, 0.9)


def hold_out(stems: Sequence[str], share: float) -> list[int]:
    """Return the sorted indices of the `share` of stems with the highest hash: at least one, and never all.

    Raises:
        ValueError: fewer than two stems.
    """
    if len(stems) < 2:
        raise ValueError("two pictures are needed to hold one out")
    number = min(max(round(share * len(stems)), 1), len(stems) - 1)
    ranked = sorted(range(len(stems)), key=lambda i: (position(stems[i]), i))
    return sorted(ranked[-number:])
