"""Anchors: k-means against other ways to the same result, degenerate sets, and files."""

import numpy as np
import pytest

from yolo import anchors
from yolo.errors import UserError


def corner_iou(a, b):
    """IoU of two sizes laid corner on corner, in plain Python."""
    shared = min(a[0], b[0]) * min(a[1], b[1])
    return shared / (a[0] * a[1] + b[0] * b[1] - shared)


def twin_average(sizes, shapes):
    return sum(max(corner_iou(size, shape) for shape in shapes) for size in sizes) / len(sizes)


def test_the_average_best_iou_is_that_of_a_plain_loop():
    sizes = np.random.default_rng(0).uniform(5, 300, (50, 2))
    assert anchors.average_best_iou(sizes, anchors.DEFAULT) == pytest.approx(twin_average(sizes, anchors.DEFAULT))


def test_one_size_against_one_anchor_by_hand():
    assert anchors.average_best_iou([[10, 20]], [[20, 10], [5, 10]]) == pytest.approx(100 / 300)


def test_six_clear_groups_are_found():
    centers = np.array([[12, 15], [25, 80], [90, 30], [90, 100], [200, 90], [300, 320]], float)
    rng = np.random.default_rng(1)
    sizes = np.concatenate([center * rng.uniform(0.97, 1.03, (30, 2)) for center in centers])
    found = anchors.kmeans(rng.permutation(sizes))
    np.testing.assert_allclose(found, centers, rtol=0.02)


def test_two_anchors_are_as_good_as_the_best_of_every_possible_grouping():
    sizes = np.array([[10, 10], [12, 11], [11, 30], [40, 35], [42, 50], [90, 40], [80, 44]], float)
    best = 0
    for code in range(1, 2 ** len(sizes) - 1):
        chosen = np.array([code >> i & 1 for i in range(len(sizes))], bool)
        best = max(best, twin_average(sizes, [np.median(sizes[chosen], axis=0), np.median(sizes[~chosen], axis=0)]))
    assert anchors.average_best_iou(sizes, anchors.kmeans(sizes, k=2)) == pytest.approx(best, abs=0.005)


def test_the_same_seed_gives_the_same_anchors():
    sizes = np.random.default_rng(0).uniform(5, 300, (200, 2))
    np.testing.assert_array_equal(anchors.kmeans(sizes, seed=3), anchors.kmeans(sizes, seed=3))


@pytest.mark.parametrize(
    "sizes",
    [
        [[50, 50]] * 40,
        [[10, 20], [20, 10]],
        [[10, 20], [20, 10], [5, 5], [400, 300], [30, 30], [31, 31]],
        [[0.5, 0.5]],
        [[50, 50]] * 40 + [[51, 50], [52, 50], [53, 50], [54, 50], [55, 50], [56, 50]],
        [[416, 416], [1, 1]],
    ],
)
def test_few_shapes_still_give_six_distinct_positive_anchors_in_order(sizes):
    found = anchors.kmeans(sizes)
    assert found.shape == (6, 2)
    assert found.dtype == np.float32
    assert found.min() > 0
    assert len(np.unique(found, axis=0)) == 6
    assert np.all(np.diff(found.prod(axis=1)) >= 0)


def test_few_shapes_are_kept_and_stand_in_the_middle():
    found = anchors.kmeans([[50, 50]] * 9)
    np.testing.assert_allclose(found[:, 0], [22.22, 33.33, 50, 75, 112.5, 168.75], rtol=1e-3)
    assert anchors.average_best_iou([[10, 20], [20, 10]], anchors.kmeans([[10, 20], [20, 10]])) == 1


@pytest.mark.parametrize("sizes", [[], [[10, 0]], [[10, -5]], [[10, np.nan]]])
def test_shapes_without_extent_are_refused(sizes):
    with pytest.raises(ValueError, match="above 0"):
        anchors.kmeans(sizes)


def test_fitted_anchors_beat_the_default_on_real_cells(real_data):
    from yolo.data import data_folder, picture_sizes

    objects = picture_sizes.object_sizes(data_folder.load(real_data / "bccd").annotations, (416, 416))
    fitted = anchors.average_best_iou(objects, anchors.kmeans(objects))
    assert fitted > anchors.average_best_iou(objects, anchors.DEFAULT) + 0.1


