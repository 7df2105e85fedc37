"""Repairs in detail: what is changed, what is left, how pictures are written anew, and in which format."""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.checks.clean_set import annotate, boxes, bytes_of, clean_set, draw, enlist, listed, mosaic, stem
from tests.yolo.data.folders import voc_root, write_picture, write_text, xml
from yolo import picture_files
from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.repair import pictures, repaired_copy
from yolo.data.writing import conversion, whole_dataset
from yolo.errors import UserError


@pytest.fixture
def root(tmp_path):
    return clean_set(tmp_path / "set")


@pytest.fixture
def fix(tmp_path):
    """Repair a folder; return the copy as it is read, the lines of its table, and what was left."""

    def call(data, **settings):
        folder = DataFolder(data, **settings)
        repair = repaired_copy.write(folder, CheckedData.of(folder, (416, 416)), tmp_path / "fixed")
        with open(tmp_path / "fixed" / "fixes.csv", encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        return DataFolder(tmp_path / "fixed"), rows, list(repair.left)

    return call


def objects_of(folder, name):
    """[(class, box)] of the picture with this name."""
    dataset = folder.load("all")
    (one,) = [each for each in dataset.annotations if each.path.name == name]
    return list(zip([dataset.class_names[label] for label in one.labels], one.boxes.tolist(), strict=True))


def names_in(folder, split):
    return [one.path.name for one in folder.load(split).annotations]


def test_each_change_is_a_line_with_what_was_and_what_is(root, fix):
    dog, cat = boxes(0)
    more = (("dog", 30, 2, 73, 18), ("dog", 70, 2, 80, 18), cat, ("", 1, 1, 9, 9), ("", 3, 3, 9, 9))
    annotate(root, stem(0), dog, cat, *more)
    folder, rows, left = fix(root)
    assert rows == [
        ["p00.xml", "", "2", "object", "without a name left out", "object-without-name"],
        ["p00.jpg", "dog", "1", "29 1 73 18", "29 1 64 18", "box-beyond-picture"],
        ["p00.jpg", "dog", "1", "69 1 80 18", "left out", "box-outside-picture"],
        ["p00.jpg", "cat", "1", "29 16 46 34", "left out", "duplicate-box"],
    ]
    assert left == []
    assert objects_of(folder, "p00.jpg") == [
        ("dog", [1, 1, 19, 18]),
        ("cat", [29, 16, 46, 34]),
        ("dog", [29, 1, 64, 18]),
    ]


def test_spellings_of_a_class_are_joined_before_objects_are_compared(root, fix):
    _, *box = boxes(0)[0]
    annotate(root, stem(0), *boxes(0), ("D og", *box))
    annotate(root, stem(1), ("DOG", 30, 2, 50, 18), ("dogs", 3, 20, 20, 40), ("a", 2, 2, 9, 9), ("A", 12, 2, 19, 9))
    folder, rows, _ = fix(root)
    assert rows == [
        ["p00.jpg", "D og", "1", "D og", "dog", "similar-class-names"],
        ["p01.jpg", "DOG", "1", "DOG", "dog", "similar-class-names"],
        ["p00.jpg", "dog", "1", "1 1 19 18", "left out", "duplicate-box"],
    ]
    assert folder.class_names == ("A", "a", "cat", "dog", "dogs"), "single letters and other spellings are not joined"


def test_the_order_of_classes_stays_and_the_most_frequent_spelling_wins(root, fix, tmp_path):
    everywhere = [("bird", 40, 2, 60, 12)]
    for i in range(70):
        annotate(root, stem(i), *boxes(i), *(everywhere if i % 3 else [("Bird", 40, 2, 60, 12)]))
    conversion.convert(whole_dataset.gather(DataFolder(root)), tmp_path / "yolo", "yolo")
    assert DataFolder(tmp_path / "yolo").class_names == ("Bird", "bird", "cat", "dog")
    folder, rows, _ = fix(tmp_path / "yolo")
    assert folder.class_names == ("bird", "cat", "dog")
    assert len(rows) == 24
    assert folder.counts == {"bird": 70, "cat": 70, "dog": 70}


def test_each_of_several_names_alike_gets_a_number_of_its_own(root, fix):
    for number, name in enumerate(("AB", "Ab", "aB", "ab-2")):
        draw(root, name, mosaic(500 + number))
        annotate(root, name, *boxes(500 + number))
    if len(list((root / "JPEGImages").glob("[aA][bB]*"))) < 4:
        pytest.skip("this system ignores capitals")
    enlist(root, train=listed("train", "AB", "Ab", "aB", "ab-2"))
    folder, rows, _ = fix(root)
    assert [row[3:] for row in rows] == [
        ["Ab.jpg", "Ab-3.jpg", "names-alike-but-for-capitals"],
        ["aB.jpg", "aB-4.jpg", "names-alike-but-for-capitals"],
    ]
    assert names_in(folder, "train")[-4:] == ["AB.jpg", "Ab-3.jpg", "aB-4.jpg", "ab-2.jpg"]
    assert objects_of(folder, "Ab-3.jpg")[0] == (
        "dog",
        [boxes(501)[0][1] - 1, boxes(501)[0][2] - 1, *boxes(501)[0][3:]],
    )


def test_a_picture_stays_in_test_then_in_val(root, fix):
    pictures = root / "JPEGImages"
    for name, original, objects in (("x", 0, boxes(0)), ("y", 30, boxes(9)), ("z", 50, boxes(50))):
        annotate(root, name, *objects)
        shutil.copy(pictures / f"{stem(original)}.jpg", pictures / f"{name}.jpg")
    enlist(
        root,
        train=listed("train", "y", stem(31), stem(51)),
        val=listed("val", "x", stem(52)),
        test=listed("test", "z"),
    )
    folder, rows, left = fix(root)
    assert rows == [
        ["p00.jpg", "", "1", "in train, and in val", "left out, as x.jpg is equal", "same-picture-in-splits"],
        ["y.jpg", "", "1", "in train, and in val", "left out, as p30.jpg is equal", "same-picture-in-splits"],
        ["p31.jpg", "", "1", "in train, and in val", "not there", "same-picture-in-splits"],
        ["z.jpg", "", "1", "equal to p50.jpg", "left out", "same-picture-twice"],
        ["p51.jpg", "", "1", "in train, and in test", "not there", "same-picture-in-splits"],
        ["p52.jpg", "", "1", "in val, and in test", "not there", "same-picture-in-splits"],
    ]
    assert left == []
    train, val, test = (names_in(folder, split) for split in ("train", "val", "test"))
    assert train == [f"p{i:02}.jpg" for i in range(1, 30)]
    assert val == [*(f"p{i}.jpg" for i in range(30, 50)), "x.jpg"]
    assert test == [f"p{i}.jpg" for i in range(50, 70)]


def test_copies_with_other_objects_in_one_split_are_both_left(root, fix):
    annotate(root, "x", *boxes(9))
    shutil.copy(root / "JPEGImages" / "p00.jpg", root / "JPEGImages" / "x.jpg")
    enlist(root, train=listed("train", "x"))
    folder, rows, left = fix(root)
    assert (rows, left) == ([], ["1 picture annotated otherwise than an equal one: x.jpg = p00.jpg"])
    assert len(names_in(folder, "train")) == 31


def test_the_order_of_objects_does_not_matter_for_copies(root, fix):
    annotate(root, "x", *reversed(boxes(0)))
    shutil.copy(root / "JPEGImages" / "p00.jpg", root / "JPEGImages" / "x.jpg")
    enlist(root, train=listed("train", "x"))
    assert [row[-1] for row in fix(root)[1]] == ["same-picture-twice"]


def test_pictures_that_look_alike_are_never_removed(root, fix):
    draw(root, "x", mosaic(0))
    (root / "JPEGImages" / "x.jpg").write_bytes(bytes_of(mosaic(0), "JPEG", quality=40))
    annotate(root, "x", *boxes(0))
    enlist(root, val=listed("val", "x"))
    folder, rows, _ = fix(root)
    assert rows == []
    assert len(folder.load("all")) == 71


def test_a_list_that_would_vanish_is_left_as_it_is(root, fix):
    enlist(root, val=listed("train"), test=[stem(30), stem(0)])
    folder, rows, left = fix(root)
    assert [row[0] for row in rows] == ["p00.jpg"], "it leaves val, which keeps the others"
    assert len(left) == 1
    assert left[0].startswith("all pictures of train are in another split as well and stay there")
    assert [len(names_in(folder, split)) for split in ("train", "val", "test")] == [30, 29, 2]


def turned(seed, orientation, mode="RGB"):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return bytes_of(Image.fromarray(mosaic(seed)).convert(mode), "JPEG", exif=exif, quality=95)


def test_turned_pictures_are_written_upright_with_the_same_boxes(tmp_path, fix):
    root = voc_root(tmp_path / "set", {"a": xml(("dog", 3, 5, 20, 60)), "b": xml(("dog", 3, 5, 20, 60))})
    (root / "JPEGImages" / "a.jpg").write_bytes(turned(1, 6))
    (root / "JPEGImages" / "b.jpg").write_bytes(turned(2, 6, "L"))
    folder, rows, _ = fix(root, corners="1")
    assert [row[:1] + row[3:] for row in rows] == [
        [f"{name}.jpg", "turned by EXIF", "upright", "picture-turned-by-exif"] for name in "ab"
    ]
    assert objects_of(folder, "a.jpg") == [("dog", [2, 4, 20, 60])]
    for name, mode in (("a", "RGB"), ("b", "L")):
        with Image.open(tmp_path / "fixed" / "JPEGImages" / f"{name}.jpg") as picture:
            assert (picture.size, picture.mode) == ((48, 64), mode)
            assert not picture.getexif()
        ours = picture_files.read(tmp_path / "fixed" / "JPEGImages" / f"{name}.jpg").astype(int)
        theirs = picture_files.read(root / "JPEGImages" / f"{name}.jpg").astype(int)
        assert np.abs(ours - theirs).mean() < 10, "compressed anew; turned otherwise it is 60"


@pytest.mark.parametrize("ending", ["png", "tiff", "webp", "bmp", "jp2", "ppm"])
def test_gray_pictures_of_each_format_are_written(tmp_path, ending):
    gray = mosaic(5)[..., :1].repeat(3, axis=2)
    picture_files.write(tmp_path / "a.png", gray)
    pictures._write_plain(tmp_path / "a.png", tmp_path / f"b.{ending}")
    written = picture_files.read(tmp_path / f"b.{ending}")
    assert np.abs(written.astype(int) - gray).mean() < (5 if ending == "jp2" else 1e-9)


def test_copies_are_found_among_pictures_that_are_written_anew(root, fix):
    """Two files of the same pixels, with and without a comment, are equal once they are written alike."""
    for name, comment in (("x", b"one"), ("y", b"two")):
        annotate(root, name, *boxes(5))
        exif = Image.Exif()
        exif[0x0112] = 3
        content = bytes_of(mosaic(800), "JPEG", exif=exif, comment=comment)
        (root / "JPEGImages" / f"{name}.jpg").write_bytes(content)
    enlist(root, train=listed("train", "x"), test=listed("test", "y"))
    folder, rows, _ = fix(root)
    assert [row[-1] for row in rows] == ["picture-turned-by-exif"] * 2 + ["same-picture-in-splits"]
    assert len(names_in(folder, "train")) == 30


def test_a_split_of_nothing_but_broken_pictures_is_left_out(root, fix):
    annotate(root, "x", *boxes(9))
    (root / "JPEGImages" / "x.jpg").write_bytes((root / "JPEGImages" / "p00.jpg").read_bytes()[:700])
    enlist(root, old=["x"])
    folder, rows, _ = fix(root)
    assert [row[:1] + row[3:] for row in rows] == [
        ["", "split old", "left out", "split-empty"],
        ["x.jpg", "picture that cannot be decoded", "left out", "picture-cut-short"],
    ]
    assert folder.splits == ("test", "train", "val")
    assert len(folder.load("all")) == 70


def test_other_lists_keep_their_pictures(root, fix):
    shutil.copy(root / "JPEGImages" / "p00.jpg", root / "JPEGImages" / "x.jpg")
    annotate(root, "x", *boxes(0))
    enlist(root, extra=["x", stem(1), stem(60)])
    folder, rows, _ = fix(root)
    assert rows == [], "x is equal to p00, but p00 is not in the list"
    assert names_in(folder, "extra") == ["x.jpg", "p01.jpg", "p60.jpg"]


@pytest.mark.parametrize("format", ["voc", "yolo", "coco"])
def test_a_copy_has_the_format_of_the_data(root, fix, tmp_path, format):
    enlist(root, train=listed("train")[::-1])
    conversion.convert(whole_dataset.gather(DataFolder(root)), tmp_path / "in", format)
    folder, rows, left = fix(tmp_path / "in")
    assert (rows, left) == ([], [])
    assert folder.layouts[0].format.startswith(conversion.NAMES[format])
    for split in ("train", "val", "test"):
        assert names_in(folder, split) == names_in(DataFolder(tmp_path / "in"), split)


def test_a_copy_of_another_format_is_in_that_of_coco(tmp_path, fix):
    write_picture(tmp_path / "in" / "a.png")
    shape = '{"label": "dog", "shape_type": "rectangle", "points": [[1, 2], [9, 12]], "flags": {"difficult": true}}'
    write_text(
        tmp_path / "in" / "a.json",
        f'{{"version": "5", "imagePath": "a.png", "imageHeight": 24, "imageWidth": 32, "shapes": [{shape}]}}',
    )
    folder, _, _ = fix(tmp_path / "in")
    assert folder.layouts[0].format.startswith("COCO JSON")
    (one,) = folder.load("all").annotations
    assert (one.boxes.tolist(), one.difficult.tolist()) == ([[1, 2, 9, 12]], [True])


def test_names_in_the_table_stay_in_one_line(root, fix):
    name = 'odd, "name"\n\udcff'
    try:
        (root / "Annotations" / f"{name}.xml").write_text(xml(boxes(0)[0]))
    except OSError:
        pytest.skip("this system takes no such names")
    _, rows, _ = fix(root)
    assert [row[0] for row in rows] == ['odd, "name"\\n\\udcff.xml']


def test_nothing_is_left_of_a_copy_that_fails(root, tmp_path):
    annotate(root, stem(0), ("d\u0080g", 2, 2, 19, 19))
    folder = DataFolder(root)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="control character"):
        repaired_copy.write(folder, CheckedData.of(folder, (416, 416)), tmp_path / "fixed")
    assert sorted(tmp_path.rglob("*")) == before


