"""Write files atomically: write a new file beside the old one, then rename it, so that nobody sees half a file."""

import contextlib
import errno
import io
import os
import stat
from pathlib import Path

FileContent = str | bytes | memoryview  # text is written as UTF-8


def atomic_write(path: Path, content: FileContent, keep: Path | None = None) -> None:
    """Replace a file that only this process writes. A kill leaves the old file or the new one, always a complete one.

    The content reaches the disk before the rename, so that this is true of a power cut, too.

    Args:
        keep: the path in the same folder that the old file is renamed to; by default it is deleted.

    Raises:
        OSError: the write fails, for example on a full disk. The old file stays, and no partial file is left.
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


def write_whole(path: str | Path, content: FileContent) -> None:
    """Write a file that a user has named, or that can be made again. A kill leaves the old file or the new one.

    The system decides when the content reaches the disk. Several processes may write the same file: the last one wins.
    Like `open(path, "w")`, this follows links, keeps mode and owner, and refuses a write-protected file. A file that
    cannot be replaced without changing more than its content is written in place, which is not atomic.

    Raises:
        OSError: the write fails, for example on a full disk. The old file stays, unless it is written in place.
    """
    path, content = Path(path), _bytes(content)
    partial = path.parent / f"partial-{os.urandom(8).hex()}"
    try:
        if not (_is_replaceable(path) and _written_like(partial, content, path) and _renamed(partial, path)):
            path.write_bytes(content)
    finally:
        _remove(partial)


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a finished file or folder to `path`, and replace the old one there.

    A kill leaves the old file or the new one. When a folder replaces a folder, there is none for a moment.

    Args:
        draft: the finished file or folder, in a temporary folder on the same disk. An old folder is moved there too,
            to be deleted with it.

    Raises:
        OSError: the rename fails. The old file or folder stays.
    """
    if draft.is_file():
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
    replaced = draft.with_name(f"replaced-{draft.name}")
    try:
        if draft.is_dir() and path.is_dir():  # a rename replaces a folder only if it is empty
            os.replace(path, replaced)
        os.replace(draft, path)
    finally:
        if replaced.exists() and not path.exists():
            os.replace(replaced, path)
    _flush_names(path.parent)


def refuse_unwritable(path: Path) -> None:
    """Raise an OSError if it is known before the work that a file cannot be written, or cannot be made in its folder.

    Folders that are not there are made in the nearest one above them that is.
    """
    place = next(each for each in (path, *path.absolute().parents) if each.exists())
    if place != path and not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(place, os.W_OK if place == path else os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


class InMemoryFile(io.BytesIO):
    """A file in memory with a `name`, because Keras chooses a format by the ending of the name."""

    def __init__(self, name: str, content: bytes = b"") -> None:
        super().__init__(content)
        self.name: str = name

    def __str__(self) -> str:
        return self.name


def _bytes(content: FileContent) -> bytes | memoryview:
    return content.encode("utf-8") if isinstance(content, str) else content


def _is_replaceable(path: Path) -> bool:
    """Return whether a path is free, or holds a regular file without other hard links, which a new file may replace.

    Links, pipes and devices are written in place, and so are files in a folder that takes no new files.
    """
    try:
        status = path.lstat()
    except FileNotFoundError:
        return True
    is_alone = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return is_alone and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)


def _written_like(partial: Path, content: bytes | memoryview, path: Path) -> bool:
    """Write a new file with the mode of the one at `path`; return False if it could not have the same owner."""
    with partial.open("xb") as file:
        if path.exists() and not _made_like(partial, path):
            return False
        file.write(content)
    return True


def _made_like(partial: Path, path: Path) -> bool:
    """Give a new file the mode of an old one; return whether both have the same owner and group."""
    new, old = partial.stat(), path.stat()
    if new.st_mode != old.st_mode:
        partial.chmod(stat.S_IMODE(old.st_mode))
    return (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid)


def _renamed(partial: Path, path: Path) -> bool:
    """Rename a file; return False if that fails, as over a file that is mounted by itself in a container."""
    try:
        os.replace(partial, path)
    except OSError:
        return False
    return True


def _remove(partial: Path) -> None:
    with contextlib.suppress(OSError):  # the error of the write itself says more
        partial.unlink(missing_ok=True)


def _flush_names(folder: Path) -> None:
    """Flush the names of the files in a folder to the disk, on systems that can flush folders."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # some network file systems do not
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
