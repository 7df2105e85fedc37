"""How counts and sizes are written in messages."""


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


def _plural(noun):
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "sh", "tch")) else f"{noun}s"  # epochs, but batches
