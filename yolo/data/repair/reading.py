"""The changes that reading the data makes: a copy has them already, so that they need only be told."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from yolo.boxes import area, clip
from yolo.data.annotated_pictures import AnnotatedPicture
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.findings import KINDS, FindingCounts
from yolo.data.repair.change import Change, Repair, box_text
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.errors import UserError

OTHER_KINDS = ("no objects", "twice", "unreadable")  # no change, or one that is told elsewhere
UNWRITTEN = {  # check -> what becomes of its findings in any copy
    "format-not-read": "left out",
    "split-empty": "left out",
}
ROUNDING = 0.01  # pixels; six decimals of the width of a large picture
MIXED = ("corners-of-two-origins",)


def written_out(whole: WholeDataset, source: DataFolder, checked: CheckedData) -> Repair:
    """Return the pictures that can be decoded, and all changes by which these and their objects were read."""
    found = FindingCounts()
    pictures = source.pictures_of("all", found)
    changes = [
        Change(KINDS[key].check, place, KINDS[key].noun, KINDS[key].text, number=number)
        for key, place, number in found.entries()
        if key not in OTHER_KINDS
    ]
    unreadable = KINDS["unreadable"]
    changes += [
        Change(unreadable.check, place, f"{unreadable.noun}, {reason}", "left out")
        for place, reason in source.unreadable.items()
    ]
    remarks = [one.text for one in whole.dataset.findings if one.check == "layout"]
    changes += [Change("layout", "", text, "no longer so") for text in remarks]
    for finding in table.findings(checked, UNWRITTEN):
        noun, now = table.CHECKS[finding.check].kind.noun, UNWRITTEN[finding.check]
        changes += [Change(finding.check, name, noun, now) for name in finding.files]
        changes += [Change(finding.check, "", f"{noun} {name}", now) for name in finding.names]
    changes += _cut(pictures, whole)
    changes += _emptied(pictures, whole, source)
    decoded = {one.path for one in checked.annotations}
    kept = [i for i, one in enumerate(whole.dataset.annotations) if one.path in decoded]
    known = {one.path for one in whole.dataset.annotations}
    changes += _undecoded([*checked.broken, *(path for path in decoded if path not in known)], checked)
    mixed = table.findings(checked, MIXED)
    left = tuple(f"{one.text}: the copy counts all from one number, and no longer shows it" for one in mixed)
    return Repair(whole.only(kept), tuple(changes), left)


def _cut(pictures: Sequence[AnnotatedPicture], whole: WholeDataset) -> Iterator[Change]:
    """Yield a change for each box that was cut to its picture by more than ROUNDING, or lies outside of it."""
    known: Mapping[Path, int] = {one.path: i for i, one in enumerate(whole.dataset.annotations)}
    for each in pictures:
        if each.picture not in known:
            continue
        i, boxes = known[each.picture], each.objects.boxes
        inside = clip(boxes, *whole.sizes[i])
        lost = area(inside) <= 0
        for row in np.flatnonzero(lost | (abs(boxes - inside) > ROUNDING).any(axis=1)).tolist():
            check = "box-outside-picture" if lost[row] else "box-beyond-picture"
            now = "left out" if lost[row] else box_text(inside[row])
            yield Change(check, whole.names[i], box_text(boxes[row]), now, each.objects.names[row])


def _emptied(pictures: Sequence[AnnotatedPicture], whole: WholeDataset, source: DataFolder) -> Iterator[Change]:
    """Yield a change for each picture that was left out because all of its boxes lie outside of it."""
    known, kind = {one.path for one in whole.dataset.annotations}, KINDS["all lost"]
    for each in pictures:
        if each.picture not in known and not isinstance(source.heads.get(each.picture), UserError):
            yield Change(kind.check, each.place, kind.noun, kind.text)


def _undecoded(paths: Sequence[Path], checked: CheckedData) -> Iterator[Change]:
    """Yield a change for each picture that cannot be decoded."""
    cut_short = {name for one in table.findings(checked, ["picture-cut-short"]) for name in one.files}
    for name in checked.names(paths):
        check = "picture-cut-short" if name in cut_short else "picture-unreadable"
        yield Change(check, name, "picture that cannot be decoded", "left out")
