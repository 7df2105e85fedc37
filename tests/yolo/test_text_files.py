"""Text files as editors and tools of every system write them."""

import codecs

import pytest

from yolo.errors import UserError
from yolo.text_files import read_lines, read_text

LINES = ["größe", "红色", "a\tb", "c\x85d\u2028e"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_the_same_lines_are_read_from_every_unicode_encoding(tmp_path, end, mark, encoding):
    path = tmp_path / "lines.txt"
    path.write_bytes(mark + (end.join(LINES) + end).encode(encoding))
    assert read_lines(path, "the list") == LINES
    assert read_text(path, "the list") == "\n".join(LINES) + "\n"


def test_an_empty_file_is_an_empty_text(tmp_path):
    (tmp_path / "empty.txt").touch()
    assert read_text(tmp_path / "empty.txt", "the list") == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\ngröße\n".encode("cp1252"), "the list {path} is no text in UTF-8 (line 2: invalid"),
        (codecs.BOM_UTF16_LE + b"abc", "the list {path} is no text in UTF-16 (line 1: truncated data)"),
        ("abc".encode("utf-16-le"), "the list {path} is no text, or UTF-16 without a byte order mark"),
        (b"\x89PNG\r\n\x1a\n\0\0", "the list {path} is no text in UTF-8"),
    ],
)
def test_another_encoding_and_what_is_no_text_are_refused_in_a_sentence(tmp_path, content, message):
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_text(path, "the list")
    assert str(error.value).startswith(message.format(path=path))
    assert str(error.value).endswith("as UTF-8.")


def test_what_cannot_be_read_is_named(tmp_path):
    for name in ("none.txt", "x" * 300, "."):
        with pytest.raises(UserError, match="cannot read the list "):
            read_text(tmp_path / name, "the list")


def test_a_file_without_an_end_is_refused_at_once(monkeypatch, tmp_path):
    monkeypatch.setattr("yolo.text_files.LARGEST", 2**20)
    (tmp_path / "long").write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(UserError, match="more than 1 MB"):
        read_text(tmp_path / "long", "the list")
