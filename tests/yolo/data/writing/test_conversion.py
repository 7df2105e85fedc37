"""What is written in each format is read again as the same data."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from tests.yolo.data.folders import DOG, link, voc_root, write_picture, write_text, xml
from tests.yolo.data.writing.awkward import awkward, content
from yolo.data.data_folder import DataFolder
from yolo.data.writing import conversion, whole_dataset
from yolo.data.writing.conversion import WRITERS, convert
from yolo.data.writing.file_names import file_names
from yolo.errors import UserError

FORMATS = tuple(WRITERS)


def converted(source, target, form, **settings):
    convert(whole_dataset.gather(DataFolder(source, corners="1")), target, form, **settings)
    return target


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return awkward(tmp_path_factory.mktemp("awkward") / "in")


def marks_of(form, found):
    """The content of a split, with the difficult marks that a format has no place for left out."""
    return found if form != "yolo" else [(*rest, [False] * len(difficult)) for *rest, difficult in found]


@pytest.mark.parametrize(
    ("form", "split"),
    [("voc", "extra"), ("yolo", "extra"), *((form, split) for form in FORMATS for split in ("train", "val"))],
)
def test_every_format_keeps_pictures_boxes_classes_marks_and_order_bit_by_bit(source, tmp_path, form, split):
    target = converted(source, tmp_path / "out", form)
    assert content(target, split) == marks_of(form, content(source, split, corners="1"))


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", FORMATS)
def test_a_chain_of_two_formats_and_back_to_voc_keeps_every_box(source, tmp_path, first, second):
    """By way of each pair of formats."""
    one = converted(source, tmp_path / "one", first)
    back = converted(converted(one, tmp_path / "two", second), tmp_path / "back", "voc")
    form = "yolo" if "yolo" in (first, second) else "voc"
    for split in ("train", "val"):
        assert content(back, split) == marks_of(form, content(source, split, corners="1"))


@pytest.mark.parametrize("form", FORMATS)
def test_hundreds_of_boxes_with_fractions_in_a_large_picture_come_back_bit_by_bit(tmp_path, form):
    rng, height, width = np.random.default_rng(0), 2003, 3001
    corners = np.sort(rng.random((400, 2, 2)), axis=1) * (width - 1, height - 1) + 1
    rows = [("dog", *(f"{number:.5f}" for number in (*low, *high))) for low, high in corners.tolist()]
    root = voc_root(tmp_path / "in", {"a": xml(*rows)}, {"train": "a"})
    write_picture(root / "JPEGImages/a.jpg", height, width)
    boxes = content(root, "train", corners="1")[0][2]
    assert len(boxes) == 400
    assert content(converted(root, tmp_path / "out", form), "train")[0][2] == boxes


@pytest.mark.parametrize("form", FORMATS)
def test_boxes_narrower_than_a_pixel_come_back(tmp_path, form):
    write_picture(tmp_path / "in/images/a.jpg", 80, 100)
    write_text(tmp_path / "in/labels/a.txt", "0 0.25 0.25 0.009 0.5\n0 0.605 0.5 0.005 0.00625\n0 0 0 0.004 0.5\n")
    boxes = content(tmp_path / "in", "train")[0][2]
    assert np.allclose(boxes, [(24.55, 0, 25.45, 40), (60.25, 39.75, 60.75, 40.25), (0, 0, 0.2, 20)], atol=1e-5)
    assert content(converted(tmp_path / "in", tmp_path / "out", form), "train")[0][2] == boxes


@pytest.mark.parametrize("form", FORMATS)
def test_boxes_of_a_photo_with_an_exif_turn_are_written_for_the_upright_picture(tmp_path, form):
    """Stored as 40 x 24 and turned by a quarter, so 24 wide and 40 high; drawn by a tool that heeds the turn."""
    size = "<size><width>24</width><height>40</height><depth>3</depth></size>"
    text = xml(("dog", 3, 5, 20, 38)).replace("<annotation>", f"<annotation>{size}")
    root = voc_root(tmp_path / "in", {"a": text}, {"train": "a"})
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (40, 24)).save(root / "JPEGImages/a.jpg", exif=exif)
    target = converted(root, tmp_path / "out", form)
    assert content(target, "train") == content(root, "train")
    assert content(target, "train")[0][2] == [[2, 4, 20, 38]]
    if form == "coco":
        [image] = json.loads((target / "annotations/instances_train.json").read_text())["images"]
        assert (image["width"], image["height"]) == (24, 40)


@pytest.mark.parametrize("form", FORMATS)
def test_pictures_in_no_split_are_written_apart(source, tmp_path, form):
    data = whole_dataset.gather(DataFolder(source))
    assert [data.names[i] for i in data.places[whole_dataset.UNLISTED]] == ["unlisted.jpg"]
    target = converted(source, tmp_path / "out", form)
    place = {"voc": "JPEGImages/unlisted.jpg"}.get(form, "images/unlisted/unlisted.jpg")
    assert (target / place).read_bytes() == (source / "JPEGImages/unlisted.jpg").read_bytes()
    read = [each.path.name for each in DataFolder(target).load("all").annotations]
    assert ("unlisted.jpg" in read) == (form != "coco"), "told by a remark"


def test_the_layout_of_each_format_is_the_usual_one(source, tmp_path):
    folders = {form: converted(source, tmp_path / form, form) for form in FORMATS}
    files = {
        form: {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for form, folder in folders.items()
    }
    assert {"JPEGImages/cam1_frame 1.JPG", "Annotations/cam1_frame 1.xml", "ImageSets/Main/extra.txt"} <= files["voc"]
    assert {"images/train/cam2_frame 1.png", "labels/train/cam2_frame 1.txt", "labels/train/empty.txt"} <= files["yolo"]
    assert {"images/val/a.b.bmp", "labels/val/a.b.txt", "data.yaml", "train.txt", "extra.txt"} <= files["yolo"]
    assert {"annotations/instances_train.json", "images/extra/a.b.bmp", "images/val/a.b.bmp"} <= files["coco"]
    assert (tmp_path / "yolo/labels/train/empty.txt").read_bytes() == b""
    lines = (tmp_path / "yolo/train.txt").read_bytes().decode("utf-8")
    assert lines == "./images/train/cam2_frame 1.png\n./images/train/cam1_frame 1.JPG\n./images/train/empty.jpg\n"
    assert (tmp_path / "voc/ImageSets/Main/val.txt").read_text("utf-8") == "日本\na.b\n"
    train = json.loads((tmp_path / "coco/annotations/instances_train.json").read_text("ascii"))
    assert [image["file_name"] for image in train["images"]] == ["cam2_frame 1.png", "cam1_frame 1.JPG", "empty.jpg"]
    assert [one["id"] for one in train["annotations"]] == [1, 2, 3]
    assert [one["category_id"] for one in train["annotations"]] == [3, 3, 1]  # Katze, bird, dog: sorted by name
    extra = json.loads((tmp_path / "coco/annotations/instances_extra.json").read_text("ascii"))
    assert [image["file_name"] for image in extra["images"]] == ["a.b.bmp", "empty.jpg"]
    assert (tmp_path / "yolo/extra.txt").read_text() == "./images/val/a.b.bmp\n./images/train/empty.jpg\n"


def test_a_trainval_that_is_train_and_val_is_left_to_readers_and_another_one_is_written(tmp_path):
    annotations = {stem: xml(DOG) for stem in "abc"}
    root = voc_root(tmp_path / "in", annotations, {"train": "a", "val": "b", "trainval": "b\na"})
    assert list(whole_dataset.gather(DataFolder(root)).splits) == ["train", "val"]
    write_text(root / "ImageSets/Main/trainval.txt", "a\nb\nc\n")
    assert whole_dataset.gather(DataFolder(root)).splits["trainval"] == (0, 1, 2)


def test_splits_that_were_chosen_are_written_as_they_were_chosen(tmp_path):
    root = voc_root(tmp_path / "in", {f"p{number}": xml(DOG) for number in range(30)})
    target = converted(root, tmp_path / "out", "voc")
    for split in ("train", "val", "test"):
        names = [[one.path.name for one in DataFolder(path).load(split).annotations] for path in (root, target)]
        assert names[0] == names[1] != []


def test_pictures_of_equal_names_in_several_folders_do_not_collide(tmp_path):
    roots = [voc_root(tmp_path / name, {"a": xml((name, 1, 1, 5, 5))}, {"train": "a"}) for name in ("one", "two")]
    write_text(roots[1] / "Annotations/A-2.xml", xml(DOG))
    write_picture(roots[1] / "JPEGImages/A-2.png")
    write_text(roots[1] / "ImageSets/Main/train.txt", "a\nA-2\n")
    both = f"{roots[0]},{roots[1]}"
    for form in FORMATS:
        target = converted(both, tmp_path / form, form)
        stems = [path.stem for path in target.rglob("*") if path.suffix in (".jpg", ".png")]
        assert len({stem.casefold() for stem in stems}) == len(stems) == 3
    assert [names for _, names, *_ in content(tmp_path / "voc", "train")] == [["one"], ["two"], ["dog"]]


def test_pictures_of_one_name_in_two_splits_keep_it_where_each_split_has_its_folder(tmp_path):
    for split in ("train", "valid"):
        write_picture(tmp_path / "in" / split / "0001.jpg")
        write_text(tmp_path / "in" / split / "0001.xml", xml((split, 1, 1, 5, 5)))
    for form, place in (("voc", "JPEGImages"), ("yolo", "images"), ("coco", "images")):
        target = converted(tmp_path / "in", tmp_path / form, form)
        found = {path.relative_to(target / place).as_posix() for path in target.rglob("*.jpg")}
        assert found == ({"train_0001.jpg", "valid_0001.jpg"} if form == "voc" else {"train/0001.jpg", "val/0001.jpg"})


def test_a_name_that_occurs_once_stays_and_folders_tell_the_others_apart(tmp_path):
    stems = ["cam1/a", "cam1/b", "cam2/images/b", "cam2/c"]
    root = voc_root(tmp_path / "in", {stem: xml(DOG) for stem in stems}, {"train": "\n".join(stems)})
    data = whole_dataset.gather(DataFolder(root))
    assert data.names == ("cam1/a.jpg", "cam1/b.jpg", "cam2/c.jpg", "cam2/images/b.jpg")
    assert list(file_names(data, range(4)).values()) == ["a.jpg", "cam1_b.jpg", "c.jpg", "cam2_images_b.jpg"]
    assert list(file_names(data, [0, 1]).values()) == ["a.jpg", "b.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_names_that_lists_cannot_hold_are_changed(tmp_path):
    names = (" a ", "line\nbreak", "back\\slash")
    root = voc_root(tmp_path / "in", {name: xml(DOG) for name in names}, {"train": "line"})
    for form in FORMATS:
        target = converted(root, tmp_path / form, form)
        assert {path.stem for path in target.rglob("*.jpg")} == {"_a_", "line_break", "back_slash"}


def test_a_picture_whose_size_cannot_be_read_is_left_out_and_named(source, tmp_path):
    root = voc_root(tmp_path / "in", {stem: xml(DOG) for stem in "ab"}, {"train": "a\nb"})
    (root / "JPEGImages/a.jpg").write_bytes(b"no picture")
    data = whole_dataset.gather(DataFolder(root))
    assert data.names == ("b.jpg",)
    assert "1 picture left out because not readable: a.jpg" in data.dataset.problems
    (root / "JPEGImages/b.jpg").write_bytes(b"no picture")
    with pytest.raises(UserError, match="none of the 2 pictures"):
        whole_dataset.gather(DataFolder(root))


@pytest.mark.parametrize("taken", ["file", "folder", "link"])
def test_what_is_there_already_stays(source, tmp_path, taken):
    target = tmp_path / "out"
    if taken == "file":
        target.write_text("mine")
    elif taken == "folder":
        write_text(target / "mine", "mine")
    else:
        link(target, tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match="out exists and is not an empty folder"):
        converted(source, target, "voc")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_may_be_there(source, tmp_path):
    (tmp_path / "out").mkdir()
    assert len(content(converted(source, tmp_path / "out", "voc"), "all")) == 6


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_conversion_that_ends_early_leaves_nothing(source, tmp_path, monkeypatch, error):
    copy, done = conversion.NewFiles.picture, []

    def picture(files, path, name):
        done.append(name)
        if len(done) == 3:
            raise error
        copy(files, path, name)

    monkeypatch.setattr(conversion.NewFiles, "picture", picture)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else UserError, match=r"^$|No space left"):
        converted(source, tmp_path / "new" / "out", "yolo")
    assert list((tmp_path / "new").iterdir()) == []


def test_what_appears_in_the_place_of_the_new_folder_meanwhile_stays(source, tmp_path, monkeypatch):
    target = tmp_path / "out"
    monkeypatch.setitem(WRITERS, "voc", lambda data, files: write_text(target / "mine", "mine"))
    with pytest.raises(UserError, match="out exists and is not an empty folder"):
        converted(source, target, "voc")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (target / "mine").read_text() == "mine"


def test_links_are_second_names_of_the_same_files(source, tmp_path):
    target = converted(source, tmp_path / "out", "voc", link=True)
    assert os.path.samefile(target / "JPEGImages/empty.jpg", source / "JPEGImages/empty.jpg")
    assert not os.path.samefile(
        converted(source, tmp_path / "copies", "voc") / "JPEGImages/empty.jpg", source / "JPEGImages/empty.jpg"
    )


def test_pictures_that_cannot_be_linked_are_copied_and_counted(source, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert convert(whole_dataset.gather(DataFolder(source)), tmp_path / "out", "voc", link=True) == 6
    assert (tmp_path / "out/JPEGImages/empty.jpg").read_bytes() == (source / "JPEGImages/empty.jpg").read_bytes()


def test_a_link_among_the_pictures_becomes_a_file(tmp_path):
    root = voc_root(tmp_path / "in", {"a": xml(DOG)}, {"train": "a"})
    picture = root / "JPEGImages/a.jpg"
    picture.rename(tmp_path / "elsewhere.jpg")
    link(picture, tmp_path / "elsewhere.jpg")
    for number, linked in enumerate((False, True)):
        target = converted(root, tmp_path / f"out{number}", "voc", link=linked)
        assert not (target / "JPEGImages/a.jpg").is_symlink()
        assert (target / "JPEGImages/a.jpg").read_bytes() == picture.read_bytes()


def test_difficult_objects_can_be_left_out_and_the_loss_of_their_marks_is_said(source):
    data = whole_dataset.gather(DataFolder(source))
    assert conversion.difficult_objects(data) == 2
    others = "written beside train, val and test, which are all that most readers look for: extra 2, unlisted 1"
    beside, loss = conversion.losses(data, "yolo")
    assert beside == others
    assert loss.startswith("2 difficult objects written like the others, as YOLO has no mark for them")
    assert list(conversion.losses(data, "coco")) == [others]
    assert list(conversion.losses(data, "voc")) == []
    easy = conversion.without_difficult(data)
    assert sum(len(one.labels) for one in easy.dataset.annotations) == 5
    assert list(conversion.losses(easy, "yolo")) == [others]


@pytest.mark.parametrize("letter", ["\x01", "\x85", "\ud800", "\ufffe", "\uffff"])
def test_a_class_name_that_no_format_can_hold_is_refused(source, tmp_path, letter):
    data = whole_dataset.gather(DataFolder(source))
    object.__setattr__(data.dataset, "class_names", (f"a{letter}b", "c", "d"))
    with pytest.raises(UserError, match=r"the class 'a\\[xu][0-9a-f]+b' has a control character or no character"):
        convert(data, tmp_path / "out", "voc")
    assert not (tmp_path / "out").exists()


def test_pictures_without_an_annotation_are_written_only_where_they_are_taken_as_negatives(tmp_path):
    root = voc_root(tmp_path / "in", {"a": xml(DOG)}, {"train": "a\nb"})
    write_picture(root / "JPEGImages/b.jpg")
    assert whole_dataset.gather(DataFolder(root)).names == ("a.jpg",)
    convert(whole_dataset.gather(DataFolder(root, negatives=True)), tmp_path / "out", "voc")
    assert [boxes for _, _, boxes, _ in content(tmp_path / "out", "train")] == [[[0, 0, 10, 20]], []]


def test_xml_of_fractions_says_by_itself_that_corners_count_from_1(tmp_path):
    objects = [("dog", 10.4 + i, 2.25, 29.5 + i, 20.125) for i in range(3)]
    root = voc_root(tmp_path / "in", {"a": xml(*objects)}, {"train": "a"})
    target = converted(root, tmp_path / "out", "voc")
    assert content(target, "train") == content(root, "train", corners="1")
    marked = Path(target / "Annotations/a.xml")
    write_text(marked, marked.read_text("utf-8").replace("<corners>1</corners>", ""))
    assert content(target, "train") != content(root, "train", corners="1")  # without the mark, fractions mean 0


BCCD = {"train": 205, "val": 87, "test": 72}


@pytest.mark.parametrize("form", FORMATS)
def test_a_real_dataset_is_the_same_bit_by_bit_in_every_format(real_data, tmp_path, form):
    source = real_data / "bccd"
    target = converted(source, tmp_path / "out", form, link=True)
    before, after = DataFolder(source), DataFolder(target)
    assert after.class_names == before.class_names == ("Platelets", "RBC", "WBC")
    for split, number in BCCD.items():
        old, new = before.load(split), after.load(split)
        assert len(old) == len(new) == number
        assert [one.path.name for one in old.annotations] == [one.path.name for one in new.annotations]
        for one, other in zip(old.annotations, new.annotations, strict=True):
            assert one.boxes.tobytes() == other.boxes.tobytes()
            assert one.labels.tobytes() == other.labels.tobytes()
            assert one.difficult.tobytes() == other.difficult.tobytes()


def test_what_voc_cannot_say_of_classes_is_said(source):
    data = whole_dataset.gather(DataFolder(source))
    object.__setattr__(data.dataset, "class_names", ("Katze & <Kater>", "zebu", "cow", "unused"))
    assert list(conversion.losses(data, "voc")) == [
        "1 class without an object not written, as VOC has no list of classes: unused",
        "the order of the classes is not written, as VOC has no list of classes; readers sort them by name",
    ]
