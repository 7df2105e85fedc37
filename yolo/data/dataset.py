"""A dataset in memory: the annotations of one split, before any picture is read."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from yolo.data.findings import Finding
from yolo.data.hash_split import hold_out
from yolo.errors import UserError
from yolo.structures import Annotation
from yolo.wording import counted, shorten

HELD_OUT = 0.1  # of the training pictures, for validation if no list is for that


@dataclass(frozen=True)
class Dataset:
    """The pictures of one split.

    Attributes:
        annotations: one for each picture, in the order of the list; all boxes lie in their pictures.
        class_names: the name of every class; labels are indices into it.
        findings: what was left out, changed or looks wrong, one finding of each kind.
        notes: one sentence on each choice that the program made because the data do not decide it.
        source: a sentence on the format and size of the data: "YOLO txt by data.yaml: 3 classes, 205 train, 87 val".
    """

    annotations: tuple[Annotation, ...]
    class_names: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    source: str = ""

    def __len__(self) -> int:
        return len(self.annotations)

    @property
    def problems(self) -> tuple[str, ...]:
        """Return one sentence on each kind of files that were left out or look wrong."""
        return tuple(finding.sentence() for finding in self.findings if finding.level != "note")

    def only(self, class_names: Collection[str], others: str = "that are not used") -> "Dataset":
        """Return the dataset with only the named classes, without the objects of other classes.

        If it has none of the named classes, it is returned unchanged.

        Args:
            others: a description of the other classes, for the sentence on what was left out.
        """
        names = tuple(name for name in self.class_names if name in class_names)
        if names in ((), self.class_names):
            return self
        new_labels = np.array([names.index(name) if name in names else -1 for name in self.class_names])
        kept = []
        lost: Counter[int] = Counter()
        for annotation in self.annotations:
            labels = new_labels[annotation.labels]
            here = labels >= 0
            lost.update(annotation.labels[~here].tolist())
            difficult = annotation.difficult[here]
            kept.append(Annotation(annotation.path, annotation.boxes[here], labels[here].astype(np.int32), difficult))
        named = [f"{self.class_names[label]} {number}" for label, number in lost.most_common()]
        number = sum(lost.values())
        text = f"{counted(number, 'object')} of classes {others} left out: {shorten(named)}"
        findings = (*self.findings, Finding("class-not-used", text, number)) if named else self.findings
        return replace(self, annotations=tuple(kept), class_names=names, findings=findings)


def held_out(dataset: Dataset, share: float = HELD_OUT) -> tuple[Dataset, Dataset]:
    """Split a validation set off a training set.

    The pictures with the highest hash of their stem are held out, so the choice is the same on every machine.

    Returns:
        The training part and the held-out part, disjoint and not empty. Both have the same classes; findings and notes
        stay with the training part.

    Raises:
        UserError: the dataset has fewer than two pictures.
    """
    try:
        chosen = set(hold_out([annotation.path.stem for annotation in dataset.annotations], share))
    except ValueError as error:
        number = counted(len(dataset), "picture")
        raise UserError(f"a validation set cannot be held out of {number}: {error}.") from error
    kept = tuple(annotation for i, annotation in enumerate(dataset.annotations) if i not in chosen)
    held = tuple(annotation for i, annotation in enumerate(dataset.annotations) if i in chosen)
    return replace(dataset, annotations=kept), Dataset(held, dataset.class_names, ())
