"""What no network can have is refused in one sentence, and what people have is not."""

import numpy as np
import pytest

from yolo import option_limits
from yolo.errors import UserError
from yolo.nets.network_checks import check

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("class_names", names) for names in ([], "cat", [1], [""], ["a", "a"], ["\ud800"], None, {"a": 1}, [["a"]])),
        *(("anchors", sides) for sides in ([], [(-5, 5)] * 6, [(0, 1)], [(NAN, 1)], [(INF, 1)], [(1e7, 1)], [(1,)], 3)),
        *(("anchors", sides) for sides in ([("1", "2")], [(True, 1)], None, [None])),
        *(("masks", masks) for masks in (3, [], [(0, 1, 2)], [(0, 1), (2, 3)], [(0, 1, -1), (0, 1, 2)])),
        *(("masks", masks) for masks in ([(0, 1, 2.0), (0, 1, 2)], [(0, 1, 2)] * 4, ["abc", "def"])),
        *(("input_size", size) for size in ([0, 0], [-32, -32], [64, 95], 416, [64], [64, 64, 3], "xx", [32.0, 32])),
        *(("input_size", size) for size in ([320_000_000, 320], [32_736, 32_736], [True, 32])),
        *(("resize_mode", mode) for mode in ("crop", None, [], 0)),
        *(("scale_xy", scale) for scale in (-1, 0, NAN, INF, "1", None, [1, 2], 1e300, True)),
        *(("epsilon", epsilon) for epsilon in (-1.0, 0, 1, NAN, "1e-5", None)),
        *(("score_thresholds", values) for values in ([1.5], [-0.1], [NAN], ["0.5"], [True], "0", {}, 0.5, None)),
        *(("temperature", value) for value in (0, -1, NAN, INF, 1e-3, 101, 10**400, "1", None, True)),
        *(("dtype", dtype) for dtype in ("int8", "string", "")),
    ],
)
def test_what_no_network_can_have_is_one_sentence_with_the_name_and_the_value(name, value):
    with pytest.raises(UserError, match=rf"^{name} must be .*; got .*\.$") as error:
        check({name: value})
    assert "\n" not in str(error.value)
    str(error.value).encode()


def test_masks_beyond_the_anchors_are_told_with_their_number():
    with pytest.raises(UserError, match="masks must be numbers from 0 to 5, as there are 6 anchors"):
        check({"anchors": [(1, 2)] * 6, "masks": [(9, 9, 9), (0, 1, 2)]})


@pytest.mark.parametrize("thresholds", [[0.5], [0.5] * 3])
def test_each_class_has_a_score_threshold_or_none_has(thresholds):
    with pytest.raises(UserError, match="score_thresholds must be one number for each of 2 classes"):
        check({"class_names": ("a", "b"), "score_thresholds": thresholds})
    check({"class_names": ("a", "b"), "score_thresholds": ()})


@pytest.mark.parametrize(
    "settings",
    [
        {"class_names": ("größer Hund", "🐈", np.str_("a")), "anchors": np.ones((6, 2), np.float32)},
        {"class_names": [str(number) for number in range(option_limits.CLASSES)]},
        {"anchors": [(0.5, 2)] * 9, "masks": [[6, 7, 8], [0, 1, 2]]},
        {"input_size": np.array([32, 8192]), "resize_mode": "stretch", "scale_xy": 2, "epsilon": 1e-3},
        {"scale_xy": np.float32(1.05), "dtype": "mixed_bfloat16"},
        {},
    ],
)
def test_what_people_have_is_left_alone(settings):
    check(settings)
