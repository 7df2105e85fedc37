"""Take folders called train, val and test as the splits of a data set, and say what lies beside them."""

from collections import defaultdict
from itertools import chain

from yolo.data.split_lists import canonical
from yolo.wording import counted, shorten

PARTS = ("train", "val", "test")  # as `lists.canonical` has them
ITSELF = "the folder itself"  # as a place of pictures, in messages


def by_folder(stems, usable, folders=()):
    """Return the splits of pictures that lie in folders called train, val and test, notes and remarks.

    There are none where no such folder holds an annotated picture. Pictures beside these folders are in no split where
    there is a folder `train`, though it be empty; they are for training where there is none.

    Args:
        stems: those of all pictures and annotations.
        usable: a set of those that have both.
        folders: the names of all folders, as some may be empty.
    """
    found = _by_place(stems)
    full = [part for part in PARTS if not usable.isdisjoint(found.get(part, ()))]
    if not full:
        return {}, (), ()
    names = {canonical(name) for name in folders}.union(found).intersection(PARTS)
    others = {place: found[place] for place in sorted(found.keys() - PARTS)}
    beside = {place: number for place, rest in others.items() if (number := len(usable.intersection(rest)))}
    splits = {part: tuple(found.get(part, ())) for part in PARTS if part in full or part == "train" in names}
    notes = (f"folders taken as the splits {', '.join(f'{part} {len(splits[part])}' for part in splits)}",)
    empty = [part for part in PARTS if part in names and part not in full]
    notes += tuple(f"no annotated picture in the folder of '{part}'" for part in empty)
    if "train" in names:
        return splits, notes, told_beside(beside, alone=len(names) == 1)
    if beside:
        notes += (f"no folder 'train': train {sum(beside.values())}, all that are not in {_quoted(splits)}",)
        splits |= {"train": tuple(chain.from_iterable(others.values()))}
    return splits, notes, ()


def _by_place(stems):
    """{part, or place beside the folders of the parts: its stems}, sorted."""
    found = defaultdict(list)
    for stem in sorted(stems):
        folder, inside, _ = stem.partition("/")
        place = canonical(folder) if inside else ITSELF
        found[place if place in PARTS or not inside else f"{folder}/"].append(stem)
    return dict(found)


def told_beside(numbers, alone=False):
    """Return a sentence on annotated pictures that are in no split, where there are any.

    Args:
        numbers: place beside the folders of the splits -> number of pictures; may be empty.
        alone: whether there is no such folder but `train`, which may then be a class among others.
    """
    if not numbers:
        return ()
    total = sum(numbers.values())
    those = f"{counted(total, 'annotated picture')} {'is' if total == 1 else 'are'} in no split"
    advice = "move them into one of these to use them" + ", or rename 'train' if it stands for no split" * alone
    return (f"{those}, beside the folders of the splits: {_sizes(numbers)}; {advice}",)


def told_left_out(numbers, used):
    """Return a sentence on annotated pictures beside the folders that are used, where there are any.

    Args:
        numbers: as for `told_beside`.
        used: the names of the folders that are used.
    """
    if not numbers:
        return ()
    total = sum(numbers.values())
    those = f"{counted(total, 'annotated picture')} beside {' and '.join(f'{name}/' for name in used)}"
    return (f"{those} left out: {_sizes(numbers)}; move them into these to use them",)


def told_unlisted(splits, lists):
    """Return notes on folders that would be splits if there were no lists, where there is no list of that name.

    Args:
        splits: those of the folders, by name.
        lists: those that are taken, by name.
    """
    said = "lists are taken as the splits, and none is called '{}': write one to use the folder of that name"
    return tuple(said.format(part) for part in splits if part not in lists)


def told_unused(paths):
    """Return a remark on lists beside folders that are taken as the splits, where there are any; `paths` are texts."""
    if not paths:
        return ()
    those = f"{counted(len(paths), 'list')} not used because folders are taken as the splits: {shorten(paths)}"
    return (f"{those}; remove {'it' if len(paths) == 1 else 'them'}, or put all pictures into one folder to use lists",)


def told_stray(names):
    """Return a note on XML files without pictures beside the folders of the splits, where there are any."""
    told = f"{counted(len(names), 'XML file')} beside the folders of the splits left out: {shorten(names)}"
    return (told,) if names else ()


def _quoted(names):
    return " and ".join(f"'{name}'" for name in PARTS if name in names)


def _sizes(numbers):
    return ", ".join(f"{place} {number}" for place, number in numbers.items())