def test_a_written_file_is_read_back(tmp_path):
    fitted = anchors.kmeans(np.random.default_rng(0).uniform(5, 300, (200, 2)))
    anchors.write(tmp_path / "ä.txt", fitted)
    np.testing.assert_array_equal(anchors.read(tmp_path / "ä.txt"), fitted)


@pytest.mark.parametrize(
    "text",
    [
        "10,14,  23,27,  37,58,  81,82,  135,169,  344,319",
        "\ufeff10 14\r\n23 27\r\n37 58\r\n81 82\r\n135 169\r\n344 319\r\n",
    ],
)
def test_anchors_are_read_with_commas_spaces_or_lines(tmp_path, text):
    (tmp_path / "anchors.txt").write_text(text, encoding="utf-8")
    assert anchors.read(tmp_path / "anchors.txt").tolist() == [list(pair) for pair in anchors.DEFAULT]
    (tmp_path / "anchors.txt").write_text(text.removeprefix("\ufeff"), encoding="utf-16")
    assert anchors.read(tmp_path / "anchors.txt").tolist() == [list(pair) for pair in anchors.DEFAULT]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected 6 pairs"),
        ("10,14, 23,27", "expected 6 pairs"),
        ("10,14, 23,27, 37,58, 81,82, 135,169, 344", "expected 6 pairs"),
        ("10,14, 23,27, 37,58, 81,82, 135,169, 344,-319", "positive"),
        ("10,14, 23,27, 37,58, 81,82, 135,169, 344,nan", "positive"),
        ("10,14, 23,27, 37,58, 81,82, 135,169, 344,many", "many"),
        ("10,14, 23,27, 37,58, 81,82, 135,169, 344,1e39", "up to 1000000"),
        ("1e-50,1, 23,27, 37,58, 81,82, 135,169, 344,319", "positive"),
        ("23,27, 10,14, 37,58, 81,82, 135,169, 344,319", "ordered by area"),
    ],
)
def test_a_file_that_is_no_six_anchors_is_refused(tmp_path, text, message):
    (tmp_path / "anchors.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message) as caught:
        anchors.read(tmp_path / "anchors.txt")
    assert "anchors.txt" in str(caught.value)


def test_absent_and_binary_files_are_users_mistakes(tmp_path):
    with pytest.raises(UserError, match="cannot read"):
        anchors.read(tmp_path / "absent.txt")
    (tmp_path / "binary").write_bytes(b"\xfd\xfe\x00\x81")
    with pytest.raises(UserError, match="no text"):
        anchors.read(tmp_path / "binary")
    with pytest.raises(UserError, match="cannot write"):
        anchors.write(tmp_path / "absent" / "anchors.txt", anchors.DEFAULT)


def test_each_level_has_three_anchors_the_coarse_level_the_largest():
    assert anchors.masks(2) == ((3, 4, 5), (0, 1, 2))
    assert anchors.masks(3) == ((6, 7, 8), (3, 4, 5), (0, 1, 2))
    for levels, pairs in anchors.DEFAULTS.items():
        areas = np.prod(pairs, axis=1)
        assert len(areas) == 3 * levels
        assert np.all(np.diff(areas) > 0)


def test_nine_anchors_are_read_for_three_levels_and_refused_for_two(tmp_path):
    path, fitted = tmp_path / "neun.txt", anchors.kmeans(np.random.default_rng(0).uniform(5, 300, (200, 2)), 9)
    anchors.write(path, fitted)
    np.testing.assert_array_equal(anchors.read(path, levels=3), fitted)
    assert anchors.holds_anchors(path)
    with pytest.raises(UserError, match=r"expected 6 pairs w,h of .* for 2 levels\.$"):
        anchors.read(path)
    anchors.write(path, anchors.DEFAULT)
    assert anchors.holds_anchors(path)
    with pytest.raises(UserError, match=r"expected 9 pairs w,h of .* for 3 levels\.$"):
        anchors.read(path, levels=3)
    path.write_text("1,2, 3,4", encoding="utf-8")
    with pytest.raises(UserError, match="expected 6 or 9 pairs"):
        anchors.holds_anchors(path)
