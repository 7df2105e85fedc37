"""Class lists as people write them."""

import pytest

from tests.yolo.data.folders import write_text
from yolo.class_lists import choose_classes, read_names
from yolo.errors import UserError


def test_a_class_list_is_read_without_blank_lines_and_byte_order_mark(tmp_path):
    write_text(tmp_path / "classes.txt", "\ufeffdog\r\n\r\n traffic light \r\nzebra\n\n\n")
    assert read_names(tmp_path / "classes.txt") == ("dog", "traffic light", "zebra")


def test_a_class_list_in_utf_16_is_read_as_windows_writes_it(tmp_path):
    (tmp_path / "classes.txt").write_bytes("Hund\r\nKätzchen\r\n".encode("utf-16"))
    assert read_names(tmp_path / "classes.txt") == ("Hund", "Kätzchen")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("dog\ncat\ndog\n", "names dog more than once"),
        ("\n".join(list("abcdefg") * 2), "names a, b, c, d, e and 2 more more than once"),
        ("dog, cat, bird\n", "is one line with commas; write one class name on each line"),
        ("dog\n\ncat\t0\n", "line 3 of the class list .* holds a tab"),
        ("dog\n\x1b[31mred\n", "line 2 of the class list .* control character"),
        ("\n".join(map(str, range(100_001))), "has 100001 names; 100000 are possible"),
    ],
)
def test_a_class_list_that_is_none_is_refused(tmp_path, text, message):
    write_text(tmp_path / "classes.txt", text)
    with pytest.raises(UserError, match=message):
        read_names(tmp_path / "classes.txt")


def test_names_may_hold_commas_spaces_and_every_letter(tmp_path):
    names = ("bird, water", "红色 \u2028x", "a-b")
    write_text(tmp_path / "classes.txt", "\n".join(names))
    assert read_names(tmp_path / "classes.txt") == names


def test_a_million_equal_names_are_refused_at_once(tmp_path):
    write_text(tmp_path / "classes.txt", "dog\n" * 10**6)
    with pytest.raises(UserError, match="has 1000000 names"):
        read_names(tmp_path / "classes.txt")


def test_an_absent_class_list_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the class list .*nothing\.txt"):
        read_names(tmp_path / "nothing.txt")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cat,dog", ("cat", "dog")),
        (" dog , cat,", ("dog", "cat")),
        ("bag, plastic", ("bag, plastic",)),
        ("cat,bag, plastic,bag", ("cat", "bag, plastic", "bag")),
    ],
)
def test_classes_are_chosen_by_their_names_which_may_hold_commas(text, found):
    assert choose_classes(text, ("cat", "dog", "bag", "bag, plastic")) == found


@pytest.mark.parametrize(("text", "message"), [(" , ", "names no class"), ("cat,dgo", "no class 'dgo', did you mean")])
def test_a_class_that_is_not_there_cannot_be_chosen(text, message):
    with pytest.raises(UserError, match=message):
        choose_classes(text, ("cat", "dog"))
