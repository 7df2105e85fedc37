"""Reading JSON files that people may have edited."""

import json

from yolo.errors import UserError
from yolo.text_files import read_text
from yolo.wording import printable


def read_json(path, what):
    """Return what a JSON file holds.

    Args:
        what: what the file is for, the beginning of the sentence when it cannot be read: `the settings file`.

    Raises:
        UserError: the file cannot be read, is no JSON, is nested too deep, or has a key twice in one object.
    """
    try:
        return json.loads(read_text(path, what), object_pairs_hook=_unique)
    except RecursionError:
        raise UserError(f"{what} {path} is nested too deep: write it anew.") from None  # thousands of equal lines
    except ValueError as error:
        raise UserError(f"{what} {path} is no JSON: {printable(str(error))}.") from error


def _unique(pairs):
    known = {}
    for key, value in pairs:
        if key in known:
            raise ValueError(f"'{key}' stands twice in one object")
        known[key] = value
    return known
