"""One data set for each check that has exactly the fault which the check looks for.

A function puts its fault into the clean set. It returns the number that the finding must have and a name in it; and the
checks that cannot but find something as well.
"""

import json
import shutil
import struct
import zlib
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from tests.yolo.data.checks.clean_set import (
    HEIGHT,
    WIDTH,
    add,
    annotate,
    boxes,
    bytes_of,
    draw,
    enlist,
    listed,
    mosaic,
    stem,
)
from tests.yolo.data.folders import link, write_text, xml
from yolo.data.checks.checked_data import CheckedData
from yolo.data.data_folder import DataFolder
from yolo.data.writing import conversion, whole_dataset

FAULTS = {}
END = b"\0\0\0\0IEND"  # begins the last chunk of a PNG
SIZE = "<size><width>{}</width><height>{}</height></size>"


def fault(name, *others):
    """Keep a function as the fault of a check, with the checks that find it too."""

    def keep(function):
        FAULTS[name] = (function, others)
        return function

    return keep


def put(root, name, content):
    """Write the bytes of a file of pictures."""
    (root / "JPEGImages" / name).write_bytes(content)


# ---- files


@fault("data-unusable")
def nothing(root):
    for path in (root / "Annotations").iterdir():
        path.unlink()
    return 1, ""


@fault("annotation-without-picture")
def no_picture(root):
    annotate(root, "gone", *boxes(0))
    return 1, "gone.xml"


@fault("listed-without-picture")
def listed_only(root):
    enlist(root, train=listed("train", "gone"))
    return 1, "gone"


@fault("missing-annotation")
def not_annotated(root):
    draw(root, "bare", mosaic(990))
    return 1, "bare.jpg"


@fault("unreadable-annotation")
def cut_annotation(root):
    add(root, "x")
    write_text(root / "Annotations" / "x.xml", "<annotation>")
    return 1, "x.xml"


@fault("all-objects-lost", "object-without-box")
def all_lost(root):
    add(root, "x")
    write_text(root / "Annotations" / "x.xml", "<annotation><object><name>dog</name></object></annotation>")
    return 1, "x.jpg"


def sized(root, name, width, height, *objects):
    """Write an annotation that states a size."""
    content = xml(*objects).replace("<annotation>", "<annotation>" + SIZE.format(width, height))
    write_text(root / "Annotations" / f"{name}.xml", content)


