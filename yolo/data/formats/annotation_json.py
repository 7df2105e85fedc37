"""Read annotation files in JSON."""

import json
from pathlib import Path
from typing import Any

from yolo.data.formats.written_annotation import UnreadableAnnotationError
from yolo.wording import printable


def read_json(path: Path) -> Any:
    """Return the content of a JSON file in UTF-8, UTF-16 or UTF-32.

    Raises:
        UnreadableAnnotationError: the file cannot be read, is not JSON, or is nested too deep.
    """
    try:
        return json.loads(path.read_bytes())
    except RecursionError:
        raise UnreadableAnnotationError(path, "nested too deep", "export it again") from None
    except ValueError as error:  # also of text in another encoding, and of numbers with thousands of digits
        raise UnreadableAnnotationError(
            path, f"no readable JSON, {printable(str(error))}", "export it again"
        ) from error
    except OSError as error:
        raise UnreadableAnnotationError(path, str(error.strerror or error), "make it readable or remove it") from error
