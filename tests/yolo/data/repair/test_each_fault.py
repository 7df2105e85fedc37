"""The fault of each check before and after a repair: what is repaired is not found again, the rest is not touched."""

import csv
import shutil
from collections import Counter

import pytest

from tests.yolo.data.checks import faults
from tests.yolo.data.checks.clean_set import clean_set
from tests.yolo.data.checks.faults import FAULTS, UNUSUAL
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.repair import repaired_copy

REPAIRED = {  # check -> the number of changes with its name, after its fault was put into a clean set
    "layout": 1,
    "annotation-without-picture": 1,
    "listed-without-picture": 1,
    "missing-annotation": 1,
    "unreadable-annotation": 1,
    "all-objects-lost": 1,
    "size-before-exif-turn": 1,
    "size-hides-exif-turn": 1,
    "exif-turn-unproven": 1,
    "size-scaled": 1,
    "size-unlike-picture": 1,
    "same-name": 1,
    "irregular-file": 1,
    "names-alike-but-for-capitals": 1,
    "format-not-read": 2,
    "ending-unlike-content": 1,
    "picture-unreadable": 1,
    "picture-cut-short": 1,
    "picture-turned-by-exif": 1,
    "picture-of-16-bits": 1,
    "picture-in-cmyk": 1,
    "picture-with-transparency": 1,
    "same-picture-in-splits": 1,
    "same-picture-twice": 1,
    "box-beyond-picture": 1,
    "box-outside-picture": 1,
    "object-without-name": 1,
    "object-without-box": 1,
    "box-not-four-numbers": 1,
    "box-without-area": 1,
    "box-exchanged": 1,
    "duplicate-box": 1,
    "box-drawn-twice": 1,
    "split-empty": 1,
    "bad-line": 1,
    "class-beyond-names": 1,
    "coordinates-above-1": 1,
    "polygon": 1,
    "confidence": 1,
    "turned-box": 1,
    "circle": 1,
    "mask": 1,
    "keypoints": 140,
    "unknown-category": 1,
    "bad-object": 1,
}
UNREADABLE = ("data-unusable",)
UNREAL = ("objects-in-one-cell", "anchors-fit-badly", "picture-annotated-again")  # made up by changing what was read


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return clean_set(tmp_path_factory.mktemp("clean") / "set")


@pytest.fixture
def root(template, tmp_path):
    return shutil.copytree(template, tmp_path / "set")


def found_in(data):
    """Check -> the number of its findings."""
    return {one.check: one.count for one in table.every_finding(data)}


def fixed(folder, checked, output):
    """Write a repaired copy; return it as it is read, the number of changes for each check, and the sentences."""
    repair = repaired_copy.write(folder, checked, output)
    with open(output / "fixes.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = Counter()
    for row in rows:
        numbers[row["why"]] += int(row["number"])
    assert len(rows) == len(repair.changes)
    copy = DataFolder(output)
    return copy, CheckedData.of(copy, (416, 416)), dict(numbers), repair.left


def files_in(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "fixes.csv")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def put(name, root, monkeypatch):
    """Put a fault into the clean set; return the folder and its checked data."""
    folders = []

    def read(path):
        folders.append(DataFolder(path))
        return CheckedData.of(folders[-1], (416, 416))

    monkeypatch.setattr(faults, "read", read)
    if name in UNUSUAL:
        data, _, _ = UNUSUAL[name][0](root)
        return folders[-1], data
    FAULTS[name][0](root)
    data = read(root)
    return folders[-1], data


@pytest.mark.parametrize("name", [name for name in (*FAULTS, *UNUSUAL) if name not in UNREADABLE])
def test_a_repaired_fault_is_not_found_again_and_others_stay(root, tmp_path, monkeypatch, name):
    folder, checked = put(name, root, monkeypatch)
    before = files_in(root)
    copy, data, changes, left = fixed(folder, checked, tmp_path / "fixed")
    found = found_in(data)
    assert changes.get(name, 0) == REPAIRED.get(name, 0), changes
    assert not changes.keys() & found.keys(), "what was changed is not found again"
    if name not in (*REPAIRED, *UNREAL):
        assert found.get(name) == found_in(checked)[name] or left, "what is not repaired stays"
    assert files_in(root) == before, "the data themselves are never changed"

    again, _, no_changes, _ = fixed(copy, data, tmp_path / "again")
    assert no_changes == {}
    assert files_in(tmp_path / "again") == files_in(tmp_path / "fixed")
    assert again.class_names == copy.class_names


def test_nothing_new_is_found_in_a_repaired_copy(root, tmp_path, monkeypatch):
    for name in REPAIRED:
        if name in FAULTS:
            data = shutil.copytree(root, tmp_path / name)
            folder, checked = put(name, data, monkeypatch)
            _, fixed_data, _, _ = fixed(folder, checked, tmp_path / f"{name}-fixed")
            assert found_in(fixed_data).keys() <= found_in(checked).keys(), name
