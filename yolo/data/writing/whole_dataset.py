"""Gather all pictures and splits of a data folder, as they are to be written in another format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from yolo.data.data_folder import DataFolder
from yolo.data.dataset import Dataset
from yolo.data.findings import Finding, names_within
from yolo.data.picture_sizes import picture_heads
from yolo.errors import UserError
from yolo.structures import Annotation
from yolo.wording import counted

UNLISTED = "unlisted"  # the place of pictures that are in no split
FIRST = ("train", "val", "test")  # the splits that every reader knows come before others


@dataclass(frozen=True)
class WholeDataset:
    """All pictures of a data folder that can be written, and its splits.

    Attributes:
        dataset: the annotations, and the classes.
        sizes: (height, width) of each picture.
        names: the name of each picture in its data: `batch1/a.jpg`.
        splits: name of a split -> the positions of its pictures in `dataset`, in order.
    """

    dataset: Dataset
    sizes: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    splits: dict[str, tuple[int, ...]]

    @cached_property
    def homes(self) -> tuple[str, ...]:
        """Return the first split that each picture is in, or `UNLISTED`."""
        first = {i: name for name, chosen in reversed(self.splits.items()) for i in chosen}
        return tuple(first.get(i, UNLISTED) for i in range(len(self.dataset)))

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Return the splits, and as the last one `UNLISTED` if there are pictures in no split."""
        unlisted = tuple(i for i, home in enumerate(self.homes) if home == UNLISTED)
        return self.splits | ({UNLISTED: unlisted} if unlisted else {})

    def with_annotations(self, annotations: Iterable[Annotation]) -> "WholeDataset":
        """Return the dataset with other annotations of the same pictures."""
        return replace(self, dataset=replace(self.dataset, annotations=tuple(annotations)))

    def only(self, positions: Sequence[int]) -> "WholeDataset":
        """Return the dataset with only the pictures at these positions; splits without a picture are left out."""
        new = {i: position for position, i in enumerate(positions)}
        splits = {name: tuple(new[i] for i in chosen if i in new) for name, chosen in self.splits.items()}
        return WholeDataset(
            replace(self.dataset, annotations=tuple(self.dataset.annotations[i] for i in positions)),
            tuple(self.sizes[i] for i in positions),
            tuple(self.names[i] for i in positions),
            {name: chosen for name, chosen in splits.items() if chosen},
        )


def gather(folder: DataFolder) -> WholeDataset:
    """Return all pictures of a data folder; those whose size cannot be read are left out, with a finding.

    Lists of single classes are no splits, and neither is a `trainval` that is `train` and `val` together.

    Raises:
        UserError: no picture can be used.
    """
    dataset = folder.load("all")
    paths = [annotation.path for annotation in dataset.annotations]
    heads = picture_heads(paths)
    sizes = {path: (head[0], head[1]) for path, head in heads.items() if not isinstance(head, UserError)}
    if not sizes:
        raise UserError(f"none of the {counted(len(paths), 'picture')} in {folder.root} can be read.")
    if broken := [path for path in paths if path not in sizes]:
        text = f"{counted(len(broken), 'picture')} left out because not readable"
        finding = Finding("picture-unreadable", text, len(broken), tuple(names_within(broken, paths)))
        dataset = replace(dataset, findings=(*dataset.findings, finding))
    kept = tuple(annotation for annotation in dataset.annotations if annotation.path in sizes)
    names = {path: layout.picture_name(stem) for layout in folder.layouts for stem, path in layout.pictures.items()}
    return WholeDataset(
        replace(dataset, annotations=kept),
        tuple(sizes[annotation.path] for annotation in kept),
        tuple(names[annotation.path] for annotation in kept),
        dict(_splits(folder, {annotation.path: i for i, annotation in enumerate(kept)})),
    )


def _splits(folder: DataFolder, positions: Mapping[Path, int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the name of each split and the positions of its pictures; splits without pictures are left out."""
    names = [name for name in folder.splits if name not in ("all", UNLISTED)]
    found = {name: dict.fromkeys(_positions(folder, name, positions)) for name in names}
    if found.get("trainval", {}).keys() == found.get("train", {}).keys() | found.get("val", {}).keys():
        found.pop("trainval", None)
    for name in sorted(found, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
        if found[name]:
            yield name, tuple(found[name])


def _positions(folder: DataFolder, split: str, positions: Mapping[Path, int]) -> Iterator[int]:
    for layout in folder.layouts:
        for stem in layout.stems_of(split):
            if stem in layout.pictures and layout.pictures[stem] in positions:
                yield positions[layout.pictures[stem]]
