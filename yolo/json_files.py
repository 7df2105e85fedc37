"""Read JSON files that people may have edited, and prepare numbers for JSON, which has no NaN."""

import json
import math
from pathlib import Path
from typing import Any

from yolo.errors import UserError
from yolo.text_files import read_text
from yolo.wording import printable


def read_json(path: str | Path, what: str) -> Any:
    """Return the content of a JSON file.

    Args:
        what: the name of the file in messages, as they begin: `the settings file`.

    Raises:
        UserError: the file cannot be read, is not JSON, is nested too deep, or has a key twice in one object.
    """
    try:
        return json.loads(read_text(path, what), object_pairs_hook=_unique)
    except RecursionError:
        raise UserError(f"{what} {path} is nested too deep: write it anew.") from None  # thousands of equal lines
    except ValueError as error:
        raise UserError(f"{what} {path} is no JSON: {printable(str(error))}.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object as a dictionary; raises ValueError if a key is there twice."""
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"'{key}' stands twice in one object")
        content[key] = value
    return content


def without_nan(value: Any) -> Any:
    """Return a value for JSON with None for every NaN inside."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
