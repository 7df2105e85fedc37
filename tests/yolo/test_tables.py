"""Tables against the lines that they should have, written by hand."""

import pytest

from yolo.tables import aligned, markdown, markdown_row, width

ROWS = [("class", "objects", "AP50"), ("cat", 12, "0.500"), ("traffic light", "1,234", "-")]


def test_names_are_aligned_at_the_left_and_numbers_at_the_right():
    assert aligned(ROWS, "lrr").splitlines() == [
        "class          objects   AP50",
        "cat                 12  0.500",
        "traffic light    1,234      -",
    ]


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (("犬", "ox"), ["犬  1", "ox  1"]),
        (("ﾊﾝ", "\uff21\uff22"), ["ﾊﾝ    1", "\uff21\uff22  1"]),  # katakana of half the width, A and B of the full one
        (("e\u0301cran", "ecran"), ["e\u0301cran  1", "ecran  1"]),  # an accent as a letter of its own
        (("\u1112\u1161\u11ab", "ox"), ["\u1112\u1161\u11ab  1", "ox  1"]),  # 한, as macOS writes it in three parts
        (("x\u200by", "ab"), ["x\u200by  1", "ab  1"]),  # a space of no width
    ],
    ids=["ideograph", "half and full width", "accent", "syllable", "no width"],
)
def test_a_letter_counts_as_the_columns_that_a_terminal_gives_it(names, lines):
    assert aligned([(name, 1) for name in names], "lr").splitlines() == lines


def test_the_width_of_letters():
    assert [width(text) for text in ("", "ox", "犬", "한국", "é", "e\u0301", "±")] == [0, 2, 2, 4, 1, 1, 1]


def test_lines_that_are_printed_one_by_one_stand_below_each_other():
    lines = [aligned([row], "lrl", widths=(5, 4), gap=1) for row in (("a", 1, "x"), ("bcd", 234, "y"))]
    assert lines == ["a        1 x", "bcd    234 y"]


def test_a_cell_that_is_longer_than_asked_for_widens_its_column():
    assert aligned([("abcdef", 1), ("b", 2)], "lr", widths=(2, 2)).splitlines() == ["abcdef   1", "b        2"]


def test_no_line_ends_in_spaces():
    assert aligned([("a", ""), ("", "bc")], "ll") == "a\n   bc"


def test_a_table_without_rows_is_its_headings_or_nothing():
    assert aligned([ROWS[0]], "lrr") == "class  objects  AP50"
    assert aligned([], "lrr") == ""
    assert markdown([ROWS[0]]) == "| class | objects | AP50 |\n|---|---|---|"
    assert markdown([ROWS[0]], "lrr") == "| class | objects | AP50 |\n| ----- | ------: | ---: |"


def test_markdown_can_be_short():
    assert markdown(ROWS).splitlines() == [
        "| class | objects | AP50 |",
        "|---|---|---|",
        "| cat | 12 | 0.500 |",
        "| traffic light | 1,234 | - |",
    ]


def test_markdown_can_be_aligned_to_be_read_as_it_is():
    assert markdown([("", *ROWS[0][1:]), ("犬", 12, "0.500")], "lrr").splitlines() == [
        "|     | objects |  AP50 |",
        "| --- | ------: | ----: |",
        "| 犬  |      12 | 0.500 |",
    ]


def test_a_bar_in_a_cell_is_no_end_of_it():
    rows = [("block", "AP"), ("a|b", "0.1")]
    assert markdown(rows).splitlines()[2] == r"| a\|b | 0.1 |"
    assert markdown(rows, "lr").splitlines() == ["| block |  AP |", "| ----- | --: |", r"| a\|b  | 0.1 |"]
    assert markdown_row(["a|b", 3]) == r"| a\|b | 3 |"


def test_rows_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"longer|shorter"):
        aligned([("a", "b"), ("c",)], "lr")
    with pytest.raises(ValueError, match=r"longer|shorter"):
        aligned([("a", "b")], "l")
