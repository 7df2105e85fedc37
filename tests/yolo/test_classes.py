"""Class lists as people write them."""

import pytest

from tests.yolo.data.folders import write_text
from yolo.classes import read_names
from yolo.errors import UserError


def test_a_class_list_is_read_without_blank_lines_and_byte_order_mark(tmp_path):
    write_text(tmp_path / "classes.txt", "\ufeffdog\r\n\r\n traffic light \r\nzebra\n\n\n")
    assert read_names(tmp_path / "classes.txt") == ("dog", "traffic light", "zebra")


@pytest.mark.parametrize(("text", "message"), [("\n \n", "empty"), ("dog\ncat\ndog\n", "names dog more than once")])
def test_an_empty_or_repeating_class_list_is_refused(tmp_path, text, message):
    write_text(tmp_path / "classes.txt", text)
    with pytest.raises(UserError, match=message):
        read_names(tmp_path / "classes.txt")


def test_an_absent_class_list_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the class list .*nothing\.txt"):
        read_names(tmp_path / "nothing.txt")
