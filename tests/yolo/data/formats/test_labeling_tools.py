"""What labeling tools and converters write is read as it was drawn.

Each export is made by the installed package itself, or skipped; those of tools that are no packages are made by hand.
`docs/labeling_tools.md` has a row for each tool.
"""

import importlib
import logging
from typing import NamedTuple

import numpy as np
import pytest

from tests.pages import table, text
from tests.yolo.data.folders import write_text
from tests.yolo.data.formats.labeling_tools.shown import CLASSES, painted
from yolo.data.data_folder import DataFolder
from yolo.errors import UserError

pytestmark = pytest.mark.filterwarnings("ignore")  # of those packages


class Export(NamedTuple):
    """An export, and what is lost in it.

    Attributes:
        tool: as `docs/labeling_tools.md` calls it.
        write: module and function in `labeling_tools` that write it.
        off: by how many pixels its boxes are off.
        empty: whether the picture without objects comes out of it as such.
        difficult: whether difficult objects are marked.
        corners: the choice of corners that is needed.
    """

    tool: str
    write: str
    off: float = 0.01  # some write two decimals
    empty: bool = True
    difficult: bool = False
    corners: str = "auto"


EXPORTS = [
    Export("labelImg", "desktop.labelimg_voc", off=1, difficult=True, corners="0"),  # off at the left and upper border
    Export("labelImg", "desktop.labelimg_yolo", off=1),
    Export("labelImg", "desktop.labelimg_createml"),
    Export("LabelMe", "desktop.labelme"),
    Export("AnyLabeling", "desktop.anylabeling_json", difficult=True),
    Export("AnyLabeling", "desktop.anylabeling_yolo"),
    Export("AnyLabeling", "desktop.anylabeling_voc", off=1),
    Export("AnyLabeling", "desktop.anylabeling_coco"),
    Export("X-AnyLabeling", "desktop.x_anylabeling_json", difficult=True),
    Export("X-AnyLabeling", "desktop.x_anylabeling_yolo", off=1),  # at the right and lower border
    Export("X-AnyLabeling", "desktop.x_anylabeling_voc", off=1, difficult=True),
    Export("X-AnyLabeling", "desktop.x_anylabeling_coco", off=1, difficult=True),
    Export("Label Studio", "web.label_studio_yolo"),
    Export("Label Studio", "web.label_studio_coco"),
    Export("Label Studio", "web.label_studio_voc", off=2, empty=False),
    Export("LabelU", "web.labelu_voc", difficult=True),
    Export("LabelU", "web.labelu_yolo"),
    Export("LabelU", "web.labelu_labelme"),
    Export("LabelU", "web.labelu_coco"),
    Export("CVAT", "remade.cvat_images"),
    Export("CVAT", "remade.cvat_yolo"),
    Export("CVAT", "remade.cvat_ultralytics"),
    Export("CVAT", "remade.cvat_coco"),
    Export("CVAT", "remade.cvat_voc", difficult=True),
    Export("Roboflow", "remade.roboflow_yolo"),
    Export("Roboflow", "remade.roboflow_coco"),
    Export("Roboflow", "remade.roboflow_voc", off=0.5),
    Export("Roboflow", "remade.roboflow_darknet"),
    Export("Roboflow", "remade.roboflow_createml"),
    Export("Supervisely", "converters.supervisely_voc", off=2),  # it has whole pixels, and counts the last one
    Export("Supervisely", "converters.supervisely_yolo", off=2),
    Export("Supervisely", "converters.supervisely_coco", off=2),
    Export("VoTT", "remade.vott_voc"),
    Export("VIA", "remade.via_coco"),
    Export("makesense.ai", "remade.makesense_voc", off=0.5, empty=False),
    Export("makesense.ai", "remade.makesense_yolo"),
    Export("DarkMark", "remade.darkmark"),
    Export("RectLabel", "remade.rectlabel_yolo"),
    Export("Create ML", "remade.create_ml_app"),
    Export("Datumaro", "converters.datumaro_voc", empty=False, difficult=True),
    Export("Datumaro", "converters.datumaro_coco"),
    Export("Datumaro", "converters.datumaro_yolo"),
    Export("Datumaro", "converters.datumaro_ultralytics"),
    Export("Datumaro", "converters.datumaro_cvat"),
    Export("supervision", "converters.supervision_voc", off=0.5),
    Export("supervision", "converters.supervision_yolo"),
    Export("supervision", "converters.supervision_coco"),
    Export("FiftyOne", "converters.fiftyone_voc", off=1),
    Export("FiftyOne", "converters.fiftyone_yolo"),
    Export("FiftyOne", "converters.fiftyone_coco"),
    Export("globox", "coco_converters.globox_voc"),
    Export("globox", "coco_converters.globox_yolo"),
    Export("globox", "coco_converters.globox_coco"),
    Export("globox", "coco_converters.globox_cvat"),
    Export("globox", "coco_converters.globox_labelme"),
    Export("PyLabel", "coco_converters.pylabel_voc", off=1),
    Export("PyLabel", "coco_converters.pylabel_yolo"),
    Export("labelformat", "coco_converters.labelformat_voc"),
    Export("labelformat", "coco_converters.labelformat_coco"),
    Export("labelformat", "coco_converters.labelformat_cvat"),
    Export("SAHI", "coco_converters.sahi_yolo_renumbered"),
    Export("SAHI", "coco_converters.sahi_coco"),
    Export("Ultralytics", "coco_converters.ultralytics_yolo"),
]


