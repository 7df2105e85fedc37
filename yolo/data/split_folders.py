"""Take folders named train, val and test as the splits of a dataset, and report what lies beside them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from yolo.data.hash_split import Splits
from yolo.data.split_lists import canonical
from yolo.wording import counted, shorten

PARTS = ("train", "val", "test")  # as `split_lists.canonical` returns them
ITSELF = "the folder itself"  # a place of pictures, in messages


def by_folder(
    stems: Iterable[str], usable: set[str], folders: Iterable[str] = ()
) -> tuple[Splits, tuple[str, ...], tuple[str, ...]]:
    """Return the splits of pictures in folders named train, val and test, with notes and remarks on them.

    There are no splits if no such folder holds an annotated picture. Pictures beside these folders are in no split if
    there is a folder `train`, even an empty one; otherwise they are for training.

    Args:
        stems: the stems of all pictures and annotations.
        usable: the stems that have both.
        folders: the names of all folders, including empty ones.
    """
    found = _by_place(stems)
    full = [part for part in PARTS if not usable.isdisjoint(found.get(part, ()))]
    if not full:
        return {}, (), ()
    names = {canonical(name) for name in folders}.union(found).intersection(PARTS)
    others = {place: found[place] for place in sorted(found.keys() - PARTS)}
    beside = {place: number for place, rest in others.items() if (number := len(usable.intersection(rest)))}
    splits = {part: tuple(found.get(part, ())) for part in PARTS if part in full or part == "train" in names}
    notes: tuple[str, ...] = (f"folders taken as the splits {_sizes({part: len(splits[part]) for part in splits})}",)
    empty = [part for part in PARTS if part in names and part not in full]
    notes += tuple(f"no annotated picture in the folder of '{part}'" for part in empty)
    if "train" in names:
        return splits, notes, _beside_remarks(beside, alone=len(names) == 1)
    if beside:
        notes += (f"no folder 'train': train {sum(beside.values())}, all that are not in {_quoted(splits)}",)
        splits |= {"train": tuple(chain.from_iterable(others.values()))}
    return splits, notes, ()


def _by_place(stems: Iterable[str]) -> dict[str, list[str]]:
    """Return the sorted stems of each part, and of each place beside the folders of the parts."""
    found: dict[str, list[str]] = defaultdict(list)
    for stem in sorted(stems):
        folder, inside, _ = stem.partition("/")
        place = canonical(folder) if inside else ITSELF
        found[place if place in PARTS or not inside else f"{folder}/"].append(stem)
    return dict(found)


def _beside_remarks(numbers: Mapping[str, int], alone: bool) -> tuple[str, ...]:
    """Return a remark on annotated pictures that are in no split, if there are any.

    Args:
        numbers: place beside the folders of the splits -> number of pictures.
        alone: whether `train` is the only folder of a split; it may then be a class like the other folders.
    """
    if not numbers:
        return ()
    total = sum(numbers.values())
    those = f"{counted(total, 'annotated picture')} {'is' if total == 1 else 'are'} in no split"
    advice = "move them into one of these to use them" + ", or rename 'train' if it stands for no split" * alone
    return (f"{those}, beside the folders of the splits: {_sizes(numbers)}; {advice}",)


def left_out_remarks(numbers: Mapping[str, int], used: Iterable[str]) -> tuple[str, ...]:
    """Return a remark on annotated pictures beside the folders that are used, if there are any.

    Args:
        numbers: place beside these folders -> number of pictures.
        used: the names of the folders that are used.
    """
    if not numbers:
        return ()
    total = sum(numbers.values())
    those = f"{counted(total, 'annotated picture')} beside {' and '.join(f'{name}/' for name in used)}"
    return (f"{those} left out: {_sizes(numbers)}; move them into these to use them",)


def unlisted_notes(folders: Iterable[str], splits: Collection[str]) -> tuple[str, ...]:
    """Return a note on each folder that would be a split without lists, if no split has its name.

    Args:
        folders: the splits that the folders would make.
        splits: the splits that are used.
    """
    said = "lists are taken as the splits, and none is called '{}': write one to use the folder of that name"
    return tuple(said.format(part) for part in folders if part not in splits)


def unused_list_remarks(paths: Sequence[str]) -> tuple[str, ...]:
    """Return a remark on the lists that are not used because folders are the splits, if there are any."""
    if not paths:
        return ()
    those = f"{counted(len(paths), 'list')} not used because folders are taken as the splits: {shorten(paths)}"
    return (f"{those}; remove {'it' if len(paths) == 1 else 'them'}, or put all pictures into one folder to use lists",)


def stray_notes(names: Sequence[str]) -> tuple[str, ...]:
    """Return a note on annotation files without pictures beside the folders of the splits, if there are any."""
    note = f"{counted(len(names), 'annotation file')} beside the folders of the splits left out: {shorten(names)}"
    return (note,) if names else ()


def _quoted(names: Collection[str]) -> str:
    return " and ".join(f"'{name}'" for name in PARTS if name in names)


def _sizes(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{place} {number}" for place, number in numbers.items())
