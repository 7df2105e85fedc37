"""Files of formats that are not read are named, with what to do."""

import json

import pytest

from tests.yolo.data.folders import write_picture, write_text
from yolo.data.formats.unread_formats import advice

VIA = {
    "_via_settings": {},
    "_via_img_metadata": {"a.jpg9": {"filename": "a.jpg", "regions": [], "file_attributes": {}}},
}
VIA_REGIONS = {"a.jpg9": {"filename": "a.jpg", "size": 9, "regions": [], "file_attributes": {}}}
LABEL_STUDIO = [{"id": 1, "annotations": [{"result": [{"from_name": "label", "type": "rectanglelabels"}]}], "data": {}}]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"export.zip": ""}, "unpack export.zip first"),
        ({"via.json": json.dumps(VIA)}, "via.json is VIA's own JSON, which is not read: export as COCO"),
        ({"set/regions.json": json.dumps(VIA_REGIONS)}, "regions.json is VIA's own JSON"),
        ({"tasks.json": json.dumps(LABEL_STUDIO)}, "tasks.json is Label Studio's own JSON"),
        (
            {"train/a.jpg": None, "train/_annotations.csv": "filename,width"},
            "_annotations.csv may hold the annotations",
        ),
        ({"cat/a.jpg": None, "dog/b.jpg": None}, "the folders cat, dog hold pictures alone"),
        ({"train/cat/a.jpg": None, "train/dog/b.jpg": None}, "the folders cat, dog hold pictures alone"),
        ({"a.jpg": None, "b.jpg": None}, "draw boxes with a labeling tool"),
        ({"train/a.jpg": None, "val/b.jpg": None}, "draw boxes with a labeling tool"),
        ({"a.jpg": None, "other.json": "{}"}, ""),
        ({"Annotations/a.xml": "<annotation/>", "results.csv": ""}, ""),
        ({}, ""),
    ],
)
def test_files_that_are_not_read_tell_what_to_do(tmp_path, files, said):
    for name, text in files.items():
        write_picture(tmp_path / name) if text is None else write_text(tmp_path / name, text)
    assert advice(tmp_path).startswith(said)
    assert bool(advice(tmp_path)) == bool(said)


def test_a_single_file_is_told_too(tmp_path):
    write_text(tmp_path / "export.zip", "")
    assert advice(tmp_path / "export.zip") == "unpack export.zip first"
