"""Keep the results of a long series of runs as rows of a JSON Lines file, so that it can go on where it was stopped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """Return all rows of the file, which may be missing."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def find(path: Path, run: Mapping[str, Any]) -> Row | None:
    """Return the first row that has all the settings of a run with the same values, or None."""
    return next((row for row in read(path) if row.items() >= run.items()), None)


def add(path: Path, row: Row) -> None:
    """Append a row to the file, which may be missing."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
