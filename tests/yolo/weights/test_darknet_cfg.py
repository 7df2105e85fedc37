"""Reading a cfg as people write them, and refusing what is none."""

import pytest

from yolo.errors import UserError
from yolo.weights import darknet_cfg

ANCHORS = "10,14,  23,27,  37,58,  81,82,  135,169,  344,319"
CFG = f"""[net]
# Testing
#batch=1
width=608
height = 320
channels=3

[convolutional]
filters=32
activation=leaky

[yolo]
classes=20
mask = 3,4,5
anchors = {ANCHORS}
scale_x_y = 1.2

[route]
layers = -4

[yolo]
mask = 0,1,2
anchors = {ANCHORS}
; a comment
scale_x_y = 1.2
"""


def written(tmp_path, text=CFG):
    path = tmp_path / "straße.cfg"
    path.write_text(text, encoding="utf-8")
    return path


def test_size_anchors_masks_and_scale_are_read(tmp_path):
    assert darknet_cfg.read(written(tmp_path), 20) == {
        "anchors": ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319)),
        "masks": ((3, 4, 5), (0, 1, 2)),
        "scale_xy": 1.2,
        "input_size": (320, 608),
        "resize_mode": "stretch",
    }


def test_a_cfg_that_says_letter_box_gives_that_resize_mode(tmp_path):
    found = darknet_cfg.read(written(tmp_path, CFG.replace("channels=3", "letter_box=1")), 20)
    assert found["resize_mode"] == "letterbox"


def test_without_scale_x_y_it_is_1_as_in_darknet(tmp_path):
    assert darknet_cfg.read(written(tmp_path, CFG.replace("scale_x_y = 1.2", "")), 20)["scale_xy"] == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (CFG, "", "expected one .net. and two .yolo. sections, got 0 and 0"),
        (CFG, "some text", "'some text' stands before the first .section."),
        ("mask = 0,1,2", "", "it lacks 'mask'"),
        ("mask = 0,1,2", "mask = 0,1", "masks must be 2 lists of 3 numbers"),
        ("mask = 0,1,2", "mask = 4,5,6", "masks must be numbers from 0 to 5, as there are 6 anchors"),
        ("mask = 0,1,2", "mask = a,b,c", "'a' is no number"),
        (f"anchors = {ANCHORS}\n;", "anchors = 1,2, 3,4, 5,6\n;", "different anchors"),
        ("344,319", "344", "its anchors are 11 numbers, which are no pairs"),
        ("width=608", "width=600", r"multiples of 32 .* got .320, 600"),
        ("classes=20", "classes=80", "it is for 20 and 80 classes, but the weights know 20"),
        ("activation=leaky", "activation=mish", "should be leaky, got mish"),
        ("mask = 0,1,2", "mask = 0,1,2\nnew_coords=1", "new_coords"),
        ("[route]", "[yolo]", "one .net. and two .yolo. sections, got 1 and 3"),
    ],
)
def test_a_cfg_of_another_kind_is_refused_with_its_name_and_the_reason(tmp_path, old, new, reason):
    path = written(tmp_path, CFG.replace(old, new))
    with pytest.raises(UserError, match=f"straße.cfg is no cfg of a YOLOv4-tiny.*({reason})"):
        darknet_cfg.read(path, 20)


def test_bytes_that_are_no_text_and_a_missing_file_are_a_users_error(tmp_path):
    path = tmp_path / "picture.cfg"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UserError, match="is no cfg"):
        darknet_cfg.read(path, 20)
    with pytest.raises(UserError, match="cannot read"):
        darknet_cfg.read(tmp_path / "none.cfg", 20)
