"""Patterns such as `photos/**/*.jpg`, as `glob` has them, but no folder that cannot be read is passed over silently."""

import fnmatch
import os
from pathlib import Path

from yolo.inference.sources.file_kinds import LeftOut


def matching(pattern):
    """Return the paths that a pattern names, and a `LeftOut` for each folder below which it cannot look.

    `**` stands for any folders. Hidden names are left out, except by a part of the pattern that begins with a dot. What
    stands before the first folder that does not exist is taken as it is written, brackets included. The paths are
    written as those of a folder are: `a.jpg`, not `./a.jpg`.
    """
    root, *parts = _parts(pattern)
    errors = []
    paths = [str(Path(root, *path)) for path in _below(root, parts, errors.append) if _fits(path, parts)]
    return paths, [
        LeftOut([error.filename], f"cannot read the folder {Path(error.filename)}: {error.strerror}.")
        for error in errors
    ]


def _parts(pattern):
    """The folder that is there already, and the parts of the pattern after it."""
    path = Path(pattern)  # whose own `is_dir` raises where a name is too long
    root = next((each for each in path.parents if os.path.isdir(each)), Path())
    return str(root), *path.relative_to(root).parts


def _below(root, pattern, on_error):
    """The parts of all paths below a folder as deep as the pattern goes; below `**` each folder is looked into once.

    So links in circles, which `glob` follows for ever, come to an end.
    """
    seen = set()
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


def _fits(parts, pattern):
    """Whether the parts of a path are those of a pattern."""
    if not pattern:
        return not parts
    first, *rest = pattern
    if first == "**":
        return _fits(parts, rest) or (bool(parts) and _is_like(parts[0], "*") and _fits(parts[1:], pattern))
    return bool(parts) and _is_like(parts[0], first) and _fits(parts[1:], rest)


def _leads(parts, pattern):
    """Whether paths below the folder of these parts may fit the pattern."""
    if not parts or not pattern:
        return bool(pattern)
    first, *rest = pattern
    if first == "**":
        return _leads(parts, rest) or (_is_like(parts[0], "*") and _leads(parts[1:], pattern))
    return _is_like(parts[0], first) and _leads(parts[1:], rest)


def _is_like(name, part):
    """Whether a name is that of one part of a pattern; hidden ones are only where it begins with a dot itself."""
    return fnmatch.fnmatch(name, part) and (name[0] != "." or part[0] == ".")
