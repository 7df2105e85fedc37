"""Atomic writes: a file is written beside its place and renamed into it, so that it is always whole."""

import contextlib
import io
import os
import stat
from pathlib import Path

Content = str | bytes | memoryview  # text is written as UTF-8


def atomic_write(path: Path, content: Content, keep: Path | None = None) -> None:
    """Replace a file that only this process writes; killed at any moment, the one before or the new one is there.

    It is on the disk before it counts, so that even a power cut leaves one of the two.

    Args:
        keep: where the file that was there before goes, in the same folder; None for nowhere.

    Raises:
        OSError: the system refuses, such as on a full disk. The file before stays, and nothing half written is left.
    """
    partial = path.with_name(f"partial-{path.name}")
    try:
        with partial.open("wb") as file:
            file.write(_bytes(content))
            file.flush()
            os.fsync(file.fileno())
        if keep and path.exists():
            os.replace(path, keep)
        os.replace(partial, path)
    finally:
        _remove(partial)
    _flush_names(path.parent)


def write_whole(path: str | Path, content: Content) -> None:
    """Write a file that a user has named, or that can be made again: a kill leaves the one before or the new one.

    When it reaches the disk is left to the system, and several processes may write the same file: the last one counts.
    As by `open(path, "w")`, links are followed, a file keeps its mode and owner, and a write-protected one is refused:
    what cannot be replaced without changing more than its content is written in place.

    Raises:
        OSError: the system refuses, such as on a full disk. The file before stays where it could be replaced.
    """
    path, content = Path(path), _bytes(content)
    partial = path.parent / f"partial-{os.urandom(8).hex()}"
    try:
        if not (_is_replaceable(path) and _written_like(partial, content, path) and _renamed(partial, path)):
            path.write_bytes(content)
    finally:
        _remove(partial)


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a finished file or folder to `path`, in the place of the one that is there.

    Killed at any moment, the file before or the new one is there; between two folders there is none for a moment.

    Args:
        draft: in a temporary folder on the same disk; the folder that was at `path` is removed together with that.

    Raises:
        OSError: the system refuses. What was at `path` stays.
    """
    if draft.is_file():
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
    replaced = draft.with_name(f"replaced-{draft.name}")
    try:
        if draft.is_dir() and path.is_dir():  # which is not replaced by renaming unless it is empty
            os.replace(path, replaced)
        os.replace(draft, path)
    finally:
        if replaced.exists() and not path.exists():
            os.replace(replaced, path)
    _flush_names(path.parent)


class InMemoryFile(io.BytesIO):
    """A file in memory that Keras, which goes by the ending of a name, takes for one called `name`."""

    def __init__(self, name: str, content: bytes = b"") -> None:
        super().__init__(content)
        self.name: str = name

    def __str__(self) -> str:
        return self.name


def _bytes(content: Content) -> bytes | memoryview:
    return content.encode("utf-8") if isinstance(content, str) else content


def _is_replaceable(path: Path) -> bool:
    """Return whether a new file may take the place of what is at a path: of nothing, or of one that has no other name.

    Links, pipes and devices are written to, and so is what lies in a folder that takes no new files.
    """
    try:
        there = path.lstat()
    except FileNotFoundError:
        return True
    is_alone = stat.S_ISREG(there.st_mode) and there.st_nlink == 1
    return is_alone and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)


def _written_like(partial: Path, content: bytes | memoryview, path: Path) -> bool:
    """Return whether a new file has the owner and mode of the one at `path`, if any, and with these the content."""
    with partial.open("xb") as file:
        if path.exists() and not _made_like(partial, path):
            return False
        file.write(content)
    return True


def _made_like(partial: Path, path: Path) -> bool:
    """Give a new file the mode of another; return whether it has its owner and group, too."""
    made, there = partial.stat(), path.stat()
    if made.st_mode != there.st_mode:
        partial.chmod(stat.S_IMODE(there.st_mode))
    return (made.st_uid, made.st_gid) == (there.st_uid, there.st_gid)


def _renamed(partial: Path, path: Path) -> bool:
    """Return whether a file could be renamed; not over one that is mounted by itself, as into a container."""
    try:
        os.replace(partial, path)
    except OSError:
        return False
    return True


def _remove(partial: Path) -> None:
    with contextlib.suppress(OSError):  # the reason is on its way already
        partial.unlink(missing_ok=True)


def _flush_names(folder: Path) -> None:
    """Flush what a folder says of its files, where the system does that for folders."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # some network file systems do not
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
