"""The folder of what can be made or fetched again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return this program's folder in the user's cache: below $XDG_CACHE_HOME, or ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "yolov4-tiny"
