"""Keep each picture in one of test, val and train, and once in each split. Only equal files count as one picture.

Pictures that merely look the same are never removed: frames of a fixed camera look the same, and show other objects.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from yolo.data.checks.duplicates import same_objects
from yolo.data.findings import names_within
from yolo.data.repair.change import Change, Repair
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.wording import counted, shorten

ORDER = ("test", "val", "train")  # where a picture stays: scores flatter if training has seen the test

Group: TypeAlias = Sequence[int]
"""The positions of equal pictures."""


def told_apart(data: WholeDataset) -> tuple[str, ...]:
    """Return the name of each picture, with its folder where another one has the same name, as in joined data."""
    numbers = Counter(data.names)
    paths = [one.path for one in data.dataset.annotations]
    within = names_within(paths, paths)
    return tuple(place if numbers[name] > 1 else name for name, place in zip(data.names, within, strict=True))


def kept_once(data: WholeDataset, contents: Mapping[Path, str], places: Sequence[str]) -> Repair:
    """Return the data without copies of pictures; those in one split with different objects are left as they are.

    Args:
        contents: picture -> a text that is the same for equal files.
        places: the name of each picture in messages.
    """
    by_content: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(data.dataset.annotations):
        by_content[contents[one.path]].append(i)
    groups = list(by_content.values())
    leaving, left = _leaving(data, groups)
    splits = {name: tuple(i for i in chosen if i not in leaving[name]) for name, chosen in data.splits.items()}
    held: list[set[str]] = [set() for _ in data.names]
    for name, chosen in splits.items():
        for i in chosen:
            held[i].add(name)
    lost: set[int] = set()
    changes: list[Change] = []
    unlike: list[str] = []
    for group in groups:
        first = _kept(group, held)
        left_splits = {i: [name for name in ORDER if i in leaving[name]] for i in group}
        others = [i for i in group if i != first and held[i] <= held[first]]
        objects = data.dataset.annotations
        differ = [i for i in others if not left_splits[i] and not same_objects(objects[i], objects[first])]
        copies = [i for i in others if i not in differ]
        lost.update(copies)
        changes += _changes(places, first, copies, left_splits, held)
        unlike += [f"{places[i]} = {places[first]}" for i in differ]
    if unlike:
        left.append(f"{counted(len(unlike), 'picture')} annotated otherwise than an equal one: {shorten(unlike)}")
    kept = [i for i in range(len(data.names)) if i not in lost]
    return Repair(replace(data, splits=splits).only(kept), tuple(changes), tuple(left))


def _leaving(data: WholeDataset, groups: Sequence[Group]) -> tuple[dict[str, set[int]], list[str]]:
    """Return which pictures leave each split, and a sentence on each split that would vanish and is left as it is."""
    held = {name: set(chosen) for name, chosen in data.splits.items()}
    leaving: dict[str, set[int]] = {name: set() for name in (*ORDER, *held)}
    for group in groups:
        places = [name for name in ORDER if not held.get(name, set()).isdisjoint(group)]
        for name in places[1:]:
            leaving[name] |= held[name].intersection(group)
    vanishing = [name for name, chosen in held.items() if leaving[name] == chosen]
    text = "all pictures of {} are in another split as well and stay there: share the pictures out anew with split"
    return leaving | {name: set() for name in vanishing}, [text.format(name) for name in vanishing]


def _kept(group: Group, held: Sequence[set[str]]) -> int:
    """Return the first picture of a group in the first of ORDER that holds one."""
    return next((i for name in ORDER for i in group if name in held[i]), group[0])


def _changes(
    places: Sequence[str], first: int, copies: Group, left_splits: Mapping[int, Sequence[str]], held: Sequence[set[str]]
) -> Iterator[Change]:
    """Yield the changes of a group of equal pictures.

    Args:
        places: the name of each picture in messages.
        first: the picture that is kept.
        copies: those that are left out.
        left_splits: picture -> the splits that it has left.
        held: the splits that each picture is in now.
    """
    home = next((name for name in ORDER if name in held[first]), "no split")
    for i, names in left_splits.items():
        if names:
            now = f"left out, as {places[first]} is equal" if i in copies else "not there"
            yield Change("same-picture-in-splits", places[i], f"in {', '.join(names)}, and in {home}", now)
        elif i in copies:
            yield Change("same-picture-twice", places[i], f"equal to {places[first]}", "left out")