def written(shown, out, name):
    """Let `module.function` write an export, and return its folder."""
    module, _, function = name.partition(".")
    level = logging.root.manager.disable
    getattr(importlib.import_module(f"tests.yolo.data.formats.labeling_tools.{module}"), function)(shown, out)
    logging.disable(level)  # some packages turn logging off
    return out


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.write.partition(".")[2])
def test_an_export_is_read_as_it_was_drawn(tmp_path, export):
    shown = painted(tmp_path / "pictures")
    out = written(shown, tmp_path / "out", export.write)
    if "makesense_yolo" in export.write:
        write_text(out / "classes.txt", "\n".join(CLASSES))  # which that export lacks
    dataset = DataFolder(out, corners=export.corners).load("all")
    assert dataset.class_names == CLASSES
    found = {one.path.stem.removeprefix("ds_"): one for one in dataset.annotations}  # Supervisely's prefix
    assert found.keys() == {one.stem for one in shown if one.objects or export.empty}
    for one in shown:
        if one.stem in found:
            read = found[one.stem]
            order = np.lexsort(read.boxes.T[::-1])
            expected = sorted(one.objects, key=lambda each: each[1:5])
            names = [dataset.class_names[label] for label in read.labels[order]]
            assert names == [name for name, *_ in expected], one.name
            boxes = np.reshape([box for _, *box, _ in expected], (-1, 4))
            np.testing.assert_allclose(read.boxes[order], boxes, rtol=0, atol=export.off, err_msg=one.name)
            marks = [export.difficult and hard for *_, hard in expected]
            assert list(read.difficult[order]) == marks, one.name


def test_category_ids_in_the_place_of_class_numbers_are_said(tmp_path):
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "coco_converters.sahi_yolo")
    assert any("category ids" in problem for problem in DataFolder(out).load("all").problems)


def test_names_by_category_ids_are_refused(tmp_path):
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "coco_converters.labelformat_yolo")
    with pytest.raises(UserError, match=r"data\.yaml:2: 'names' has no class 0"):
        DataFolder(out)


def test_corners_in_the_place_of_centers_reach_beyond_the_picture_and_are_said(tmp_path):
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "desktop.anylabeling_createml")
    assert any("beyond the picture" in problem for problem in DataFolder(out).load("all").problems)


def test_class_names_in_a_data_yaml_without_splits_are_taken(tmp_path):  # as supervision writes it
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "remade.rectlabel_yolo")
    (out / "classes.txt").unlink()
    write_text(out / "data.yaml", "nc: 2\nnames: [cat, traffic light]\n")
    dataset = DataFolder(out).load("all")
    assert dataset.class_names == CLASSES
    assert "the class names are those of data.yaml" in dataset.notes


def test_annotations_belong_to_the_pictures_in_a_folder_called_data(tmp_path):  # as FiftyOne calls it
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "remade.cvat_voc")
    (out / "JPEGImages").rename(out / "data")
    (out / "Annotations").rename(out / "labels")
    assert len(DataFolder(out).load("all").annotations) == 6


def test_pictures_may_be_named_by_file_name_in_one_word(tmp_path):  # as LabelU does
    out = written(painted(tmp_path / "pictures"), tmp_path / "out", "remade.via_coco")
    file = out / "via_export_coco.json"
    write_text(file, file.read_text(encoding="utf-8").replace("file_name", "fileName"))
    assert len(DataFolder(out).load("all").annotations) == 6


def test_the_page_of_labeling_tools_has_a_row_for_each_tool_that_is_tried_here() -> None:
    tools = [row[0] for row in table("docs/labeling_tools.md", 5)[2:]]
    assert len(tools) >= 20
    assert f"what to export from {len(tools)} tools" in text("docs/data.md")
    assert {export.tool for export in EXPORTS} <= set(tools)
