"""Write counts, sizes, lists of names and values from users for messages."""

import math
import reprlib
import unicodedata
from collections.abc import Sequence

LONGEST = 200  # letters that are shown of one word
_VALUES = reprlib.Repr()
_VALUES.maxstring = _VALUES.maxother = LONGEST
_VALUES.maxlevel = 3


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: `1 picture`, `2 pictures`, `0 boxes`, `3 entries`.

    Args:
        noun: the singular; other words may come before it, as in `training picture`.
        plural: needed where the rules (add s or es, or turn y into ies) are wrong.
    """
    return f"{number} {noun if number == 1 else plural or _plural(noun)}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as they are listed in a sentence: `a`, `a and b`, `a, b and c`.

    Args:
        last: the word before the last one.
    """
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def resolution(shape: Sequence[int]) -> str:
    """Return the size of an image as width x height: `(480, 640, 3)` -> `640 x 480`.

    Args:
        shape: an array's shape or an input size, which begins with height and width.
    """
    height, width, *_ = shape
    return f"{width} x {height}"


def short_repr(value: object) -> str:
    """Return the `repr` of a value, shortened when it is long or deep: `'abc'`, `1.5`, `1000000000000...000000000`."""
    text = _VALUES.repr(value)
    return text if len(text) <= 2 * LONGEST else f"{text[:LONGEST]}..."


def shorten(names: Sequence[str], shown: int = 5) -> str:
    """Return the first names and the number of the others: `a, b, c, d, e and 7 more`."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


def span(values: Sequence[float]) -> str:
    """Return the smallest and the largest of some scores: `0.281 to 0.55`, or `0.25` if all are written the same."""
    ends = dict.fromkeys(f"{value:.3g}" for value in (min(values), max(values)))
    return " to ".join(ends)


def shown_from(thresholds: Sequence[float]) -> str:
    """Return from which score on detections are shown: `with a score of 0.25 or more`, if it is one for all classes."""
    values = span(thresholds)
    same = values == span(thresholds[:1])
    return f"with a score of {values} or more" if same else f"with the score thresholds of their classes ({values})"


def with_interval(value: float, interval: Sequence[float]) -> str:
    """Return a number from 0 to 1 with the ends of its interval, if they are known: `0.790 [0.751, 0.826]`.

    NaN stands for what is not known; such a number is `-`.
    """
    text = "-" if math.isnan(value) else f"{value:.3f}"
    low, high = interval
    return text if math.isnan(low) else f"{text} [{low:.3f}, {high:.3f}]"


def printable(text: str) -> str:
    """Return a text as one line without control codes and without the middle of very long words.

    It is for a terminal, where a text may contain the words of a user or a file's name.
    """
    words = (f"{word[:100]}...{word[-50:]}" if len(word) > LONGEST else word for word in text.split(" "))
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in " ".join(words)
    )


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "sh", "tch")) else f"{noun}s"  # epochs, but batches
