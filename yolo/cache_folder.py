"""Find the folder for files that can be made or downloaded again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return this program's folder in the user's cache: below $XDG_CACHE_HOME, or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "yolov4-tiny"
