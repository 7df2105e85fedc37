"""One label file of YOLO, well formed or not."""

import os

import numpy as np
import pytest

from yolo.data.formats import yolo_pose, yolo_txt
from yolo.data.formats.written_annotation import UnreadableAnnotationError

BOX = "2 0.5 0.25 0.2 0.1"
EDGES = [0.4, 0.2, 0.6, 0.3]  # of BOX: 0.5 ∓ 0.1, 0.25 ∓ 0.05


def read(folder, text, read=yolo_txt.read):
    path = folder / "ä b.1.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path)


def test_boxes_are_read_as_numpy_reads_them(tmp_path):
    rows = np.random.default_rng(1).uniform(0, 1, (200, 4))
    text = "".join(f"{i % 11} {x:.6f} {y:.7f} {w:.8f} {h:.9e}\n" for i, (x, y, w, h) in enumerate(rows))
    written = read(tmp_path, text)
    table = np.loadtxt(tmp_path / "ä b.1.txt")
    assert written.names == [str(int(number)) for number in table[:, 0]]
    centers, halves = table[:, 1:3], table[:, 3:] / 2
    np.testing.assert_array_equal(np.reshape(written.numbers, (-1, 4)), np.hstack([centers - halves, centers + halves]))
    assert (written.counts, written.lines, written.difficult) == ({}, {}, [False] * 200)


@pytest.mark.parametrize(
    "text",
    [
        BOX,
        f"{BOX}\n",
        f"\n  \n{BOX}\n\n",
        f"{BOX}\r\n\r\n",
        f"{BOX}\r",
        f"\ufeff{BOX}\n",
        BOX.replace(" ", "\t"),
        f"   {BOX.replace(' ', '   ')}   ",
        "2.0 5e-1 .25 0.20 +0.1",
        "02 0.5 0.25 0.2 0.1",
        BOX.encode("utf-16"),
        f"{BOX}\n".encode("utf-8-sig"),
    ],
)
def test_line_ends_blanks_marks_and_spellings_of_numbers_change_nothing(tmp_path, text):
    written = read(tmp_path, text)
    assert written.names == ["2"]
    np.testing.assert_allclose(written.numbers, EDGES, rtol=0, atol=1e-15)
    assert written.counts == {}


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t\n", "\ufeff"])
def test_a_file_without_objects_is_counted_as_such(tmp_path, text):
    written = read(tmp_path, text)
    assert (written.names, list(written.numbers), written.counts) == ([], [], {"no objects": 1})


@pytest.mark.parametrize(
    "line",
    [
        "2 0.5 0.25 0.2",
        "2",
        "-1 0.5 0.25 0.2 0.1",
        "0.5 0.5 0.25 0.2 0.1",
        "2 nan 0.25 0.2 0.1",
        "2 inf 0.25 0.2 0.1",
        "2 -inf 0.25 0.2 0.1",
        "2 0.5 -0.25 0.2 0.1",
        "2 0.5 0.25 -0.001 0.1",
        "2 0.5 0.25 0.2 x",
        "2 0.5 0.25 0.2 1_0",
        "2 0.5 0.2_5 0.2 0.1",
        "2,0.5,0.25,0.2,0.1",
        "2 0,5 0,25 0,2 0,1",
        "# made by hand",
        "class x_center y_center width height",
        "2 -0.3 0.1 0.2 0.1 0.2 0.3",
        "9" * 300 + " 0.5 0.25 0.2 0.1",
        "2 \uff11 0.25 0.2 0.1",
        "2 0.5 0.25 0.2 0.1\0",
        "<annotation>",
    ],
)
def test_a_bad_line_is_counted_with_its_number_and_the_others_are_kept(tmp_path, line):
    written = read(tmp_path, f"\n{BOX}\n{line}\n{line}\n0 0.5 0.5 1 1\n")
    assert written.names == ["2", "0"]
    np.testing.assert_allclose(written.numbers, [*EDGES, 0, 0, 1, 1], atol=1e-15)
    assert (written.counts, written.lines) == ({"bad line": 2}, {"bad line": 3})


@pytest.mark.parametrize("line", ["0 320 240 64 48", "0 0.5 0.5 1.02 0.5", "0 0.1 0.1 0.2 0.1 0.2 20", "0 1e300 0 0 0"])
def test_coordinates_above_1_are_counted_apart(tmp_path, line):
    written = read(tmp_path, f"{BOX}\n{line}\n")
    assert written.names == ["2"]
    assert (written.counts, written.lines) == ({"not shares": 1}, {"not shares": 2})


def test_rounding_up_to_a_hundredth_beyond_the_sides_is_allowed(tmp_path):
    written = read(tmp_path, "0 -0.01 1.01 0.02 1.01\n")
    np.testing.assert_allclose(written.numbers, [-0.02, 0.505, 0, 1.515], atol=1e-15)
    assert written.counts == {}


def test_a_box_of_no_width_is_kept_for_the_check_of_areas(tmp_path):
    assert list(read(tmp_path, "0 0.5 0.5 0 0.5").numbers) == [0.5, 0.25, 0.5, 0.75]


def test_a_polygon_becomes_its_enclosing_box(tmp_path):
    written = read(tmp_path, f"{BOX}\n1 0.5 0.1 0.9 0.4 0.3 0.7\n")
    assert written.names == ["2", "1"]
    assert written.numbers[4:] == [0.3, 0.1, 0.9, 0.7]
    assert (written.counts, written.lines) == ({"polygon": 1}, {"polygon": 2})


