"""Choose file names for the pictures of a dataset that is written anew."""

import posixpath
from collections import Counter
from collections.abc import Iterable
from itertools import chain, count
from pathlib import PurePosixPath

from yolo.data.hash_split import normal
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.label_files.plain_names import plain_name


def file_names(data: WholeDataset, positions: Iterable[int]) -> dict[int, str]:
    """Return the name of each picture in one folder, because many tools do not look into folders below it.

    Pictures keep their names. Where two have the same name, perhaps with other endings or in upper and lower case, the
    names of their folders come before it: `cam1/a.jpg` -> `cam1_a.jpg`. If that is not enough, they get numbers.
    """
    paths = {i: PurePosixPath(data.names[i]) for i in positions}
    shared = posixpath.commonpath([path.parent for path in paths.values()])
    bearers = Counter(_folded(path.stem) for path in paths.values())
    found: dict[int, str] = {}
    taken: set[str] = set()
    for i, path in paths.items():
        alone = bearers[_folded(path.stem)] == 1
        stem = plain_name(path.stem if alone else "_".join(path.relative_to(shared).with_suffix("").parts))
        numbered = chain((stem,), (f"{stem}-{number}" for number in count(2)))
        free = next(one for one in numbered if _folded(one) not in taken)
        taken.add(_folded(free))
        found[i] = free + path.suffix
    return found


def _folded(stem: str) -> str:
    """Return the form in which names are compared, as systems do that ignore case."""
    return normal(stem).casefold()