def test_pictures_of_one_name_in_joined_data_are_told_apart(root, fix, tmp_path):
    other = shutil.copytree(root, tmp_path / "other")
    annotate(other, stem(1), *boxes(2))
    folder, rows, left = fix(f"{root},{other}")
    twice = ["other/JPEGImages/p00.jpg", "", "1", "equal to set/JPEGImages/p00.jpg", "left out", "same-picture-twice"]
    assert (len(rows), rows[0]) == (69, twice)
    assert left == [
        "1 picture annotated otherwise than an equal one: other/JPEGImages/p01.jpg = set/JPEGImages/p01.jpg"
    ]
    assert len(folder.load("all")) == 71


def test_rounding_at_the_border_is_no_change(tmp_path, fix):
    write_picture(tmp_path / "in" / "a.png", width=1000, height=100)
    write_text(
        tmp_path / "in" / "a.txt", "0 0.100004 0.5 0.2 0.5\n0 0.899 0.5 0.20202 0.5\n0 0.899998 0.5 0.20001 0.5\n"
    )
    write_text(tmp_path / "in" / "classes.txt", "dog")
    _, rows, _ = fix(tmp_path / "in")
    assert [row[2:5] for row in rows if row[-1] == "box-beyond-picture"] == [
        ["1", "797.99 25 1000.01 75", "797.99 25 1000 75"]
    ]


def test_a_file_that_cannot_be_read_is_named_apart_from_the_reason(root, fix):
    annotate(root, "x", *boxes(9))
    draw(root, "x", mosaic(999))
    enlist(root, train=listed("train", "x"))
    for name in ("x", "gone"):
        write_text(root / "Annotations" / f"{name}.xml", "<annotation>")
    _, rows, _ = fix(root)
    gone, row = rows
    assert (gone[0], gone[-1]) == ("gone.xml", "annotation-without-picture")
    assert row[0] == "x.xml"
    assert row[3].startswith("annotation, no readable XML")
    assert row[4:] == ["left out", "unreadable-annotation"]
