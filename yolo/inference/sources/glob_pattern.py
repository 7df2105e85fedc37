"""Match patterns such as `photos/**/*.jpg` like the module `glob`, but also report folders that cannot be read."""

import fnmatch
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from yolo.inference.sources.file_kinds import LeftOut


def matching(pattern: str) -> tuple[list[str], list[LeftOut]]:
    """Return the paths that match a pattern, and a `LeftOut` for each folder that cannot be read.

    `**` matches any number of folders. Only a part of the pattern that begins with a dot matches hidden names. The
    first parts of the pattern, as far as such folders exist, are taken literally, even with brackets. Paths are written
    `a.jpg`, not `./a.jpg`.
    """
    root, *parts = _parts(pattern)
    errors: list[OSError] = []
    paths = [str(Path(root, *path)) for path in _below(root, parts, errors.append) if _fits(path, parts)]
    return paths, [
        LeftOut([error.filename], f"cannot read the folder {Path(error.filename)}: {error.strerror}.")
        for error in errors
    ]


def _parts(pattern: str) -> tuple[str, ...]:
    """Return the deepest folder that exists, and the parts of the pattern after it."""
    path = Path(pattern)  # its own `is_dir` would raise if a name is too long
    root = next((each for each in path.parents if os.path.isdir(each)), Path())
    return str(root), *path.relative_to(root).parts


def _below(root: str, pattern: Sequence[str], on_error: Callable[[OSError], object]) -> Iterator[tuple[str, ...]]:
    """Yield the parts of all paths below a folder, as deep as the pattern goes. For `**`, visit each folder only once.

    So circles of links, which `glob` follows forever, come to an end.
    """
    seen: set[str] = set()
    for folder, folders, files in os.walk(root, onerror=on_error, followlinks=True):
        parts = Path(folder).relative_to(root).parts
        if "**" not in pattern:
            files += folders
        elif (real := os.path.realpath(folder)) in seen:
            folders.clear()
            continue
        else:
            seen.add(real)
        yield from ((*parts, name) for name in files)
        folders[:] = sorted(name for name in folders if _leads((*parts, name), pattern))


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether the parts of a path match those of a pattern."""
    if not pattern:
        return not parts
    first, *rest = pattern
    if first == "**":
        return _fits(parts, rest) or (bool(parts) and _is_like(parts[0], "*") and _fits(parts[1:], pattern))
    return bool(parts) and _is_like(parts[0], first) and _fits(parts[1:], rest)


def _leads(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether paths below the folder of these parts may match the pattern."""
    if not parts or not pattern:
        return bool(pattern)
    first, *rest = pattern
    if first == "**":
        return _leads(parts, rest) or (_is_like(parts[0], "*") and _leads(parts[1:], pattern))
    return _is_like(parts[0], first) and _leads(parts[1:], rest)


def _is_like(name: str, part: str) -> bool:
    """Return whether a name matches one part of a pattern; hidden ones match only if it begins with a dot itself."""
    return fnmatch.fnmatch(name, part) and (name[0] != "." or part[0] == ".")
