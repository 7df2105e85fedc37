"""Lists of class names."""

from pathlib import Path

from yolo.errors import UserError


def read_names(path):
    """A text file with one class name a line -> a tuple; blank lines are dropped. Raises UserError."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the class list {path}: {error}.") from error
    names = tuple(filter(None, (line.strip() for line in lines)))
    if not names:
        raise UserError(f"the class list {path} is empty; write one class name on each line.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(f"the class list {path} names {', '.join(twice)} more than once; keep one line of each.")
    return names
