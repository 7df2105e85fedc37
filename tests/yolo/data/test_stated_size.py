"""The sizes that annotations state held against their pictures: EXIF turns and pictures made smaller are undone."""

import numpy as np
import pytest
from PIL import Image

from tests.yolo.data.folders import DOG, voc_root, write_text, xml
from yolo.data import data_folder, stated_size
from yolo.data.load_sample import load_sample

SIZE = "<size><width>{}</width><height>{}</height><depth>3</depth></size>"


def sized(width, height, *objects):
    return xml(*objects).replace("<annotation>", "<annotation>" + SIZE.format(width, height))


def red_picture(path, box, orientation=1, shrink=1, width=160):
    """A grey picture, 120 pixels high, with a red rectangle, turned by EXIF or made smaller afterwards."""
    left, top, right, bottom = box
    image = np.full((120, width, 3), 120, np.uint8)
    image[top:bottom, left:right] = (220, 30, 30)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).resize((width // shrink, 120 // shrink)).save(path, exif=exif)


def on_their_object(dataset):
    """Whether the pixels in every box are red, and a frame around it is not."""
    for known in dataset.annotations:
        sample = load_sample(known)
        red = (sample.image[..., 0] > 180) & (sample.image[..., 1] < 80)
        for left, top, right, bottom in sample.boxes.round().astype(int):
            if red[top:bottom, left:right].mean() < 0.9 or red.sum() > 1.1 * (bottom - top) * (right - left):
                return False
    return True


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_drawn_on_a_photo_before_its_exif_turn_are_turned_with_it(tmp_path, orientation):
    for i, (x, y) in enumerate([(3, 5), (100, 70)]):
        red_picture(tmp_path / "JPEGImages" / f"{i}.png", (x, y, x + 40, y + 20), orientation)
        write_text(tmp_path / "Annotations" / f"{i}.xml", sized(160, 120, ("red", x + 1, y + 1, x + 40, y + 20)))
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("2 annotations of the size before the EXIF turn of the picture, boxes turned")
    assert dataset.problems[0].endswith(": 0.xml, 1.xml")


def test_boxes_drawn_upright_are_left_as_they_are(tmp_path):
    red_picture(tmp_path / "JPEGImages" / "0.png", (3, 5, 43, 25), 6)
    write_text(tmp_path / "Annotations" / "0.xml", sized(120, 160, ("red", 96, 4, 115, 43)))
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert not any("size" in problem for problem in dataset.problems)


def test_a_tool_that_states_the_stored_size_but_draws_upright_is_told_of_and_not_corrected(tmp_path):
    for i in range(3):  # boxes below the 120 rows that are stated, but in the 160 of the upright picture
        red_picture(tmp_path / "JPEGImages" / f"{i}.png", (130, 5, 150, 25), 6)
        write_text(tmp_path / "Annotations" / f"{i}.xml", sized(160, 120, ("red", 96, 131, 115, 150)))
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("3 annotations of another size than the picture's, boxes left as they are")


def test_boxes_drawn_before_the_pictures_were_made_smaller_are_scaled(tmp_path):
    red_picture(tmp_path / "JPEGImages" / "0.png", (100, 60, 140, 100), shrink=2)
    write_text(tmp_path / "Annotations" / "0.xml", sized(160, 120, ("red", 101, 61, 140, 100)))
    dataset = data_folder.load(tmp_path, "all")
    assert dataset.annotations[0].boxes.tolist() == [[50, 30, 70, 50]]
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("1 annotation of another size than the picture's by one factor, boxes scaled")


def test_another_size_is_told_with_number_and_names_and_boxes_stay(tmp_path):
    root = voc_root(tmp_path, {"a": sized(500, 333, DOG), "b": sized(24, 32, DOG), "c": sized(32, 24, DOG)})
    dataset = data_folder.load(root, "all")  # pictures of 32 x 24, without EXIF
    assert all(known.boxes.tolist() == [[0, 0, 10, 20]] for known in dataset.annotations)
    assert dataset.problems[0].startswith("2 annotations of another size than the picture's, boxes left as they are")
    assert dataset.problems[0].endswith(": a.xml, b.xml; look whether they lie on the objects")


@pytest.mark.parametrize("size", [(0, 0), (33, 25), (31, 24), (32, 23)])
def test_no_size_and_a_pixel_more_or_less_are_no_contradiction(tmp_path, size):
    root = voc_root(tmp_path, {"a": sized(*size, DOG)}, {"train": "a"})
    assert data_folder.load(root).problems == ()
    assert data_folder.load(root).annotations[0].boxes.tolist() == [[0, 0, 10, 20]]


@pytest.mark.parametrize(
    ("stated", "head", "kind"),
    [
        ((640, 480), [480, 640, 1], stated_size.SAME),
        ((640, 480), [640, 480, 6], stated_size.TURNED),
        ((640, 480), [640, 480, 3], stated_size.UNLIKE),
        ((4000, 3000), [400, 300, 8], stated_size.TURNED),  # made smaller, too
        ((4000, 3000), [312, 416, 1], stated_size.SCALED),
        ((500, 333), [277, 416, 1], stated_size.SCALED),  # 277.06
        ((500, 333), [375, 500, 1], stated_size.UNLIKE),
    ],
)
def test_two_sizes_go_together_in_one_of_four_ways(stated, head, kind):
    assert stated_size.relation(stated, head) == kind


def photo(root, name, orientation, suffix="png", stated=None, width=160, shrink=1, upright=False):
    """A photo with a red rectangle, and its annotation: drawn as the photo lies in the file, or upright."""
    red_picture(root / "JPEGImages" / f"{name}.{suffix}", (100, 60, 140, 100), orientation, shrink, width)
    box = (100, 60, 140, 100)
    if upright and orientation > 1:
        box = stated_size.turned(np.array([box], np.float32), orientation, width, 120)[0]
    text = sized(*(stated or (width, 120)), ("red", box[0] + 1, box[1] + 1, box[2], box[3]))
    write_text(root / "Annotations" / f"{name}.xml", text)


INFERRED = (
    "annotation of a size that shows no EXIF turn, boxes turned as the picture is because others were drawn before it"
)
UNPROVEN = (
    "annotation of a size that shows no EXIF turn or of none, boxes left as they are although others were drawn before "
    "it"
)
LOOK = "look whether they lie on the objects"


def witnesses(root, number):
    """Photos whose stated size shows that they were annotated before their EXIF turn."""
    for i in range(number):
        photo(root, f"as_it_lies{i}", (6, 8)[i % 2])


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
@pytest.mark.parametrize(
    ("orientation", "width"), [(2, 160), (3, 160), (4, 160), *((turn, 120) for turn in range(2, 9))]
)
def test_turns_that_leave_the_size_are_undone_where_other_photos_show_that_none_was_seen(
    tmp_path, orientation, width, suffix
):
    witnesses(tmp_path, 3)
    photo(tmp_path, "untold", orientation, suffix, width=width)
    photo(tmp_path, "without", 1)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("3 annotations of the size before the EXIF turn of the picture, boxes turned")
    assert dataset.problems[0].endswith(": as_it_lies0.xml, as_it_lies1.xml, as_it_lies2.xml")
    assert dataset.problems[1] == f"1 {INFERRED}: untold.xml"


@pytest.mark.parametrize(("number", "others", "turned"), [(1, 1, False), (2, 9, False), (3, 30, True), (3, 31, False)])
def test_turns_that_leave_the_size_are_undone_where_three_photos_and_one_for_ten_show_it(
    tmp_path, number, others, turned
):
    witnesses(tmp_path, number)
    for i in range(others):
        photo(tmp_path, f"half{i:02}", 3, upright=not turned)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    said = (INFERRED if turned else UNPROVEN).replace("annotation ", "annotations " if others > 1 else "annotation ")
    assert dataset.problems[1].startswith(f"{others} {said}: half00")


def test_annotations_without_a_size_are_told_where_others_were_drawn_before_their_turn(tmp_path):
    witnesses(tmp_path, 4)
    for name, orientation in {"half": 3, "quarter": 6, "none": 1}.items():
        photo(tmp_path, name, orientation, stated=(0, 0), upright=True)
    write_text(tmp_path / "Annotations" / "empty.xml", sized(0, 0))
    red_picture(tmp_path / "JPEGImages" / "empty.png", (0, 0, 0, 0), 6)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[1] == f"2 {UNPROVEN.replace('annotation ', 'annotations ')}: half.xml, quarter.xml; {LOOK}"
    for i in range(4):
        (tmp_path / "Annotations" / f"as_it_lies{i}.xml").unlink()
    assert not any("EXIF" in problem for problem in data_folder.load(tmp_path, "all").problems)


def test_half_a_turn_among_quarter_turns_moves_a_box_to_the_opposite_corner(tmp_path):
    exif = Image.Exif()
    (tmp_path / "JPEGImages").mkdir()
    for i in range(12):
        exif[0x0112] = (6, 8, 3)[i % 3]
        Image.new("RGB", (96, 64)).save(tmp_path / "JPEGImages" / f"p{i}.jpg", exif=exif)
        write_text(tmp_path / "Annotations" / f"p{i}.xml", sized(96, 64, ("red", 10, 5, 30, 25)))
    dataset = data_folder.load(tmp_path, "all")
    found = {known.path.stem: known.boxes.tolist() for known in dataset.annotations}
    assert found["p2"] == [[66, 39, 87, 60]]
    assert dataset.problems[0].startswith("8 annotations of the size before the EXIF turn")
    assert dataset.problems[1].startswith("4 annotations of a size that shows no EXIF turn, boxes turned")


def test_a_photo_made_smaller_is_turned_by_half_as_well(tmp_path):
    witnesses(tmp_path, 3)
    photo(tmp_path, "smaller", 3, shrink=2)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[1] == f"1 {INFERRED}: smaller.xml"


@pytest.mark.parametrize(("orientation", "width"), [(2, 160), (3, 160), (4, 160), (6, 120), (7, 120)])
def test_turns_that_leave_the_size_stay_where_no_photo_shows_how_it_was_annotated(tmp_path, orientation, width):
    photo(tmp_path, "a", orientation, width=width, upright=True)
    photo(tmp_path, "b", 1)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert not any("EXIF" in problem for problem in dataset.problems)


@pytest.mark.parametrize("shrink", [1, 2])
def test_turns_that_leave_the_size_stay_where_one_photo_was_annotated_upright(tmp_path, shrink):
    witnesses(tmp_path, 3)
    photo(tmp_path, "half", 3, upright=True)
    photo(tmp_path, "upright", 6, stated=(120, 160), upright=True, shrink=shrink)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("3 annotations of the size before the EXIF turn")
    assert dataset.problems[1] == f"1 {UNPROVEN}: half.xml; {LOOK}"


def test_turns_that_leave_the_size_stay_where_the_size_is_stated_as_it_lies_but_boxes_are_drawn_upright(tmp_path):
    for i in range(3):
        red_picture(tmp_path / "JPEGImages" / f"{i}.png", (130, 5, 150, 25), 6)
        write_text(tmp_path / "Annotations" / f"{i}.xml", sized(160, 120, ("red", 96, 131, 115, 150)))
    for i in range(40):  # they must not outvote the others
        photo(tmp_path, f"half{i}", 3, upright=True)
    dataset = data_folder.load(tmp_path, "all")
    assert on_their_object(dataset)
    assert dataset.problems[0].startswith("3 annotations of another size than the picture's, boxes left as they are")
