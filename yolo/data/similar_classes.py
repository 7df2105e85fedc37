"""Class names that are likely to mean one class: `Car`, `cars`, `traffic-light` and `traffic light`."""

import unicodedata
from difflib import SequenceMatcher
from itertools import combinations

from yolo.wording import counted

RARE = 10  # times fewer objects than the other class has: a slip of the keyboard
SHORTEST = 4  # letters of names that may be most of one another
MOST = 300  # classes whose spelling is compared, by twos


def similar_names(counts):
    """Return a sentence for each two classes that differ only by case or spelling.

    Args:
        counts: class name -> number of objects.
    """
    names = sorted(counts)[:MOST]
    return tuple(
        f"classes '{one}' ({counted(counts[one], 'object')}) and '{other}' ({counted(counts[other], 'object')}) differ "
        "only by case or spelling: if they are one class, correct the annotations"
        for one, other in combinations(names, 2)
        if _alike(one, other) or _slip(one, other, counts)
    )


def _alike(one, other):
    """Return whether names are the same but for case, blanks, punctuation, width of letters and a plural's end."""
    one, other = sorted((_letters(one), _letters(other)), key=len)
    return bool(one) and other in (one, f"{one}s", f"{one}es")


def _slip(one, other, counts):
    """Return whether a rare name is most of a frequent one; those with digits may be numbered, and are not compared."""
    few, many = sorted((counts[one], counts[other]))
    if RARE * few > many or min(len(one), len(other)) < SHORTEST or any(map(str.isdigit, one + other)):
        return False
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() > 0.88


def _letters(name):
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))
