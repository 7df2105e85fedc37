"""Groups by a pattern, and their union."""

import pytest

from yolo.data.split_groups import by_pattern, units
from yolo.errors import UserError


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        (r"^(.*)_\d+$", {"v/street": [0, 1], "cat": [2]}),
        (r"^[^/]+(?=/)", {"v": [0, 1]}),  # the whole match
        (r"cat|street", {"street": [0, 1], "cat": [2]}),
        (r"(dog)|cat", {"cat": [2]}),  # the group took no part
        (r"nothing", {}),
    ],
)
def test_a_group_has_the_name_of_what_the_pattern_finds(pattern, groups):
    assert by_pattern(pattern, {0: "v/street_001", 1: "v/street_002", 2: "cat_7", 3: "x y"}) == groups


@pytest.mark.parametrize("pattern", ["(", "*", "[a", "(?P<a>x)(?P<a>y)", "a{99999999999}"])
def test_a_wrong_pattern_is_one_sentence(pattern):
    with pytest.raises(UserError, match=r"^--group .* is no regular expression \(.+\): write one such as .*\.$"):
        by_pattern(pattern, {})


def test_pictures_are_connected_through_several_groups():
    assert units("abcdef", ["ab", "cd", "bd", "f"]) == [0, 0, 0, 0, 4, 5]
