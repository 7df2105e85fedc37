"""Join classes whose names differ only by case and blanks."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from yolo.data.hash_split import normal
from yolo.data.repair.change import Change, Repair
from yolo.data.writing.whole_dataset import WholeDataset

SHORTEST = 2  # letters: `a` and `A` are two classes where letters are read


def joined(data: WholeDataset) -> Repair:
    """Return the data with the most frequent spelling of each class name, at the place of the first one."""
    names = data.dataset.class_names
    labels = np.concatenate([one.labels for one in data.dataset.annotations])
    numbers = np.bincount(labels, minlength=len(names))
    alike: dict[str, list[int]] = defaultdict(list)
    for label, name in enumerate(names):
        alike[_folded(name)].append(label)
    chosen = [max(group, key=lambda label: int(numbers[label])) for group in alike.values()]
    if len(chosen) == len(names):
        return Repair(data)
    new = np.empty(len(names), np.int32)
    for position, group in enumerate(alike.values()):
        new[group] = position
    kept = tuple(names[label] for label in chosen)
    changes = [
        Change("similar-class-names", name, names[label], kept[new[label]], names[label], number)
        for name, one in zip(data.names, data.dataset.annotations, strict=True)
        for label, number in enumerate(np.bincount(one.labels, minlength=len(names)).tolist())
        if number and names[label] != kept[new[label]]
    ]
    annotations = (replace(one, labels=new[one.labels]) for one in data.dataset.annotations)
    data = data.with_annotations(annotations)
    return Repair(replace(data, dataset=replace(data.dataset, class_names=kept)), tuple(changes))


def _folded(name: str) -> str:
    """Return the form in which names are compared: without blanks, in lower case; single letters stay as they are."""
    letters = "".join(normal(name).split())
    return letters.casefold() if len(letters) >= SHORTEST else name
