"""Refuse to replace files that this program has not written."""

from collections.abc import Callable
from pathlib import Path

from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.text_files import STANDARD_OUTPUT


def refuse_foreign(path: str | Path, kind: str, is_ours: Callable[[str | Path], bool]) -> None:
    """Raise UserError if a file exists and this program has not written it.

    Args:
        kind: what the command writes, as in messages: `JSON lines of detections`.
        is_ours: returns whether this program has written the file at a path; a UserError from it counts as no.

    Raises:
        UserError: the file must not be replaced.
    """
    if str(path) == STANDARD_OUTPUT or not Path(path).is_file() or not Path(path).stat().st_size:
        return  # writing to pipes and devices replaces nothing
    try:
        replaceable = is_ours(path)
    except UserError:
        replaceable = False
    if not replaceable:
        raise UserError(f"{path} exists and holds something else than {kind}: give another name.")


def json_with(*keys: str) -> Callable[[str | Path], bool]:
    """Return an `is_ours` for files that hold a JSON object with these keys, or a list of such objects."""

    def is_ours(path: str | Path) -> bool:
        content = read_json(path, "the file")
        objects = content if isinstance(content, list) else [content]
        return bool(objects) and all(isinstance(one, dict) and set(keys) <= one.keys() for one in objects)

    return is_ours
