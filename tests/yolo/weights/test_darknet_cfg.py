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
        ("mask = 0,1,2", "mask = 0,1", "masks must be 2 or 3 lists of 3 numbers"),
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


AS_DARKNET_READS = {
    "Windows' line ends": CFG.replace("\n", "\r\n"),
    "tabs and spaces": CFG.replace("width=608", "\twid th\t=  608 ").replace("[yolo]", " [ yolo ]\t"),
    "a comment behind a value": CFG.replace("width=608", "width=608 # was 416").replace("3,4,5", "3,4,5 #,6"),
    "units and fractions": CFG.replace("width=608", "width=608px").replace("height = 320", "height = 320.9"),
    "commas at the end": CFG.replace("319", "319,").replace("0,1,2", "0,1,2,"),
    "the first of two": CFG.replace("width=608", "width=608\nwidth=96").replace(
        "scale_x_y = 1.2", "scale_x_y=1.2\nscale_x_y=3"
    ),
    "lines without a value": CFG.replace("channels=3", "channels\ngarbage\nheight=\n=7"),
    "anchors beyond num": CFG.replace("319", "319, 500,500, 600,600").replace("mask", "num=6\nmask"),
    "[network]": CFG.replace("[net]", "[network]"),
    "no line end at the end": CFG.rstrip(),
    "a byte order mark": "\ufeff" + CFG,
    "numbers of other forms": CFG.replace("1.2", "+1.20e0"),
    "keys of other cases": CFG.replace("channels=3", "Width=96\nHEIGHT=96"),
}


@pytest.mark.parametrize("text", AS_DARKNET_READS.values(), ids=AS_DARKNET_READS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_read_as_darknet_reads_it(tmp_path, text, encoding):
    path = tmp_path / "a.cfg"
    path.write_bytes(text.encode(encoding))
    assert darknet_cfg.read(path, 20) == darknet_cfg.read(written(tmp_path), 20)


def test_a_comment_may_be_of_any_encoding(tmp_path):
    path = tmp_path / "a.cfg"
    path.write_bytes(CFG.replace("# Testing", "# für Zählung").encode("cp1252"))
    assert darknet_cfg.read(path, 20)["input_size"] == (320, 608)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10,14", "nan,14"),
        ("10,14", "0,14"),
        ("10,14", "-5,14"),
        ("10,14", "1e999,14"),
        ("scale_x_y = 1.2", "scale_x_y=-1"),
        ("width=608", "width=320000000"),
        ("width=608", "Width=608"),
        ("[yolo]", "[YOLO]"),
        ("classes=20", "classes=0"),
        ("mask = 3,4,5", "mask = -1,4,5"),
    ],
)
def test_numbers_that_no_network_can_have_are_refused_in_one_sentence(tmp_path, old, new):
    with pytest.raises(UserError, match=r"straße\.cfg is no cfg of a YOLOv4-tiny: .*; correct it, or give another\.$"):
        darknet_cfg.read(written(tmp_path, CFG.replace(old, new)), 20)


def test_a_file_without_end_is_not_read(tmp_path):
    with pytest.raises(UserError, match="more than 1048576 bytes"):
        darknet_cfg.read(written(tmp_path, CFG + "#" * 2**20), 20)


def test_bytes_that_are_no_text_and_a_missing_file_are_a_users_error(tmp_path):
    path = tmp_path / "picture.cfg"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UserError, match="is no cfg"):
        darknet_cfg.read(path, 20)
    with pytest.raises(UserError, match="cannot read"):
        darknet_cfg.read(tmp_path / "none.cfg", 20)
