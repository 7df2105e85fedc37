"""The paths in the text of `--data`: a folder or file of annotated pictures, or several separated by commas."""

import os
from collections.abc import Sequence
from pathlib import Path


def data_paths(text: str | Path) -> tuple[Path, ...]:
    """Return the paths that a text names, at least one; a path that exists may contain commas.

    Example:
        >>> data_paths("farm, street/data.yaml")
        (PosixPath('farm'), PosixPath('street/data.yaml'))
    """
    parts = str(text).split(",")
    if len(parts) == 1 or os.path.exists(text):  # unlike Path.exists, it takes names that are too long
        return (Path(text),)
    found = []
    while parts:
        names = [",".join(parts[:end]).strip() for end in range(len(parts), 0, -1)]
        name = next((name for name in names if os.path.exists(name)), names[-1])
        found += [Path(name)] * bool(name)
        del parts[: name.count(",") + 1]
    return tuple(found) or (Path(text),)


def joined(paths: Sequence[Path]) -> str:
    """Return the text that `data_paths` reads as these paths."""
    return ",".join(map(str, paths))


def absolute(text: str | Path) -> str:
    """Return the text with each path made absolute."""
    return joined([path.resolve() for path in data_paths(text)])


def missing(text: str | Path) -> str:
    """Return the text of those paths that do not exist, empty if all do."""
    return joined([path for path in data_paths(text) if not os.path.exists(path)])


def name_after(text: str | Path) -> str:
    """Return the name for a run on these data: `farm`, or `farm+street` of several.

    A folder gives its own name, also if it is given as `.`, and a file the name of its folder.
    """
    places = [path.resolve() for path in data_paths(text)]
    folders = [path.parent if path.is_file() else path for path in places]
    return "+".join(dict.fromkeys(filter(None, (folder.name for folder in folders)))) or "run"


def absolute_if_there(named: str | None) -> str | None:
    """Return the absolute path of a file or folder; anything else, such as a published name or a glob, as it is."""
    return str(Path(named).resolve()) if named and Path(named).exists() else named
