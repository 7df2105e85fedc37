"""The paths in the text of `--data`: a folder or file of annotated pictures, or several separated by commas."""

from collections.abc import Sequence
from pathlib import Path


def data_paths(text: str | Path) -> tuple[Path, ...]:
    """Return the paths that a text names; a path that exists may contain commas.

    Example:
        >>> data_paths("farm, street/data.yaml")
        (PosixPath('farm'), PosixPath('street/data.yaml'))
    """
    parts = str(text).split(",")
    if len(parts) == 1 or Path(text).exists():
        return (Path(text),)
    found = []
    while parts:
        names = [",".join(parts[:end]).strip() for end in range(len(parts), 0, -1)]
        name = next((name for name in names if Path(name).exists()), names[-1])
        found += [Path(name)] * bool(name)
        del parts[: name.count(",") + 1]
    return tuple(found)


def joined(paths: Sequence[Path]) -> str:
    """Return the text that `data_paths` reads as these paths."""
    return ",".join(map(str, paths))
