"""Find class names that probably mean the same class: `Car` and `cars`, `traffic-light` and `traffic light`."""

import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from itertools import combinations

from yolo.wording import counted

RARE = 10  # a misspelled class has at most a tenth of the objects of the right one
SIMILAR = 0.88  # of SequenceMatcher; `horse` and `house` have 0.8, one letter more or less in five has 0.89
SHORTEST = 4  # letters of a name in which a misspelling can be seen
MOST = 300  # classes whose names are compared in pairs


def similar_names(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return a sentence for each two classes that differ only by case or spelling.

    Args:
        counts: class name -> number of objects.
    """
    names = sorted(counts)[:MOST]
    return tuple(
        f"classes '{one}' ({counted(counts[one], 'object')}) and '{other}' ({counted(counts[other], 'object')}) differ "
        "only by case or spelling: if they are one class, correct the annotations"
        for one, other in combinations(names, 2)
        if _alike(one, other) or _misspelled(one, other, counts)
    )


def _alike(one: str, other: str) -> bool:
    """Return whether names are the same except for case, blanks, punctuation, width of letters and a plural ending."""
    one, other = sorted((_letters(one), _letters(other)), key=len)
    return bool(one) and other in (one, f"{one}s", f"{one}es")


def _misspelled(one: str, other: str, counts: Mapping[str, int]) -> bool:
    """Return whether a rare name is similar to a frequent one; never for names with digits, which may be numbered."""
    few, many = sorted((counts[one], counts[other]))
    if RARE * few > many or min(len(one), len(other)) < SHORTEST or any(map(str.isdigit, one + other)):
        return False
    one, other = one.casefold(), other.casefold()
    return _exchanged(one, other) or SequenceMatcher(None, one, other).ratio() > SIMILAR


def _exchanged(one: str, other: str) -> bool:
    """Return whether two neighboring letters are exchanged, as in `cirlce`: a slip whose ratio is below SIMILAR."""
    unequal = [i for i, letters in enumerate(zip(one, other, strict=False)) if letters[0] != letters[1]]
    if len(one) != len(other) or len(unequal) != 2:
        return False
    first, second = unequal
    return second == first + 1 and one[first] + one[second] == other[second] + other[first]


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))
