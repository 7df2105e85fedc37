"""What is written is read by the libraries of the tools that it is for; those that are not installed are skipped.

Tried with pycocotools 2.0.11, Ultralytics 8.4.190, labelImg 1.8.6, Datumaro 1.13.12, supervision 0.31.2, globox 2.9.0.
"""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

from tests.yolo.data.folders import voc_root
from tests.yolo.data.writing.awkward import OBJECT, awkward
from yolo.data.data_folder import DataFolder
from yolo.data.writing import whole_dataset
from yolo.data.writing.conversion import convert

pytestmark = pytest.mark.filterwarnings("ignore")  # of those libraries


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same data in every format."""
    root = tmp_path_factory.mktemp("written")
    data = whole_dataset.gather(DataFolder(awkward(root / "in"), corners="1"))
    for form in ("voc", "yolo", "coco"):
        convert(data, root / form, form)
    return root


def truth(folders, split):
    """For each picture of a split, by the stem of its file, its objects as (class, difficult, four edges)."""
    dataset = DataFolder(folders / "voc").load(split)
    return {
        one.path.stem: sorted(
            (dataset.class_names[label], difficult, *box)
            for label, difficult, box in zip(one.labels, one.difficult.tolist(), one.boxes.tolist(), strict=True)
        )
        for one in dataset.annotations
    }


def agree(found, expected, marks=False, atol=1e-4):
    """Compare {stem: [(class, difficult, four edges)]}."""
    assert found.keys() == expected.keys()
    for stem, objects in expected.items():
        rows = sorted(found[stem])
        assert [row[0] for row in rows] == [row[0] for row in objects], stem
        if marks:
            assert [bool(row[1]) for row in rows] == [row[1] for row in objects], stem
        np.testing.assert_allclose([row[2:] for row in rows], [row[2:] for row in objects], rtol=0, atol=atol)


def coco(path):
    pycocotools = pytest.importorskip("pycocotools.coco")
    with contextlib.redirect_stdout(io.StringIO()):
        return pycocotools.COCO(str(path))


@pytest.mark.parametrize("split", ["train", "val", "extra"])
def test_pycocotools_reads_every_box_class_and_mark(folders, split):
    read = coco(folders / f"coco/annotations/instances_{split}.json")
    names = {one["id"]: one["name"] for one in read.loadCats(read.getCatIds())}
    found = {
        Path(image["file_name"]).stem: [
            (names[one["category_id"]], one["iscrowd"], x, y, x + width, y + height)
            for one in read.loadAnns(read.getAnnIds(number))
            for x, y, width, height in [one["bbox"]]
        ]
        for number, image in read.imgs.items()
    }
    agree(found, truth(folders, split), marks=True)


@pytest.mark.parametrize(("difficult", "score"), [(1, 1.0), (0, 0.505)])
def test_pycocotools_takes_a_difficult_object_neither_for_missed_nor_for_wrong(tmp_path, difficult, score):
    """One of two objects is found; if the other one is no crowd, it counts as missed."""
    cocoeval = pytest.importorskip("pycocotools.cocoeval")
    objects = OBJECT.format("cell", 1, 1, 12, 12, 0) + OBJECT.format("cell", 15, 1, 30, 12, difficult)
    root = voc_root(tmp_path / "in", {"a": f"<annotation>{objects}</annotation>"}, {"train": "a"})
    convert(whole_dataset.gather(DataFolder(root)), tmp_path / "out", "coco")
    read = coco(tmp_path / "out/annotations/instances_train.json")
    with contextlib.redirect_stdout(io.StringIO()):
        found = read.loadRes([{"image_id": 1, "category_id": 1, "bbox": [0, 0, 12, 12], "score": 0.9}])
        evaluation = cocoeval.COCOeval(read, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("split", ["train", "val", "extra"])
def test_the_loader_of_ultralytics_reads_every_box_from_any_folder(folders, tmp_path, monkeypatch, split):
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # as a relative `path` would be sought there, or among its own data
    utils = pytest.importorskip("ultralytics.data.utils", exc_type=ImportError)
    from ultralytics.data.dataset import YOLODataset

    monkeypatch.setattr(utils, "check_font", lambda *_: None)  # it would be downloaded
    data = utils.check_det_dataset(str(folders / "yolo/data.yaml"))
    place = data[split] if split in ("train", "val") else str(folders / f"yolo/{split}.txt")
    read = YOLODataset(img_path=place, data=data, task="detect", imgsz=64, augment=False)
    found = {}
    for label in read.labels:
        height, width = label["shape"]
        sides, (x, y, w, h) = np.array([width, height] * 2)[:, None], label["bboxes"].T
        edges = (np.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2)) * sides).T.tolist()
        classes = label["cls"].ravel().astype(int)
        found[Path(label["im_file"]).stem] = [
            (data["names"][number], 0, *box) for number, box in zip(classes, edges, strict=True)
        ]
    agree(found, truth(folders, split))


def test_labelimg_reads_every_box_but_cuts_fractions(folders):
    reader = pytest.importorskip("libs.pascal_voc_io", reason="labelImg is not installed").PascalVocReader
    found = {}
    for path in (folders / "voc/Annotations").glob("*.xml"):
        found[path.stem] = [
            (name, difficult, points[0][0] - 1, points[0][1] - 1, *points[2])
            for name, points, _, _, difficult in reader(str(path)).get_shapes()
        ]
    agree(found, truth(folders, "all"), marks=True, atol=1)


@pytest.mark.parametrize("form", ["voc", "yolo", "coco"])
@pytest.mark.parametrize("split", ["train", "val"])
def test_datumaro_reads_every_box(folders, form, split):
    dataset = pytest.importorskip("datumaro.components.dataset").Dataset
    from datumaro.components.annotation import AnnotationType

    kind = {"voc": "voc_detection", "coco": "coco_instances"}.get(form, form)
    options = {"coordinate_mode": "voc-one-based"} if form == "voc" else {}
    read = dataset.import_from(str(folders / form), kind, **options)
    names = [label.name for label in read.categories()[AnnotationType.label]]
    mark = {"voc": "difficult", "coco": "is_crowd"}.get(form, "")
    found = {
        item.id: [(names[one.label], one.attributes.get(mark, 0), *one.points) for one in item.annotations]
        for item in read
        if item.subset == split
    }
    agree(found, truth(folders, split), marks=form != "yolo", atol=0.01)  # it rounds to two decimals


@pytest.mark.parametrize("form", ["voc", "yolo", "coco"])
@pytest.mark.parametrize("split", ["train", "val"])
def test_supervision_reads_every_box(folders, form, split):
    dataset = pytest.importorskip("supervision").DetectionDataset
    root = folders / form
    if form == "voc":
        split = "all"
        read = dataset.from_pascal_voc(str(root / "JPEGImages"), str(root / "Annotations"))
    elif form == "yolo":
        read = dataset.from_yolo(str(root / f"images/{split}"), str(root / f"labels/{split}"), str(root / "data.yaml"))
    else:
        read = dataset.from_coco(str(root / f"images/{split}"), str(root / f"annotations/instances_{split}.json"))
    found = {
        Path(path).stem: [
            (read.classes[number], 0, *box) for number, box in zip(one.class_id, one.xyxy.tolist(), strict=True)
        ]
        for path, one in read.annotations.items()
    }
    agree(found, truth(folders, split))


@pytest.mark.parametrize("form", ["voc", "coco"])
def test_globox_reads_every_box(folders, form):
    annotations = pytest.importorskip("globox").AnnotationSet
    if form == "voc":
        read, split = annotations.from_pascal_voc(folders / "voc/Annotations"), "all"
    else:
        read, split = annotations.from_coco(folders / "coco/annotations/instances_train.json"), "train"
    origin = 1 if form == "voc" else 0  # it takes corners for edges
    found = {
        Path(picture.image_id).stem: [
            (box.label, 0, box.xmin - origin, box.ymin - origin, box.xmax, box.ymax) for box in picture.boxes
        ]
        for picture in read
    }
    agree(found, truth(folders, split))
