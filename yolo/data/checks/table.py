"""Every check of a dataset: those of this package, and what is found when the data are read."""

from collections.abc import Iterable, Iterator

from yolo.data.checks import anchors, boxes, classes, duplicates, files, pictures, splits
from yolo.data.checks.check import WRITTEN, Check
from yolo.data.checks.checked_data import CheckedData
from yolo.data.findings import KINDS, Finding, Kind

SUBJECTS = tuple(
    module.__name__.rpartition(".")[2] for module in (files, pictures, duplicates, boxes, classes, splits, anchors)
)
OBJECTS = ("object", "box", "polygon", "turned box")  # nouns of what reading finds in single objects
READING = (  # what reading finds beside `KINDS`
    Check(Kind("data-unusable", "data set", "that cannot be read at all", level="unusable"), "files"),
    Check(Kind("layout", "remark", "on files and folders that do not fit the others"), "files"),
    Check(Kind("picture-unreadable", "picture", "that cannot be decoded"), "pictures"),
    Check(Kind("box-beyond-picture", "box", "reaching beyond the picture, cut to it"), "boxes"),
    Check(Kind("box-outside-picture", "box", "outside the picture left out"), "boxes"),
    Check(Kind("similar-class-names", "pair", "of class names that differ only by case or spelling"), "classes"),
    *(Check(kind, "boxes" if kind.noun in OBJECTS else "files") for kind in KINDS.values()),
)
CHECKS = {
    each.name: each for each in sorted((*READING, *WRITTEN.values()), key=lambda check: SUBJECTS.index(check.subject))
}


TRAINING = ("same-picture-in-splits", "split-of-few-pictures", "object-under-a-pixel")  # those that training makes too


def subject_of(name: str) -> str:
    """Return the subject of a finding by the name of its check."""
    return CHECKS[name].subject if name in CHECKS else SUBJECTS[0]


def findings(data: CheckedData, names: Iterable[str] = CHECKS) -> Iterator[Finding]:
    """Yield the findings of the checks with these names, in the order of `CHECKS`.

    What was found when the data were read is in `data.dataset.findings`.
    """
    for name in CHECKS:
        if name in names:
            yield from CHECKS[name].findings(data)
