"""Write counts, sizes, lists of names and what a user wrote as messages show them."""

import reprlib
import unicodedata

LONGEST = 200  # letters of one word that are shown
_VALUES = reprlib.Repr()
_VALUES.maxstring = _VALUES.maxother = LONGEST
_VALUES.maxlevel = 3


def counted(number, noun, plural=None):
    """Return a count with its noun: `1 picture`, `2 pictures`, `0 boxes`, `3 entries`.

    Args:
        noun: in the singular; words may stand before it, as in `training picture`.
        plural: where adding s or es, or turning y into ies, is wrong.
    """
    return f"{number} {noun if number == 1 else plural or _plural(noun)}"


def resolution(shape):
    """Return the size of an image as people write it, width x height: `(480, 640, 3)` -> `640 x 480`.

    Args:
        shape: height and width first, as an array's shape or an input size has them.
    """
    height, width, *_ = shape
    return f"{width} x {height}"


def short_repr(value):
    """Return a value as Python writes it, however long or deep it is: `'abc'`, `1.5`, `1000000000000...000000000`."""
    text = _VALUES.repr(value)
    return text if len(text) <= 2 * LONGEST else f"{text[:LONGEST]}..."


def shorten(names, shown=5):
    """Return names as a list that says how many more there are: `a, b, c, d, e and 7 more`."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


def printable(text):
    """Return a text in which the middle of each endless word is left out, and which is one line without control codes.

    For what goes to a terminal and may hold what a user or a file's name brought.
    """
    words = (f"{word[:100]}...{word[-50:]}" if len(word) > LONGEST else word for word in text.split(" "))
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in " ".join(words)
    )


def _plural(noun):
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "sh", "tch")) else f"{noun}s"  # epochs, but batches
