"""Patterns such as `photos/**/*.jpg`, as `glob` has them, but each folder is looked into once."""

import fnmatch
import glob
import os
from pathlib import Path


def matching(pattern):
    """Return the paths that a pattern names; `**` stands for any folders, hidden names are left out.

    What stands before the first folder that does not exist is taken as it is written, brackets included. Links in
    circles, which `glob` follows for ever, come to an end.
    """
    root, *parts = _parts(pattern)
    if "**" not in parts:
        return glob.glob(os.path.join(glob.escape(root), *parts))
    return [path for path in _files(root) if _fits(Path(path).relative_to(root).parts, parts)]


def _parts(pattern):
    """The folder that is there already, and the parts of the pattern after it."""
    path = Path(pattern)  # whose own `is_dir` raises where a name is too long
    root = next((each for each in path.parents if os.path.isdir(each)), Path())
    return str(root), *path.relative_to(root).parts


def _files(root):
    """The paths of all files below a folder."""
    seen = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if name[0] != "."]
        yield from (os.path.join(folder, name) for name in files if name[0] != ".")


def _fits(parts, pattern):
    """Whether the parts of a path are those of a pattern."""
    if not pattern:
        return not parts
    first, *rest = pattern
    if first == "**":
        return _fits(parts, rest) or (bool(parts) and _fits(parts[1:], pattern))
    return bool(parts) and fnmatch.fnmatch(parts[0], first) and _fits(parts[1:], rest)
