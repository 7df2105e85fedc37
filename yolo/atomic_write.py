"""Atomic writes: a file is written beside its place, flushed to the disk and renamed into it, so it is always whole."""

import contextlib
import io
import os


def atomic_write(path, content, keep=None):
    """Replace a file; killed at any moment, the one before or the new one is there, and nothing else counts.

    Args:
        path: a `Path`.
        content: text, written as UTF-8, or bytes.
        keep: where the file that was there before goes, a `Path` in the same folder; None for nowhere.

    Raises:
        OSError: the system refuses, such as on a full disk. The file before stays, and nothing half written is left.
    """
    partial = path.with_name(f"partial-{path.name}")
    try:
        with partial.open("wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if keep and path.exists():
            os.replace(path, keep)
        os.replace(partial, path)
    finally:
        with contextlib.suppress(OSError):  # the reason is on its way already
            partial.unlink(missing_ok=True)
    _flush_names(path.parent)


class InMemoryFile(io.BytesIO):
    """A file in memory that Keras, which goes by the ending of a name, takes for one called `name`."""

    def __init__(self, name, content=b""):
        super().__init__(content)
        self.name = name

    def __str__(self):
        return self.name


def _flush_names(folder):
    """Flush what a folder says of its files, where the system does that for folders."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):  # some network file systems do not
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
