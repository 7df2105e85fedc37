"""Findings as sentences, and their counts."""

from pathlib import Path

from yolo.data.findings import KINDS, LOST, Finding, FindingCounts, names_within


def test_a_finding_is_one_sentence_of_what_which_files_and_advice():
    assert Finding("x", "3 boxes left out").sentence() == "3 boxes left out"
    files = tuple(f"{i}.txt:{i}" for i in range(7))
    assert Finding("x", "7 boxes left out", 7, files).sentence(2) == "7 boxes left out: 0.txt:0, 1.txt:1 and 5 more"
    found = Finding("x", "1 box left out", 1, files[:1], "redraw it")
    assert found.sentence() == "1 box left out: 0.txt:0; redraw it"


def test_counts_become_findings_in_the_order_of_their_kinds():
    found = FindingCounts()
    found.add("twice", "b.txt")
    found.add("bad line", "a.txt:3", 2)
    found.add("bad line", "c.txt:1")
    found.add("polygon", "d.txt", 0)
    lines, twice = found.findings()
    assert (lines.check, lines.count, lines.files) == ("bad-line", 3, ("a.txt:3", "c.txt:1"))
    assert lines.text == "3 lines without a class number and a box, polygon or turned box left out"
    assert (twice.check, twice.count, twice.files) == ("duplicate-box", 1, ("b.txt",))


def test_every_kind_of_finding_has_a_check_of_its_own_and_lost_objects_are_said_to_be_left_out():
    assert len({kind.check for kind in KINDS.values()}) == len(KINDS)
    assert KINDS.keys() >= LOST
    assert all("left out" in KINDS[kind].counted(2) for kind in LOST)


def test_files_are_named_from_the_folder_that_all_have_in_common_if_there_is_one():
    below = [Path("farm/a.png"), Path("farm/test/a.png")]
    assert names_within(below[1:], below) == ["test/a.png"]
    assert names_within(below[:1], [*below, Path("street/b.png")]) == ["farm/a.png"]
    there = Path("/street/b.png").absolute()
    assert names_within([below[0], there], [*below, there]) == ["farm/a.png", there.as_posix()]
    here = Path("street/b.png").absolute()
    assert names_within([below[0], here], [*below, here]) == ["farm/a.png", "street/b.png"]