def test_corners_may_lie_outside_the_picture_as_the_edges_of_a_box_may(tmp_path):
    written = read(tmp_path, "1 -0.2 0.1 0.7 1.05 0.3 0.7\n1 0.2 0.9 0.5 0.5\n")
    np.testing.assert_allclose(written.numbers, [-0.2, 0.1, 0.7, 1.05, -0.05, 0.65, 0.45, 1.15], atol=1e-15)
    assert written.counts == {"polygon": 1}


def test_four_corners_are_a_turned_box_if_opposite_sides_are_equal(tmp_path):
    """A rectangle of 4 x 2 pixels turned by 30 degrees in a picture of 20 x 10: corners skewed by the unequal sides."""
    cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
    corners = np.array([[-2, -1], [2, -1], [2, 1], [-2, 1]]) @ [[cos, sin], [-sin, cos]] / [20, 10] + 0.5
    line = " ".join(f"{number:.6f}" for number in corners.ravel())
    written = read(tmp_path, f"0 {line}\n0 0.1 0.1 0.5 0.1 0.6 0.6 0.1 0.5\n")
    across, down = 2 * cos + 1 * sin, 2 * sin + 1 * cos
    turned = [0.5 - across / 20, 0.5 - down / 10, 0.5 + across / 20, 0.5 + down / 10]
    np.testing.assert_allclose(written.numbers, [*turned, 0.1, 0.1, 0.6, 0.6], atol=1e-6)
    assert (written.counts, written.lines) == ({"turned box": 1, "polygon": 1}, {"turned box": 1, "polygon": 2})


@pytest.mark.parametrize(
    ("line", "edges", "kinds"),
    [
        ("2 0.5 0.25 0.2 0.1 0.87", EDGES, {"confidence": 1}),
        ("2 0.5 0.25 0.2 0.1 17", EDGES, {"confidence": 1}),  # the number of a track
        ("0 0.1 0.1 0.2 0.1 0.2 0.3 0.87", [0.1, 0.1, 0.2, 0.3], {"polygon": 1, "confidence": 1}),
        ("0 0.1 0.1 0.2 0.1 0.2 0.3 0.1 0.3 0.87", [0.1, 0.1, 0.2, 0.3], {"turned box": 1, "confidence": 1}),
    ],
)
def test_a_confidence_is_not_taken_for_a_coordinate(tmp_path, line, edges, kinds):
    written = read(tmp_path, line)
    np.testing.assert_allclose(written.numbers, edges, atol=1e-15)
    assert written.counts == kinds


def test_keypoints_are_told_from_a_polygon_by_an_odd_count_and_their_visibility(tmp_path):
    line = f"{BOX} " + "0.4 0.2 2 " * 16 + "0 0 0"
    written = read(tmp_path, line)
    np.testing.assert_allclose(written.numbers, EDGES, atol=1e-15)
    assert written.counts == {"keypoints": 1}


def test_a_closed_outline_along_the_borders_is_not_taken_for_keypoints(tmp_path):
    written = read(tmp_path, "0 0 0 1 0 1 1 0 1 0 0")
    assert (list(written.numbers), written.counts) == ([0, 0, 1, 1], {"polygon": 1})


def test_the_keypoints_of_a_pose_set_may_have_any_count(tmp_path):
    text = f"{BOX} 0.1 0.1 0.9 0.9\n{BOX.replace('0.5', '0.6')} 0.1 0.1 2 0.9 0.9 1\n{BOX.replace('0.5', '0.7')}\n"
    written = read(tmp_path, text, yolo_pose.read)
    np.testing.assert_allclose(np.reshape(written.numbers, (-1, 4))[:, 0], [0.4, 0.5, 0.6], atol=1e-15)
    assert written.counts == {"keypoints": 2}
    assert yolo_pose.read.__module__ != yolo_txt.read.__module__  # so each has a cache of its own


def test_a_class_name_may_stand_for_the_number_also_one_of_several_words(tmp_path):
    written = read(tmp_path, "traffic light 0.5 0.25 0.2 0.1\nstop_sign 0.5 0.25 0.2 0.1\nÄpfel 0 0 0 0\n")
    assert written.names == ["traffic light", "stop_sign", "Äpfel"]


def test_a_box_drawn_twice_is_counted(tmp_path):
    assert read(tmp_path, f"{BOX}\n{BOX}\n2 0.5 0.25 0.2 0.11\n").counts == {"twice": 1}


def test_the_line_of_a_class_is_found_again(tmp_path):
    read(tmp_path, f"\n{BOX}\nx\n7.0 0.5 0.5 0.1 0.1\n")
    assert yolo_txt.line_of(tmp_path / "ä b.1.txt", {"7"}) == 4
    assert yolo_txt.line_of(tmp_path / "ä b.1.txt", {"8"}) is None


def test_what_is_no_text_file_is_refused_with_its_reason(tmp_path):
    with pytest.raises(UnreadableAnnotationError, match="No such file"):
        yolo_txt.read(tmp_path / "gone.txt")
    with pytest.raises(UnreadableAnnotationError, match="no regular file"):
        yolo_txt.read(tmp_path)
    with pytest.raises(UnreadableAnnotationError, match="it is no text"):
        read(tmp_path, BOX.encode("utf-16")[:-1])
    with open(tmp_path / "large.txt", "wb") as file:
        file.truncate(yolo_txt.LARGEST + 1)
    with pytest.raises(UnreadableAnnotationError, match="more than 16 MB"):
        yolo_txt.read(tmp_path / "large.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(UnreadableAnnotationError, match="no regular file"):
        yolo_txt.read(tmp_path / "a.txt")
