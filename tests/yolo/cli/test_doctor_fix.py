"""`doctor --fix` as it is typed."""

import shlex
import shutil

import pytest

from tests.yolo.data.checks.clean_set import annotate, boxes, clean_set, enlist, listed, stem
from tests.yolo.data.folders import write_text


@pytest.fixture
def root(tmp_path):
    return clean_set(tmp_path / "my set")


def test_it_says_what_was_changed_and_what_to_do_next(yolo, root, tmp_path):
    name, *box = boxes(0)[0]
    annotate(root, stem(0), *boxes(0), (name, *box), (name, 30, 2, 73, 18), ("", *box))
    annotate(root, stem(1), *boxes(1), (name, 30, 2, 73, 18))
    annotate(root, "x", *boxes(103))
    shutil.copy(root / "JPEGImages" / "p00.jpg", root / "JPEGImages" / "x.jpg")
    enlist(root, train=listed("train", "x"))
    out = tmp_path / "fixed set"
    answer = yolo("doctor", "--data", str(root), "--fix", str(out))
    assert answer.code == 1, "the code of the data as they were"
    begin = answer.out.index("repaired copy in")
    assert answer.out[begin:].splitlines()[:-2] == [
        f"repaired copy in {out} as VOC XML: 71 pictures, 144 objects of 2 classes; train 31, val 20, test 20",
        f"4 changes, listed in {out / 'fixes.csv'}",
        "check                changes  files",
        "box-beyond-picture         2  p00.jpg, p01.jpg",
        "object-without-name        1  p00.xml",
        "duplicate-box              1  p00.jpg",
        "left as it is: 1 picture annotated otherwise than an equal one: x.jpg = p00.jpg",
        "to see what is left for you to decide, and to train:",
    ]
    check, train = map(shlex.split, answer.out.splitlines()[-2:])
    assert check == ["python", "-m", "yolo", "doctor", "--data", str(out)]
    assert train == ["python", "train.py", "--data", str(out)]
    again = yolo(*check[3:])
    assert "4 changes" not in again.out
    assert {line.split()[1] for line in again.out.splitlines() if line.startswith(("  warning", "  unusable"))} == {
        "same-picture-twice:",
        "same-picture-other-objects:",
    }


def test_a_copy_of_clean_data_has_no_changes_and_exit_code_0(yolo, root, tmp_path):
    answer = yolo("doctor", "--data", str(root), "--fix", str(tmp_path / "fixed"))
    assert answer.code == 0
    assert "\n0 changes, listed in" in answer.out
    assert (tmp_path / "fixed" / "fixes.csv").read_text() == "file,object,number,was,is,why\n"
    assert yolo("doctor", "--data", str(tmp_path / "fixed")).code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--fix", "out"], "error: --fix wants a data folder to check: add --data DATA."),
        (["--data", "{root}", "--fix", "{root}"], "error: {root} exists and is not an empty folder; give the name of"),
        (["--data", "{root}", "--fix", "{root}/out"], "error: {root}/out lies in the data at {root}, which are not"),
        (["--data", "{root}", "--fix", "{file}/out"], "error: cannot write to {file}/out: Not a directory"),
        (
            ["--data", "{root}/Annotations", "--fix", "{root}/JPEGImages/out"],
            "error: {root}/JPEGImages/out lies in the",
        ),
        (["--data", "{root}", "--fix", "out", "--json", "out/a.json"], "error: --json out/a.json and --fix out cannot"),
        (["--data", "{root}", "--fix", "a/out", "--json", "a"], "error: --json a and --fix a/out cannot both be writ"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(yolo, root, tmp_path, monkeypatch, words, line):
    monkeypatch.chdir(tmp_path)
    write_text(tmp_path / "file", "mine")
    before = sorted(tmp_path.rglob("*"))
    places = {"root": root, "file": tmp_path / "file"}
    answer = yolo("doctor", *(word.format(**places) for word in words))
    assert answer.code == 2
    assert answer.err.splitlines()[-1].startswith(line.format(**places))
    assert sorted(tmp_path.rglob("*")) == before


def test_data_that_cannot_be_read_are_not_repaired(yolo, tmp_path):
    answer = yolo("doctor", "--data", str(tmp_path / "none"), "--fix", str(tmp_path / "fixed"))
    assert answer.code == 2
    assert (
        answer.out.splitlines()[-1]
        == f"nothing to repair, as the data cannot be read: {tmp_path / 'fixed'} is not written"
    )
    assert not (tmp_path / "fixed").exists()


def test_a_copy_in_which_training_and_validation_are_the_same_is_trained_without_validation(yolo, root, tmp_path):
    enlist(root, val=listed("train"), test=listed("val", *listed("test")))
    answer = yolo("doctor", "--data", str(root), "--fix", str(tmp_path / "fixed"))
    assert answer.code == 2
    assert "as train and val name the same pictures\n" in answer.out
    assert answer.out.splitlines()[-1] == f"python train.py --data {tmp_path / 'fixed'} --val-split none"