def turned(root, name, orientation, *objects):
    """Add a photo with an EXIF turn; the annotation states the size before it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(root, name)
    put(root, f"{name}.jpg", bytes_of(mosaic(len(name) + orientation), "JPEG", exif=exif))
    sized(root, name, WIDTH, HEIGHT, *objects)


@fault("size-before-exif-turn", "picture-turned-by-exif")
def before_turn(root):
    turned(root, "x", 6, *boxes(103))
    return 1, "x.xml"


@fault("size-hides-exif-turn", "picture-turned-by-exif", "size-before-exif-turn")
def hidden_turn(root):
    names = [f"x{'y' * i}" for i in range(4)]
    for i, name in enumerate(names):
        turned(root, name, 3 if i == 3 else 6, *boxes(100 + i))
    enlist(root, train=listed("train", *names))
    return 1, "xyyy.xml"


@fault("exif-turn-unproven", "picture-turned-by-exif", "size-before-exif-turn")
def unproven_turn(root):
    turned(root, "x", 6, *boxes(100))
    turned(root, "xy", 3, *boxes(101))
    enlist(root, train=listed("train", "x", "xy"))
    return 1, "xy.xml"


@fault("size-scaled")
def scaled(root):
    add(root, "x")
    sized(root, "x", 2 * WIDTH, 2 * HEIGHT, ("dog", 10, 10, 50, 50))
    return 1, "x.xml"


@fault("size-unlike-picture")
def other_size(root):
    sized(root, stem(0), 500, 333, *boxes(0))
    return 1, f"{stem(0)}.xml"


@fault("same-name")
def two_of_a_name(root):
    draw(root, f"{stem(0)}.png", mosaic(990))
    return 1, stem(0)


@fault("irregular-file")
def broken_link(root):
    link(root / "JPEGImages" / "lost.jpg", "nowhere")
    return 1, "lost.jpg"


@fault("names-alike-but-for-capitals")
def other_capitals(root):
    add(root, stem(0).upper())
    return 2, f"{stem(0)}.jpg"


@fault("format-not-read")
def animation_and_photo(root):
    put(root, "moving.GIF", b"GIF89a")
    put(root, "photo.heic", b"ftypheic")
    return 2, "photo.heic"


@fault("ending-unlike-content")
def png_called_jpg(root):
    put(root, f"{stem(0)}.jpg", bytes_of(mosaic(0), "PNG"))
    return 1, f"{stem(0)}.jpg (PNG)"


# ---- pictures


@fault("picture-unreadable")
def no_picture_at_all(root):
    add(root, "x")
    put(root, "x.jpg", b"no picture")
    return 1, "x.jpg"


@fault("picture-cut-short")
def broken_off(root):
    add(root, "x")
    content = bytes_of(mosaic(900), "JPEG")
    put(root, "x.jpg", content[: len(content) * 2 // 3])
    return 1, "x.jpg"


@fault("picture-ends-flat")
def completed(root):
    add(root, "x")
    content = bytes_of(mosaic(900), "JPEG", quality=95)
    put(root, "x.jpg", content[: len(content) * 2 // 3] + b"\xff\xd9")
    return 1, "x.jpg"


@fault("picture-turned-by-exif")
def half_a_turn(root):
    exif = Image.Exif()
    exif[0x0112] = 3
    put(root, f"{stem(0)}.jpg", bytes_of(mosaic(0), "JPEG", exif=exif))
    return 1, f"{stem(0)}.jpg"


@fault("picture-unlike-its-head")
def turned_by_a_far_note(root):
    """A PNG with its turn behind 70,000 bytes of EXIF data, more than a JPEG can hold and the head is read for."""
    (root / "JPEGImages" / f"{stem(0)}.jpg").unlink()
    entry = struct.pack("<HHHI4sI", 1, 0x0112, 3, 1, b"\6\0\0\0", 0)
    block = b"eXIf" + (b"II*\0" + struct.pack("<I", 70_000)).ljust(70_000, b"\0") + entry
    chunk = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
    put(root, f"{stem(0)}.png", bytes_of(mosaic(0), "PNG").replace(END, chunk + END))
    return 1, f"{stem(0)}.png"


@fault("picture-of-16-bits")
def deep(root):
    (root / "JPEGImages" / f"{stem(0)}.jpg").unlink()
    cv2.imwrite(str(root / "JPEGImages" / f"{stem(0)}.png"), mosaic(0).astype(np.uint16) * 257)
    return 1, f"{stem(0)}.png"


@fault("picture-in-cmyk")
def for_printing(root):
    put(root, f"{stem(0)}.jpg", bytes_of(Image.fromarray(mosaic(0)).convert("CMYK"), "JPEG"))
    return 1, f"{stem(0)}.jpg"


@fault("picture-with-transparency")
def transparent(root):
    (root / "JPEGImages" / f"{stem(0)}.jpg").unlink()
    put(root, f"{stem(0)}.png", bytes_of(Image.fromarray(mosaic(0)).convert("RGBA"), "PNG"))
    return 1, f"{stem(0)}.png"


@fault("gray-stored-as-color")
def gray(root):
    draw(root, stem(0), np.repeat(mosaic(0)[..., :1], 3, axis=2))
    return 1, f"{stem(0)}.jpg"


@fault("picture-tiny")
def thumbnail(root):
    add(root, "x", image=mosaic(900, 31, 40), objects=[("dog", 3, 3, 14, 14)])
    return 1, "x.jpg (40 x 31)"


@fault("picture-large")
def large(root):
    add(root, "x", image=mosaic(900, 5001, 5000), objects=[("dog", 500, 500, 2000, 2000)])
    return 1, "x.jpg (5000 x 5001)"


@fault("picture-of-extreme-aspect")
def strip(root):
    add(root, "x", image=mosaic(900, 60, 301), objects=[("dog", 1, 1, 60, 60)])
    return 1, "x.jpg (301 x 60)"


@fault("picture-uniform")
def uniform(root):
    draw(root, stem(0), np.full((HEIGHT, WIDTH, 3), (200, 90, 90), np.uint8))
    return 1, f"{stem(0)}.jpg"


@fault("picture-dark")
def dark(root):
    draw(root, stem(0), mosaic(0) // 8)
    return 1, f"{stem(0)}.jpg"


@fault("picture-bright")
def bright(root):
    draw(root, stem(0), 255 - mosaic(0) // 8)
    return 1, f"{stem(0)}.jpg"


@fault("picture-blurred")
def blurred(root):
    x, y = np.meshgrid(np.linspace(0, 255, WIDTH), np.linspace(0, 255, HEIGHT))
    draw(root, stem(0), np.stack([x, y, 255 - x], axis=2).astype(np.uint8))
    return 1, f"{stem(0)}.jpg"


# ---- duplicates


def copy(root, name, split, objects=(), quality=None):
    """Add a copy of the first picture of the clean set, as it is or compressed anew."""
    add(root, name, split=split, objects=objects or boxes(0))
    content = (root / "JPEGImages" / f"{stem(0)}.jpg").read_bytes()
    put(root, f"{name}.jpg", content if quality is None else bytes_of(mosaic(0), "JPEG", quality=quality))


@fault("same-picture-in-splits")
def leaked(root):
    copy(root, "x", "test")
    return 1, f"{stem(0)}.jpg (train) = x.jpg (test)"


@fault("like-pictures-in-splits")
def leaked_compressed(root):
    copy(root, "x", "val", boxes(100), quality=40)
    return 1, f"{stem(0)}.jpg (train) = x.jpg (val)"


@fault("same-picture-twice")
def twice(root):
    copy(root, "x", "train")
    return 1, f"{stem(0)}.jpg = x.jpg"


@fault("same-picture-other-objects", "same-picture-twice")
def twice_with_other_objects(root):
    copy(root, "x", "train", boxes(100))
    return 1, f"{stem(0)}.jpg = x.jpg"


@fault("like-pictures")
def compressed(root):
    copy(root, "x", "train", boxes(100), quality=40)
    return 1, f"{stem(0)}.jpg = x.jpg"


# ---- boxes


def with_objects(root, *more):
    """Add objects to the first picture."""
    annotate(root, stem(0), *boxes(0), *more)
    return f"{stem(0)}."


@fault("box-beyond-picture")
def beyond(root):
    return 1, with_objects(root, ("dog", 30, 2, WIDTH + 9, 18))


@fault("box-outside-picture")
def outside(root):
    return 1, with_objects(root, ("dog", WIDTH + 5, 2, WIDTH + 20, 18))


@fault("object-without-name")
def nameless(root):
    return 1, with_objects(root, ("", 30, 2, 46, 18))


@fault("object-without-box")
def boxless(root):
    path = root / "Annotations" / f"{stem(0)}.xml"
    path.write_text(path.read_text().replace("</annotation>", "<object><name>dog</name></object></annotation>"))
    return 1, stem(0)


@fault("box-not-four-numbers")
def words_for_numbers(root):
    return 1, with_objects(root, ("dog", "left", 2, 46, 18))


@fault("box-without-area")
def click_without_drag(root):
    return 1, with_objects(root, ("dog", 46, 18, 45, 30))


@fault("box-exchanged")
def exchanged_corners(root):
    return 1, with_objects(root, ("dog", 46, 18, 30, 2))


@fault("duplicate-box", "object-without-candidate")
def equal_box(root):
    return 1, with_objects(root, boxes(0)[0])


@fault("object-under-a-pixel")
def vanishing(root):
    add(root, "x", image=mosaic(900, 480, 640), objects=[("dog", 100, 100, 100, 101)])
    return 1, "x.jpg"


@fault("objects-small")
def small(root):
    for i in range(10):
        draw(root, stem(i), mosaic(i, 480, 640))
        annotate(
            root, stem(i), *[(name, 100 * k + i, 50, 100 * k + i + 9, 59) for k, name in enumerate(("dog", "cat"))]
        )
    return 20, "p00.jpg"


@fault("objects-under-a-cell")
def under_a_cell(root):
    for i in range(24):  # 48 of 140 objects, of 20 pixels in 640: 13 in 416
        draw(root, stem(i), mosaic(i, 480, 640))
        annotate(
            root, stem(i), *[(name, 100 * k + i, 50, 100 * k + i + 19, 69) for k, name in enumerate(("dog", "cat"))]
        )
    return 48, "p00.jpg"


@fault("box-drawn-twice")
def drawn_twice(root):
    name, left, top, right, bottom = boxes(0)[0]
    return 1, with_objects(root, (name, left, top, right, bottom - 1))


@fault("object-of-two-classes")
def two_classes(root):
    _, left, top, right, bottom = boxes(0)[0]
    return 1, with_objects(root, ("cat", left, top, right, bottom - 1))


@fault("box-inside-its-class")
def inside(root):
    _, left, top, _, _ = boxes(0)[0]
    return 1, with_objects(root, ("dog", left, top, left + 9, top + 9))


@fault("corners-of-two-origins")
def two_tools(root):
    for i in range(12):
        first = ("dog", int(i > 3), 10 + i, 18, 27 + i)  # four begin at 0, eight at 1
        annotate(root, stem(i), first, boxes(i)[1])
    return 4, ""


@fault("box-of-whole-picture")
def whole(root):
    annotate(root, stem(0), ("dog", 1, 1, WIDTH, HEIGHT))
    return 1, f"{stem(0)}.jpg"


@fault("box-of-extreme-aspect", "object-no-anchor-fits")
def stroke(root):
    annotate(root, stem(69), *boxes(69), ("dog", 1, 46, 63, 48))
    return 1, f"{stem(69)}.jpg"


@fault("picture-crowded")
def crowded(root):
    places = [(60 * (k % 10) + 3, 43 * (k // 10) + 3) for k in range(102)]
    objects = [(("dog", "cat")[k % 2], x, y, x + 30, y + 30) for k, (x, y) in enumerate(places)]
    add(root, "x", image=mosaic(900, 480, 640), objects=objects)
    return 1, "x.jpg"


@fault("same-boxes-in-pictures")
def copied_annotation(root):
    annotate(root, stem(1), *boxes(0))
    return 2, f"{stem(0)}.jpg = {stem(1)}.jpg"


# ---- classes


def everywhere(root, *objects):
    """Add objects to every picture."""
    for i in range(70):
        annotate(root, stem(i), *boxes(i), *objects)


@fault("similar-class-names")
def plural(root):
    everywhere(root, ("dogs", 34, 2, 52, 13))
    return 1, ""


@fault("class-with-few-objects")
def few(root):
    for i in range(1, 70, 5):
        annotate(root, stem(i), *boxes(i), ("bird", 34, 2, 52, 13))
    return 1, "bird 14"


@fault("classes-uneven", "class-with-few-objects")
def uneven(root):
    many = [("dog", 2 + 9 * k, 40, 9 + 9 * k, 47) for k in range(3)]
    everywhere(root, *many, ("dog", 34, 2, 44, 13))
    for i in (0, 30):
        annotate(root, stem(i), *boxes(i), *many, ("bird", 34, 2, 52, 13))
    annotate(root, stem(50), *boxes(50), ("dog", 34, 2, 44, 13), ("bird", 46, 2, 60, 13))
    return 1, "bird 3"


@fault("class-only-difficult")
def difficult(root):
    everywhere(root, ("bird", 34, 2, 52, 13))
    for path in (root / "Annotations").iterdir():
        path.write_text(path.read_text().replace("<name>bird</name>", "<name>bird</name><difficult>1</difficult>"))
    return 1, "bird"


@fault("class-named-by-number")
def number(root):
    for path in (root / "Annotations").iterdir():
        path.write_text(path.read_text().replace("cat", "7"))
    return 1, "7"


@fault("pictures-mostly-empty")
def empty(root):
    for i in range(80):
        draw(root, f"e{i}", mosaic(2000 + i))
        annotate(root, f"e{i}")
    enlist(root, train=listed("train", *(f"e{i}" for i in range(80))))
    return 80, "e0.jpg"


# ---- splits


@fault("nothing-to-learn")
def all_difficult(root):
    for i in range(30):
        path = root / "Annotations" / f"{stem(i)}.xml"
        path.write_text(path.read_text().replace("<bndbox>", "<difficult>1</difficult><bndbox>"))
    return 1, ""


@fault("split-empty", "listed-without-picture")
def empty_split(root):
    enlist(root, old=["gone"])
    return 1, "old"


@fault("no-validation-split")
def no_validation(root):
    (root / "ImageSets" / "Main" / "val.txt").unlink()
    write_text(root / "ImageSets" / "Main" / "train.txt", "\n".join(listed("train", *listed("val"))))
    return 1, ""


@fault("picture-in-no-split")
def in_no_split(root):
    add(root, "x")
    enlist(root)
    return 1, "x.jpg"


@fault("split-of-few-pictures")
def small_split(root):
    enlist(root, train=listed("train", stem(30)), val=listed("val")[1:])
    return 1, "val 19"


@fault("class-missing-in-split")
def class_missing(root):
    for i in range(50, 70):
        annotate(root, stem(i), boxes(i)[0])
    return 1, "cat in test"


@fault("split-unlike-training")
def unlike(root):
    for i in range(30):
        annotate(root, stem(i), *boxes(i), ("dog", 34, 2, 50, 13), ("cat", 2, 34, 18, 47))
    for i in range(30, 50):
        x = i % 5
        annotate(root, stem(i), *boxes(i), *[("dog", 2 + x + 15 * k, 40, 12 + x + 15 * k, 48) for k in range(4)])
    return 1, "val 33%"


# ---- anchors


@fault("object-without-candidate")
def concentric(root):
    _, left, top, right, bottom = boxes(0)[0]
    return 1, with_objects(root, ("cat", left + 2, top, right + 2, bottom))


@fault("object-no-anchor-fits")
def unfit(root):
    annotate(root, stem(69), *boxes(69), ("dog", 2, 44, 50, 47))
    return 1, f"{stem(69)}.jpg"


# ---- faults that VOC cannot have, or that need certain anchors

UNUSUAL = {}


def unusual(name, *others):
    """Keep a function that returns the data with the fault of a check, the number and a name."""

    def keep(function):
        UNUSUAL[name] = (function, others)
        return function

    return keep


def read(root):
    return CheckedData.of(DataFolder(root), (416, 416))


def written(root, format):
    """The place of the clean set in another format."""
    other = root.parent / format
    conversion.convert(whole_dataset.gather(DataFolder(root)), other, format)
    return other


def with_line(root, line):
    """The clean set as YOLO txt, with one more line for its first picture."""
    other = written(root, "yolo")
    with open(other / "labels" / "train" / f"{stem(0)}.txt", "a") as file:
        file.write(line)
    return read(other), 1, f"{stem(0)}.txt:3"


def with_object(root, **changes):
    """The clean set as COCO JSON, with one more object in its first picture."""
    other = written(root, "coco")
    path = other / "annotations" / "instances_train.json"
    content = json.loads(path.read_text())
    new = {"id": 9999, "image_id": content["images"][0]["id"], "category_id": content["categories"][0]["id"]}
    content["annotations"].append(new | {"bbox": [33, 1, 18, 11]} | changes)
    path.write_text(json.dumps(content))
    return read(other), 1, f"{stem(0)}.jpg"


@unusual("layout")
def wrong_number_of_classes(root):
    other = written(root, "yolo")
    (other / "data.yaml").write_text((other / "data.yaml").read_text().replace("nc: 2", "nc: 3"))
    return read(other), 1, ""


@unusual("bad-line")
def words(root):
    return with_line(root, "0 left top 1\n")


@unusual("class-beyond-names")
def third_class(root):
    return with_line(root, "2 0.6 0.2 0.25 0.25\n")


@unusual("coordinates-above-1")
def pixels(root):
    return with_line(root, "0 40 12 18 11\n")


@unusual("polygon")
def outline(root):
    return with_line(root, "0 0.5 0.05 0.8 0.05 0.65 0.3\n")


@unusual("confidence")
def detected(root):
    return with_line(root, "0 0.65 0.15 0.28 0.24 0.9\n")


@unusual("turned-box")
def turned_box(root):
    return with_line(root, "0 0.5 0.05 0.8 0.05 0.8 0.3 0.5 0.3\n")


def with_shape(root, points, shape_type):
    """The clean set as LabelMe JSON, with one more shape in its first picture."""
    other = root.parent / "labelme"
    shutil.copytree(root / "ImageSets", other / "ImageSets")
    shutil.copytree(root / "JPEGImages", other / "JPEGImages")
    for i in range(70):
        shapes = [
            {"label": name, "points": [[x - 1, y - 1], [right, bottom]], "shape_type": "rectangle"}
            for name, x, y, right, bottom in boxes(i)
        ]
        shapes += [{"label": "dog", "points": points, "shape_type": shape_type}] * (i == 0)
        text = json.dumps({"shapes": shapes, "imagePath": f"{stem(i)}.jpg", "imageHeight": HEIGHT, "imageWidth": WIDTH})
        write_text(other / "JPEGImages" / f"{stem(i)}.json", text)
    return read(other), 1, f"{stem(0)}.json"


@unusual("circle")
def circle(root):
    return with_shape(root, [[45, 8], [52, 8]], "circle")


@unusual("mask")
def mask(root):
    return with_shape(root, [[38, 1], [52, 15]], "mask")


@unusual("empty-annotation")
def empty_file(root):
    other = written(root, "yolo")
    write_text(other / "labels" / "train" / f"{stem(0)}.txt", "")
    return read(other), 1, f"{stem(0)}.txt"


@unusual("keypoints")
def keypoints(root):
    other = written(root, "yolo")
    with open(other / "data.yaml", "a") as file:
        file.write("kpt_shape: [1, 2]\n")
    for path in (other / "labels").rglob("*.txt"):
        path.write_text("".join(f"{line} 0.5 0.5\n" for line in path.read_text().splitlines()))
    return read(other), 140, f"{stem(0)}.txt"


@unusual("unknown-category")
def unlisted_category(root):
    return with_object(root, category_id=7)


@unusual("bad-object")
def no_box(root):
    return with_object(root, bbox=[1, 2])


@unusual("class-without-object")
def unused_name(root):
    other = written(root, "yolo")
    with open(other / "data.yaml", "a") as file:
        file.write("  2: bird\n")
    (other / "data.yaml").write_text((other / "data.yaml").read_text().replace("nc: 2", "nc: 3"))
    return read(other), 1, "bird"


@unusual("picture-annotated-again")
def annotated_again(root):
    data = read(root)
    again = replace(data.dataset, annotations=(*data.annotations, data.annotations[0]))
    return replace(data, dataset=again), 1, f"{stem(0)}.jpg"


@unusual("objects-in-one-cell")
def in_one_cell(root):
    for i in range(10):  # at 6.5 times the size, the first has the size of the fourth anchor, the second is larger
        annotate(
            root,
            stem(i),
            ("dog", 11, 11, 28, 27),
            ("cat", 11 - i % 2, 11, 29 - i % 2, 28),
            ("cat", 40, 5 + i, 57, 21 + i),
        )
    data = read(root)
    data.__dict__["anchors"] = np.array([(10, 10), (11, 11), (12, 12), (117, 110.5), (150, 140), (400, 400)])
    return data, 10, f"{stem(0)}.jpg"


@unusual("anchors-fit-badly", "object-no-anchor-fits")
def useless_anchors(root):
    data = read(root)
    data.__dict__["anchors"] = np.full((6, 2), 416.0)
    return data, 60, ""
