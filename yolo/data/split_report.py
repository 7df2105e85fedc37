"""Tell how the classes are spread over splits, and what could not be done."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from yolo.tables import Rows
from yolo.wording import counted, shorten

SHOWN = 8  # classes in a sentence

SplitContent: TypeAlias = Mapping[str, Sequence[Counter[str]]]
"""Name of a split -> the number of objects of each class in each of its pictures."""


def table(content: SplitContent, class_names: Sequence[str]) -> Rows:
    """Return the rows of a table: for each class, the pictures that show it and its objects in each split."""
    rows: list[list[str | int]] = [["", *(word for split in content for word in (split, "objects"))]]
    for name in class_names:
        numbers = [[objects[name] for objects in pictures if name in objects] for pictures in content.values()]
        rows.append([name, *(cell for found in numbers for cell in (len(found), sum(found)))])
    bare = [sum(not objects for objects in pictures) for pictures in content.values()]
    if any(bare):
        rows.append(["without objects", *(cell for number in bare for cell in (number, 0))])
    totals = [(len(pictures), sum(map(Counter.total, pictures))) for pictures in content.values()]
    return [*rows, ["all", *(cell for total in totals for cell in total)]]


def missing_classes(content: SplitContent) -> Iterator[str]:
    """Yield a sentence on each split that lacks classes which other splits have."""
    shown = {split: Counter(name for objects in pictures for name in objects) for split, pictures in content.items()}
    totals = sum(shown.values(), Counter[str]())
    for split, numbers in shown.items():
        if lacking := sorted(totals.keys() - numbers.keys(), key=lambda name: (totals[name], name)):
            named = [f"{name} (in {counted(totals[name], 'picture')})" for name in lacking]
            yield f"{split} shows nothing of {counted(len(lacking), 'class')}: {shorten(named, SHOWN)}"


def missed_sizes(content: SplitContent, wanted: Sequence[int], largest: int, name: str) -> Iterator[str]:
    """Yield a sentence if splits have other sizes than wanted, because pictures stay together.

    Args:
        wanted: the number of pictures of each split.
        largest: the number of pictures in the largest group.
        name: a name for it.
    """
    sizes = [(split, len(pictures), size) for (split, pictures), size in zip(content.items(), wanted, strict=True)]
    if wrong := [
        f"{split} has {counted(found, 'picture')} instead of {size}" for split, found, size in sizes if found != size
    ]:
        share = largest / sum(found for _, found, _ in sizes)
        yield (
            f"{', '.join(wrong)}, because what belongs together is not divided; "
            f"{name} alone holds {share:.0%} of all pictures"
        )
