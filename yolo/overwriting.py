"""The files that a command may replace: those that an earlier one has written."""

from pathlib import Path

from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.text_files import STANDARD_OUTPUT


def refuse_foreign(path, kind, is_ours):
    """Raise UserError when a file exists that holds something else than is to be written there.

    Args:
        kind: what is to be written, in a message: `JSON lines of detections`.
        is_ours: tells of a path whether its file was written by this program; a UserError of it means no.
    """
    if str(path) == STANDARD_OUTPUT or not Path(path).is_file() or not Path(path).stat().st_size:
        return  # pipes and devices are written to
    try:
        known = is_ours(path)
    except UserError:
        known = False
    if not known:
        raise UserError(f"{path} exists and holds something else than {kind}: give another name.")


def json_with(*keys):
    """Return what tells of a path whether its file holds a JSON object with these keys, or a list of such."""

    def is_ours(path):
        content = read_json(path, "the file")
        objects = content if isinstance(content, list) else [content]
        return bool(objects) and all(isinstance(one, dict) and set(keys) <= one.keys() for one in objects)

    return is_ours
