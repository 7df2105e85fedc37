"""Find folders and files by paths in files of a dataset, which may have been written on another machine."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from yolo.data.hash_split import normal
from yolo.errors import os_errors_as_user_errors


class WrittenPaths:
    """Paths as written in files of a dataset, and the places that they mean here.

    A path is taken from each folder in turn, then from the working directory. If it is nowhere, `../` is left out, as
    Roboflow writes it for a folder beside the file; then the longest end of the path that is in one of the folders
    counts. Backslashes separate folders on every system.

    Args:
        folders: the folders that paths may start from, the likeliest first.

    Attributes:
        moved: folder as written -> the folder in which `pictures` has found its pictures, where it is not as written.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = list(dict.fromkeys(os.path.abspath(folder) for folder in folders))
        self._names: dict[str, dict[str, str]] = {}
        self._places: dict[str, list[str]] = {}
        self.moved: dict[str, str] = {}

    @property
    def folders(self) -> list[str]:
        """Return the folders that paths may start from."""
        return self._folders

    def find(self, text: str) -> Path | None:
        """Return the folder or file that a text means, as an absolute path; None if there is none."""
        return next((Path(path) for path in self._candidates(_plain(text)) if os.path.exists(path)), None)

    def pictures(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the picture that each line of a list means; an empty text if there is no such file.

        The folder of a line is looked for once, and listed once.
        """
        for line in lines:
            text = _plain(line)
            folder, _, name = text.rpartition("/")
            folder += "/" * text.startswith("/")  # the root
            if folder not in self._places:
                candidates = (*self._candidates(folder), *self._folders)
                self._places[folder] = [place for place in dict.fromkeys(candidates) if os.path.isdir(place)]
            place = next((place for place in self._places[folder] if normal(name) in self._listed(place)), None)
            if place and folder not in self.moved and place not in self._as_written(folder):
                self.moved[folder] = place
            yield self._listed(place)[normal(name)] if place else ""

    def is_whole(self, text: str, place: str) -> bool:
        """Return whether a place ends with the whole path as written, below a folder that paths may start from.

        `./` and `../` at the beginning do not count: Roboflow's `../train/images` lies beside the file.
        """
        parts = [part for part in _plain(text).split("/") if part not in ("", ".", "..")]
        return place in [_joined(folder, *parts) for folder in self._folders]

    def _as_written(self, text: str) -> list[str]:
        """Return the absolute paths that a path means if it is taken from each of the folders."""
        return [_joined(folder, text) for folder in self._folders]

    def _candidates(self, text: str) -> Iterator[str]:
        """Yield the absolute paths that a path with slashes may mean, the likeliest first."""
        yield from self._as_written(text)
        yield _joined(os.getcwd(), text)
        if text.startswith("../"):
            for folder in self._folders:
                yield _joined(folder, text[3:])
        parts = [part for part in text.split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            for folder in self._folders:
                yield _joined(folder, *parts[start:])

    def _listed(self, folder: str) -> dict[str, str]:
        """Return {name: path} of all that is in a folder, which is listed once."""
        if folder not in self._names:
            with os_errors_as_user_errors(f"cannot list the folder {folder}"), os.scandir(folder) as entries:
                self._names[folder] = {normal(entry.name): entry.path for entry in entries}
        return self._names[folder]


def readable(paths: Sequence[str]) -> str:
    """Return paths for a message: `a, b or c`."""
    return " or ".join(filter(None, (", ".join(paths[:-1]), paths[-1])))


def _plain(text: str) -> str:
    return text.strip().strip("\"'").replace("\\", "/")


def _joined(*parts: str) -> str:
    return os.path.normpath(os.path.join(*parts))
