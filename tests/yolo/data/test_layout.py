"""How a layout names annotations in messages, and describes what was taken."""

from pathlib import Path

import pytest

from yolo.data.layout import Layout, taken


def layout(pictures, annotations, **more):
    named = ({stem: Path(path) for stem, path in files.items()} for files in (pictures, annotations))
    return Layout(*named, read=lambda layout, anew: {}, **more)


@pytest.mark.parametrize(
    ("stem", "line", "place"),
    [
        ("a", None, "a.txt"),
        ("a", 3, "a.txt:3"),
        ("day 1/b", 12, "day 1/b.txt:12"),
        ("ä.b", 1, "ä.b.TXT:1"),
        ("c.jpg", None, "c.txt (c.jpg)"),
        ("c.jpg", 2, "c.txt:2 (c.jpg)"),
        ("bare", None, "bare.PNG"),
        ("bare", 1, "bare.PNG"),
        ("listed", None, "listed"),
        ("lonely", 4, "lonely.txt:4"),
    ],
)
def test_an_annotation_of_a_file_of_its_own_is_named_by_the_file_and_one_that_is_absent_by_the_picture(
    stem, line, place
):
    pictures = {
        "a": "i/a.jpg",
        "day 1/b": "i/day 1/b.png",
        "ä.b": "i/ä.b.JPG",
        "c.jpg": "i/c.jpg",
        "bare": "i/bare.PNG",
    }
    annotations = {
        "a": "l/a.txt",
        "day 1/b": "l/day 1/b.txt",
        "ä.b": "l/ä.b.TXT",
        "c.jpg": "l/c.txt",
        "lonely": "l/lonely.txt",
    }
    assert layout(pictures, annotations).place(stem, line) == place


@pytest.mark.parametrize("pictures", [{"a": "i/a.jpg"}, {"a": "i/a.jpg", "x/b": "i/x/b.png"}])
def test_an_annotation_in_a_file_of_many_is_named_by_file_line_and_picture(pictures):
    found = layout(pictures, dict.fromkeys([*pictures, "gone"], "annotations/train.json"))
    assert found.place("a") == "train.json (a.jpg)"
    assert found.place("a", 12) == "train.json:12 (a.jpg)"
    assert found.place("gone", 7) == "train.json:7 (gone)"
    alone = layout({"a": "i/a.jpg"}, {"a": "annotations/train.json"})
    assert alone.place("a", 12) == "train.json:12 (a.jpg)"


def test_pictures_need_no_annotation_where_those_without_are_negatives():
    pictures, annotations = {"a": "a.jpg", "b": "b.jpg"}, {"a": "a.txt", "c": "c.txt"}
    assert layout(pictures, annotations).usable == {"a"}
    assert layout(pictures, annotations, bare_are_negative=True).usable == {"a", "b"}


def test_a_sentence_tells_the_formats_classes_and_splits_that_were_taken():
    files = {stem: f"{stem}.jpg" for stem in "abcd"}
    splits = {"train": ("a", "b", "absent"), "val": ("c",), "night": ("a",), "test": ("absent",)}
    one = layout(files, files, format="YOLO txt by data.yaml", splits=splits)
    other = layout(files, files, format="VOC XML", splits={"test": ("a",), "train": ("d",)})
    assert taken([one], ["dog"]) == "YOLO txt by data.yaml: 1 class, 2 train, 1 val, 1 night"
    assert taken([one, other, other], ["cat", "dog"]) == (
        "YOLO txt by data.yaml, VOC XML: 2 classes, 4 train, 1 val, 2 test, 1 night"
    )
