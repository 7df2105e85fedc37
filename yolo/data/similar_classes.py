"""Find class names that probably mean the same class: `Car` and `cars`, `traffic-light` and `traffic light`."""

import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from itertools import combinations

from yolo.data.findings import Finding, Kind

KIND = Kind(
    "similar-class-names",
    "group",
    "of class names that differ only by capitals, blanks, a plural or a slip of the keyboard",
    "where a group is one class, correct the annotations",
)
RARE = 10  # a misspelled class has at most a tenth of the objects of the right one
SIMILAR = 0.88  # of SequenceMatcher; `horse` and `house` have 0.8, one letter more or less in five has 0.89
SHORTEST = 4  # letters of a name in which a misspelling can be seen
MOST = 300  # classes whose names are compared in pairs


def similar_names(counts: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return a finding on the groups of names that probably mean one class, with numbers; none if there are none.

    Args:
        counts: class name -> number of objects.
    """
    groups = _groups(counts)
    named = [" = ".join(f"{name} {counts[name]}" for name in group) for group in groups]
    return (KIND.finding(len(groups), names=named),) if groups else ()


def _groups(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return the names that are similar to another one, those together that a chain of similar ones connects."""
    group_of: dict[str, tuple[str, ...]] = {}
    for one, other in combinations(sorted(counts)[:MOST], 2):
        if _alike(one, other) or _misspelled(one, other, counts):
            both = tuple(sorted({*group_of.get(one, (one,)), *group_of.get(other, (other,))}))
            group_of |= dict.fromkeys(both, both)
    return list(dict.fromkeys(group_of.values()))


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
