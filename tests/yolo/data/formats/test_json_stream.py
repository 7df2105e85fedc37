"""JSON read element by element: the same values as `json.loads`, the lines, and one sentence on what is wrong."""

import json
import math

import pytest

from yolo.data.formats import json_stream
from yolo.data.formats.json_stream import members
from yolo.errors import UserError


def read(path, content):
    """Each key with the elements of its array, or its value, and with their lines."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(member.key, list(member.elements)) for member in members(path)]


@pytest.fixture(params=[7, 2**16])
def window(request, monkeypatch):
    """Letters that are read at once: a few, so that every value is cut somewhere, or the usual number."""
    monkeypatch.setattr(json_stream, "FIRST", request.param)
    monkeypatch.setattr(json_stream, "LARGEST", request.param)


@pytest.mark.parametrize("indent", [None, 0, 3])
def test_elements_come_as_python_reads_them_with_the_lines_in_which_they_begin(tmp_path, window, indent):
    content = {
        "info": {"a": [1, {"b": []}]},
        "none": [],
        "words": ["x" * 40, 'say "]}"', "ä\u2028🐈"],
        "numbers": [12345678901, -0.5, 1e-7, True, None],
        "images": [{"id": n, "name": f"a{n}"} for n in range(30)],
        "last": 98765,
    }
    for ascii_only in (True, False):
        text = json.dumps(content, indent=indent, ensure_ascii=ascii_only)
        found = read(tmp_path / "a.json", text)
        assert {key: [value for value, _ in values] for key, values in found} == {
            key: value if isinstance(value, list) else [value] for key, value in content.items()
        }
        lines = text.split("\n")
        for value, line in dict(found)["images"]:
            assert indent is None or json.dumps(value["id"]) in lines[line]  # the line after the brace
            assert indent is not None or line == 1


def test_an_array_at_the_top_is_one_member_without_a_key(tmp_path, window):
    assert read(tmp_path / "a.json", '[1, {"a": 2},\n 3]') == [("", [(1, 1), ({"a": 2}, 1), (3, 2)])]
    assert read(tmp_path / "a.json", " [ ] ") == [("", [])]
    assert read(tmp_path / "a.json", "{ }\n") == []


def test_elements_that_nobody_takes_are_skipped(tmp_path, window):
    path = tmp_path / "a.json"
    path.write_text('{"a": [1, 2, 3], "b": [4, 5], "c": 6}')
    assert [(member.key, next(member.elements)[0]) for member in members(path)] == [("a", 1), ("b", 4), ("c", 6)]
    assert [member.key for member in members(path)] == ["a", "b", "c"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path, window, encoding):
    assert read(tmp_path / "a.json", '{"a": ["ä",\r\n "猫"]}'.encode(encoding)) == [("a", [("ä", 1), ("猫", 2)])]


def test_nan_and_infinity_are_read_as_python_writes_them(tmp_path, window):
    ((_, [(nan, _), (infinity, _), (negative, _)]),) = read(tmp_path / "a.json", '{"a": [NaN, Infinity, -Infinity]}')
    assert math.isnan(nan)
    assert (infinity, negative) == (math.inf, -math.inf)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is empty"),
        (" \n ", "it is empty"),
        ("cat", "no JSON in line 1, expecting an object or an array, found 'c'"),
        ('{"a": [1,\n2,\n', "it ends in line 2, cut short"),
        ('{"a": [{"b": "cut he', "it ends in line 1, cut short"),
        ('{"a": [{"b":\n\n 1}', "it ends in line 3, cut short"),
        ('{"a": [1]', "it ends in line 1, cut short"),
        ('{"a"', "it ends in line 1, cut short"),
        ('{"a":', "it ends in line 1, cut short"),
        ("{", "it ends in line 1, cut short"),
        ('{"a": [1,\n2 3]}', "no JSON in line 2, expecting ',' or ']'"),
        ('{"a": [1],\nb: 2}', "no JSON in line 2, expecting a key in double quotes"),
        ('{"a" 5}', "no JSON in line 1, expecting ':'"),
        ('{"a": 5\n"b": 6}', "no JSON in line 2, expecting ',' or '}'"),
        ('{"a": [{"b"\n: }, 2, 3, 4, 5, 6, 7, 8]}', "no JSON in line 2, Expecting value"),
        ('{"a": [1]}\n{"a": [2]}', "no JSON in line 2, more text follows the end"),
        ('{"a": [' + "[" * 100_000 + "]" * 100_000 + "]}", "no JSON in line 1, nested too deep"),
        ('{"a": [1' + "0" * 5000 + "]}", "no JSON in line 1, Exceeds the limit"),
    ],
)
def test_a_fault_is_told_in_one_sentence_with_its_line(tmp_path, window, text, fault):
    path = tmp_path / "a.json"
    with pytest.raises(UserError) as error:
        read(path, text)
    assert str(error.value).startswith(f"cannot read {path}: {fault}")
    assert str(error.value).count(". ") == 0


def test_text_in_a_code_page_and_files_that_are_absent_are_refused(tmp_path):
    with pytest.raises(UserError, match="no text in UTF-8"):
        read(tmp_path / "a.json", '{"a": ["ä"]}'.encode("cp1252"))
    with pytest.raises(UserError, match=r"cannot read .*b\.json: "):
        list(members(tmp_path / "b.json"))
    with pytest.raises(UserError, match="cannot read"):
        list(members(tmp_path))


def test_a_missing_quote_does_not_make_it_read_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "LONGEST", 1000)
    monkeypatch.setattr(json_stream, "LARGEST", 100)
    monkeypatch.setattr(json_stream, "FIRST", 100)
    with pytest.raises(UserError, match="line 2, an element of more than 0 MB"):
        read(tmp_path / "a.json", '{"a": [1,\n "' + "x" * 100_000 + '"]}')
