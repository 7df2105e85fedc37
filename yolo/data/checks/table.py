"""Every check of a dataset: those of this package, and what is found when the data are read."""

from collections.abc import Iterable, Iterator

from yolo.data import similar_classes
from yolo.data.checks import anchors, boxes, classes, duplicates, files, pictures, splits
from yolo.data.checks.check import WRITTEN, Check
from yolo.data.checks.checked_data import CheckedData
from yolo.data.findings import KINDS, Finding, Kind

SUBJECTS = tuple(
    module.__name__.rpartition(".")[2] for module in (files, pictures, duplicates, boxes, classes, splits, anchors)
)
OBJECTS = ("object", "box", "polygon", "turned box", "circle", "mask")  # nouns of what reading finds in single objects
READING = (  # what reading finds beside `KINDS`
    Check(Kind("data-unusable", "data set", "that cannot be read at all", level="unusable"), "files"),
    Check(Kind("layout", "remark", "on files and folders that do not fit the others"), "files"),
    Check(
        Kind(
            "box-beyond-picture",
            "box",
            "reaching more than 2 pixels beyond the picture, cut to it",
            "check whether the annotations were made for pictures of another size",
        ),
        "boxes",
    ),
    Check(Kind("box-outside-picture", "box", "outside the picture left out", "correct or remove these"), "boxes"),
    Check(similar_classes.KIND, "classes"),
    *(
        Check(kind, "boxes" if kind.noun in OBJECTS else "files")
        for kind in KINDS.values()
        if kind.check not in WRITTEN
    ),
)
CHECKS = {
    each.name: each for each in sorted((*READING, *WRITTEN.values()), key=lambda check: SUBJECTS.index(check.subject))
}


TRAINING = (  # those that training makes too
    *("same-picture-in-splits", "split-of-few-pictures"),
    *("object-under-a-pixel", "objects-under-a-cell"),
)


def subject_of(name: str) -> str:
    """Return the subject of a finding by the name of its check."""
    return CHECKS[name].subject if name in CHECKS else SUBJECTS[0]


def every_finding(data: CheckedData) -> tuple[Finding, ...]:
    """Return what was found when the data were read, and the findings of all checks.

    Where a check looks for what reading finds as well, its own finding counts, which tells more.
    """
    return (*(finding for finding in data.dataset.findings if finding.check not in WRITTEN), *findings(data))


def findings(data: CheckedData, names: Iterable[str] = CHECKS) -> Iterator[Finding]:
    """Yield the findings of the checks with these names, in the order of `CHECKS`.

    What was found when the data were read is in `data.dataset.findings`.
    """
    for name in CHECKS:
        if name in names:
            yield from CHECKS[name].findings(data)
