"""Detections written as labels: named like their pictures, exact, and never over what somebody else wrote."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.yolo.inference.fake import color_detector, scene, visible
from yolo import picture_files
from yolo.data.data_folder import DataFolder
from yolo.errors import UserError
from yolo.inference.label_sink import AUTHOR, COCO, PICTURES, TXT, XML, LabelSink
from yolo.inference.sink import FrameResult
from yolo.inference.sinks import AnnotatedCopies
from yolo.inference.sources import Frame

detector = color_detector()
RED, BLUE = [10, 20, 60, 80], [100, 30, 150, 90]


def result(source="a/dog.png", index=0, fps=0.0, image=None):
    image = scene(red=RED, blue=BLUE) if image is None else image
    return FrameResult(Frame(image, str(source), index, fps), detector(image))


def test_text_files_hold_shares_of_the_sides_and_lie_beside_the_list_of_classes(tmp_path):
    found = result()
    with LabelSink(tmp_path, [TXT]) as sink:
        sink.write(found)
        sink.write(result("b/empty.jpg", image=scene()))
    assert visible(tmp_path) == ["data.yaml", "images", "labels"]
    assert visible(tmp_path / "labels") == ["classes.txt", "dog.txt", "empty.txt"]
    assert (tmp_path / "labels/classes.txt").read_text() == "red\nblue\n"
    assert (tmp_path / "labels/empty.txt").read_bytes() == b""
    labels = np.array([line.split() for line in (tmp_path / "labels/dog.txt").read_text().splitlines()], float)
    assert labels[:, 0].tolist() == [0, 1]
    left, top, right, bottom = found.detections.boxes.T
    expected = np.stack(((left + right) / 400, (top + bottom) / 240, (right - left) / 200, (bottom - top) / 120), 1)
    np.testing.assert_allclose(labels[:, 1:], expected, atol=1e-6)
    assert sink.outcome().startswith(f"labels are in {tmp_path / 'labels'} (to train on them, put the pictures into ")


def test_labelimg_opens_the_text_files_with_their_classes(tmp_path):
    """Tried with labelImg 1.8.6."""
    reader = pytest.importorskip("libs.yolo_io", reason="labelImg is not installed").YoloReader
    image = scene(red=RED, blue=BLUE)
    with LabelSink(tmp_path, [TXT]) as sink:
        sink.write(found := result(image=image))
    shown = SimpleNamespace(height=lambda: 120, width=lambda: 200, isGrayscale=lambda: False)
    shapes = reader(str(tmp_path / "labels/dog.txt"), shown).get_shapes()
    assert [name for name, *_ in shapes] == ["red", "blue"]
    boxes = [[*points[0], *points[2]] for _, points, *_ in shapes]
    np.testing.assert_allclose(boxes, found.detections.boxes, atol=1)


def test_scores_are_the_last_number_where_they_are_asked_for(tmp_path):
    with LabelSink(tmp_path, [TXT], scores=True) as sink:
        sink.write(result())
    rows = [line.split() for line in (tmp_path / "labels/dog.txt").read_text().splitlines()]
    assert [len(row) for row in rows] == [6, 6]
    assert [float(row[5]) for row in rows] == pytest.approx([0.9, 0.8], abs=1e-4)


def test_each_frame_of_a_video_has_labels_of_its_own(tmp_path):
    with LabelSink(tmp_path, [TXT, XML, PICTURES]) as sink:
        for index in (0, 12):
            sink.write(result("x/clip.avi", index, 25.0))
        sink.write(result("rtsp://camera/1", 3, 25.0))
    stems = ["clip_000000", "clip_000012", "rtsp_camera_1_000003"]
    assert visible(tmp_path / "labels") == ["classes.txt", *(f"{stem}.txt" for stem in stems)]
    assert visible(tmp_path / "annotations") == [f"{stem}.xml" for stem in stems]
    assert visible(tmp_path / "images") == [f"{stem}.jpg" for stem in stems]


def test_two_pictures_of_one_name_have_the_same_number_in_all_folders(tmp_path):
    (tmp_path / "out/annotations").mkdir(parents=True)
    (tmp_path / "out/annotations/cat.xml").write_text("mine")
    with LabelSink(tmp_path / "out", [TXT, XML, PICTURES]) as sink:
        for source in ("a/dog.png", "b/dog.jpg", "a/cat.png", "a/classes.png"):
            sink.write(result(source))
    assert visible(tmp_path / "out/images") == ["cat-2.png", "classes-2.png", "dog-2.jpg", "dog.png"]
    assert visible(tmp_path / "out/labels") == ["cat-2.txt", "classes-2.txt", "classes.txt", "dog-2.txt", "dog.txt"]
    assert visible(tmp_path / "out/annotations") == ["cat-2.xml", "cat.xml", "classes-2.xml", "dog-2.xml", "dog.xml"]
    assert (tmp_path / "out/annotations/cat.xml").read_text() == "mine"


def test_a_picture_is_saved_byte_by_byte_and_without_boxes(tmp_path):
    source = tmp_path / "in" / "dog.jpg"
    source.parent.mkdir()
    picture_files.write(source, scene(red=RED))
    with LabelSink(tmp_path / "out", [PICTURES], [source]) as sink:
        sink.write(result(source, image=picture_files.read(source)))
        sink.write(result("http://host/cat.png"))
    assert (tmp_path / "out/images/dog.jpg").read_bytes() == source.read_bytes()
    np.testing.assert_array_equal(picture_files.read(tmp_path / "out/images/cat.png"), scene(red=RED, blue=BLUE))


@pytest.mark.parametrize(
    ("kind", "place"), [(XML, "."), (TXT, "data.yaml"), (TXT, "."), (COCO, "detections.json"), (COCO, ".")]
)
def test_labels_with_their_pictures_are_a_dataset_of_the_same_boxes(tmp_path, kind, place):
    found = [result("a/dog.png"), result("a/cat.png", image=scene(80, 90, blue=[3, 4, 50, 61]))]
    with LabelSink(tmp_path, [kind, PICTURES]) as sink:
        for one in found:
            sink.write(one)
    data = DataFolder(tmp_path / place)
    loaded = {one.path.stem: one for one in data.load("all").annotations}
    for stem, one in zip(("dog", "cat"), found, strict=True):
        np.testing.assert_allclose(loaded[stem].boxes, one.detections.boxes, atol=1e-5)
        assert [data.class_names[label] for label in loaded[stem].labels] == one.detections.names


@pytest.mark.parametrize("kind", [XML, TXT])
def test_copies_with_drawn_boxes_are_never_taken_for_the_pictures_of_labels(tmp_path, kind):
    with AnnotatedCopies(tmp_path) as copies, LabelSink(tmp_path, [kind]) as sink:
        for each in (copies, sink):
            each.write(result("a/dog.png"))
    folder = {TXT: "labels", XML: "annotations"}[kind]
    for place in (tmp_path, tmp_path / folder):
        with pytest.raises(UserError):
            DataFolder(place).load("all")
    picture_files.write(tmp_path / "images" / "dog.png", scene(red=RED, blue=BLUE))
    assert [one.path.parent.name for one in DataFolder(tmp_path).load("all").annotations] == ["images"]


def test_the_json_leads_to_the_pictures_where_they_are_and_holds_scores(tmp_path):
    source = tmp_path / "in" / "dog.png"
    source.parent.mkdir()
    picture_files.write(source, scene(red=RED, blue=BLUE))
    with LabelSink(tmp_path / "out", [COCO], [source]) as sink:
        sink.write(result(source))
        sink.write(result("clip.mp4", 2, 25.0))
    content = json.loads((tmp_path / "out/detections.json").read_text())
    assert [image["file_name"] for image in content["images"]] == ["../in/dog.png", "images/clip_000002.jpg"]
    assert [(one["id"], one["image_id"], one["category_id"]) for one in content["annotations"]] == [
        (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2)
    ]  # fmt: skip
    assert [one["score"] for one in content["annotations"][:2]] == pytest.approx([0.9, 0.8], abs=1e-4)
    assert len(DataFolder(tmp_path / "out/detections.json").load("all").annotations[0].boxes) == 2


def test_a_second_run_replaces_the_labels_of_the_first(tmp_path):
    for _ in range(2):
        with LabelSink(tmp_path, [TXT, XML, COCO, PICTURES]) as sink:
            sink.write(result())
    assert visible(tmp_path) == ["annotations", "data.yaml", "detections.json", "images", "labels"]
    assert visible(tmp_path / "labels") == ["classes.txt", "dog.txt"]
    assert (tmp_path / "data.yaml").read_text().startswith(f"# {AUTHOR}\ntrain: images\n")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("detections.json", [COCO]), ("data.yaml", [TXT]), ("labels/classes.txt", [TXT])],
)
def test_a_file_of_somebody_else_is_refused_before_anything_is_written(tmp_path, name, kinds):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(UserError, match=f"{Path(name).name} (exists|is not from this program)"):
        LabelSink(tmp_path, kinds)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("kind", [TXT, XML, PICTURES])
def test_a_folder_that_holds_a_source_is_refused(tmp_path, kind):
    folder = {TXT: "labels", XML: "annotations", PICTURES: "images"}[kind]
    (tmp_path / folder).mkdir()
    picture_files.write(tmp_path / folder / "x.png", scene())
    with pytest.raises(UserError, match=r"x\.png.*--output"):
        LabelSink(tmp_path, [kind], [tmp_path / folder / "x.png"])


@pytest.mark.parametrize(("kind", "place"), [(TXT, "labels/x.txt"), (XML, "annotations/x.xml")])
def test_pictures_of_a_dataset_never_get_a_second_file_of_labels(tmp_path, kind, place):
    source = tmp_path / "images/x.png"
    (tmp_path / place).parent.mkdir()
    source.parent.mkdir()
    picture_files.write(source, scene())
    with LabelSink(tmp_path, [kind], [source]) as sink:  # to label pictures that have no labels is what it is for
        sink.write(result(source))
    with LabelSink(tmp_path, [kind], [source]) as sink:  # once more
        sink.write(result(source))
    (tmp_path / place).write_text("0 0.5 0.5 0.1 0.1\n")
    with pytest.raises(UserError, match=r"x\.(txt|xml) is not from this program, and labels .*x\.png: give another"):
        LabelSink(tmp_path, [kind], [source])
    assert (tmp_path / place).read_text() == "0 0.5 0.5 0.1 0.1\n"
    assert [path.name for path in (tmp_path / place).parent.glob("x*")] == [Path(place).name]


def test_labels_that_cannot_be_written_are_counted_and_the_next_are_written(tmp_path, caplog):
    with LabelSink(tmp_path, [TXT]) as sink:
        for source in ("c" * 254 + ".png", "dog.png"):
            sink.write(result(source))
    assert (sink.failures, sink.written) == (1, 1)
    assert "left out: cannot write" in caplog.text
    assert visible(tmp_path / "labels") == ["classes.txt", "dog.txt"]


def test_what_was_found_before_ctrl_c_is_written(tmp_path):
    def stopped():
        with LabelSink(tmp_path, [COCO, TXT]) as sink:
            sink.write(result())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert len(json.loads((tmp_path / "detections.json").read_text())["annotations"]) == 2
    assert visible(tmp_path / "labels") == ["classes.txt", "dog.txt"]


def test_without_a_frame_nothing_is_written(tmp_path):
    with LabelSink(tmp_path, [TXT, COCO]) as sink:
        pass
    assert sink.outcome() == "no labels were written"
    assert not (tmp_path / "detections.json").exists()
