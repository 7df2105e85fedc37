"""Rename pictures whose names other programs or systems do not take."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path, PurePosixPath

from yolo.data.checks.checked_data import CheckedData
from yolo.data.checks.files import ENDINGS
from yolo.data.hash_split import normal
from yolo.data.repair.change import Change, Repair
from yolo.data.writing.whole_dataset import WholeDataset


def renamed(data: WholeDataset, checked: CheckedData) -> Repair:
    """Return the data with names that end as the content is, and that differ by more than capitals in each folder."""
    changes, names = [], list(data.names)
    for i, one in enumerate(data.dataset.annotations):
        form, path = checked.measures[one.path].format, PurePosixPath(names[i])
        if form in ENDINGS and path.suffix.lower() not in ENDINGS[form]:
            names[i] = str(path.with_suffix(ENDINGS[form][0]))
            changes.append(Change("ending-unlike-content", data.names[i], path.name, PurePosixPath(names[i]).name))
    folders = [one.path.parent for one in data.dataset.annotations]
    for i, name in _numbered(names, folders).items():
        was, now = PurePosixPath(names[i]).name, PurePosixPath(name).name
        changes.append(Change("names-alike-but-for-capitals", data.names[i], was, now))
        names[i] = name
    return Repair(replace(data, names=tuple(names)), tuple(changes))


def _numbered(names: Sequence[str], folders: Sequence[Path]) -> dict[int, str]:
    """Return new names for pictures whose name another one of their folder has, capitals and accents aside."""
    keys = [_key(folder, name) for folder, name in zip(folders, names, strict=True)]
    taken, seen, found = Counter(keys), set(), {}
    for i, key in enumerate(keys):
        if key in seen:
            path = PurePosixPath(names[i])
            numbered = (str(path.with_stem(f"{path.stem}-{number}")) for number in count(2))
            found[i] = next(name for name in numbered if _key(folders[i], name) not in taken)
            key = _key(folders[i], found[i])
            taken[key] += 1
        seen.add(key)
    return found


def _key(folder: Path, name: str) -> tuple[str, str]:
    return normal(str(folder)).casefold(), normal(PurePosixPath(name).name).casefold()
