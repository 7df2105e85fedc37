"""Counts and sizes as they are written in messages."""

import math

import pytest

from yolo.wording import counted, listed, printable, resolution, short_repr, shown_from, span, with_interval


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "picture", "0 pictures"),
        (1, "picture", "1 picture"),
        (2, "picture", "2 pictures"),
        (1, "box", "1 box"),
        (2, "box", "2 boxes"),
        (3, "class", "3 classes"),
        (2, "batch", "2 batches"),
        (2, "epoch", "2 epochs"),
        (2, "entry", "2 entries"),
        (2, "day", "2 days"),
        (2, "training picture", "2 training pictures"),
    ],
)
def test_a_count_has_its_noun_in_the_right_number(number, noun, text):
    assert counted(number, noun) == text


def test_a_plural_of_its_own_can_be_given():
    assert counted(2, "branch", "branches") == "2 branches"
    assert counted(1, "branch", "branches") == "1 branch"


def test_words_are_listed_as_in_a_sentence():
    assert [listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_sizes_are_written_width_by_height():
    assert resolution((480, 640, 3)) == "640 x 480"
    assert resolution((64, 96)) == "96 x 64"


def test_values_are_shown_whole_unless_they_are_endless():
    assert short_repr("a'b\n") == '"a\'b\\n"'
    assert short_repr(10**19) == "10000000000000000000"
    assert len(short_repr("x" * 10**6)) == 200
    assert len(short_repr(10**1000)) < 50


def test_a_message_is_one_line_without_control_codes_and_endless_words():
    assert printable("a\nb\x1b[31m\tc\u2028d") == "a\\nb\\x1b[31m\\tc\\u2028d"
    assert printable("größe 红色 " + "x" * 200) == "größe 红色 " + "x" * 200
    assert printable("no x" + "y" * 500 + ".") == "no x" + "y" * 99 + "..." + "y" * 49 + "."


def test_scores_are_shown_by_the_smallest_and_the_largest():
    assert span((0.55, 0.28123, 0.3)) == "0.281 to 0.55"
    assert span((0.25,)) == span((0.25001, 0.24999)) == "0.25"


def test_thresholds_that_differ_do_not_read_as_a_range_of_scores():
    assert shown_from((0.55, 0.28123, 0.3)) == "with the score thresholds of their classes (0.281 to 0.55)"
    assert shown_from((0.25001, 0.24999)) == "with a score of 0.25 or more"
    assert shown_from((0.3, 0.25)) == "with the score thresholds of their classes (0.25 to 0.3)"
    assert shown_from((0.25, 0.3)) == "with the score thresholds of their classes (0.25 to 0.3)"


def test_a_number_has_its_interval_behind_it_if_it_is_known():
    assert with_interval(0.79, (0.7512, 0.8257)) == "0.790 [0.751, 0.826]"
    assert with_interval(0.79, (math.nan, math.nan)) == "0.790"
    assert with_interval(math.nan, (math.nan, math.nan)) == "-"
