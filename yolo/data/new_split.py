"""Split the pictures of a data folder anew: by class, with groups and near-duplicates undivided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yolo.data.dataset import Dataset
from yolo.data.near_duplicates import near_pictures, picture_hashes
from yolo.data.split_groups import units
from yolo.data.split_report import SplitContent, missed_sizes, missing_classes
from yolo.data.stratified_split import split_sizes, stratified_split
from yolo.errors import UserError


@dataclass(frozen=True)
class NewSplit:
    """A split of pictures.

    Attributes:
        pictures: name of a split -> its pictures, sorted by name.
        content: the number of objects of each class in each of them.
        shortfalls: a sentence on each thing that could not be done as wished.
    """

    pictures: dict[str, list[Path]]
    content: SplitContent
    shortfalls: tuple[str, ...]


def objects_in(dataset: Dataset) -> dict[Path, Counter[str]]:
    """Return the number of objects of each class in each picture; a picture that is annotated twice comes once."""
    found: dict[Path, Counter[str]] = {}
    for annotation in dataset.annotations:
        names = (dataset.class_names[label] for label in annotation.labels.tolist())
        found.setdefault(annotation.path, Counter()).update(names)
    return found


def near_duplicates(paths: Sequence[Path]) -> tuple[list[list[Path]], dict[Path, UserError]]:
    """Return the groups of near-duplicates, and the pictures that cannot be read with the reasons."""
    hashes = picture_hashes(paths)
    broken = {path: found for path, found in hashes.items() if isinstance(found, UserError)}
    return near_pictures({path: found for path, found in hashes.items() if not isinstance(found, UserError)}), broken


def new_split(
    objects: Mapping[Path, Counter[str]],
    names: Mapping[Path, str],
    groups: Mapping[str, Sequence[Path]],
    shares: Mapping[str, float],
    seed: int = 0,
) -> NewSplit:
    """Return a split of pictures.

    Args:
        objects: the number of objects of each class in each picture.
        names: a name for each picture, on which the split depends.
        groups: name of a group -> pictures that stay together. Groups that share a picture stay together, too.
        shares: name of a split -> its share of the pictures.
        seed: another one gives another split.
    """
    paths = list(objects)
    labels = {name: label for label, name in enumerate(sorted(set().union(*objects.values())))}
    together = units(paths, groups.values())
    classes = [[labels[name] for name in objects[path]] for path in paths]
    chosen = stratified_split([names[path] for path in paths], classes, together, list(shares.values()), seed)
    pictures = {split: [paths[i] for i in picked] for split, picked in zip(shares, chosen, strict=True)}
    content = {split: [objects[path] for path in picked] for split, picked in pictures.items()}
    largest, number = Counter(together).most_common(1)[0]
    members = {path for path, unit in zip(paths, together, strict=True) if unit == largest}
    name = max(
        (name for name, group in groups.items() if members.issuperset(group)),
        default="",
        key=lambda name: len(groups[name]),
    )
    wanted = split_sizes(len(paths), list(shares.values()))
    shortfalls = (*missing_classes(content), *missed_sizes(content, wanted, number, name))
    return NewSplit(pictures, content, shortfalls)
