"""`convert-data` as it is typed."""

import shlex
import subprocess
import sys

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_text, xml
from tests.yolo.data.writing.awkward import awkward


@pytest.fixture
def source(tmp_path):
    return awkward(tmp_path / "my set")


def test_it_says_what_was_written_and_how_to_train_on_it(yolo, source, tmp_path):
    answer = yolo("convert-data", str(source), str(tmp_path / "new set"), "--format", "voc", "--corners", "1")
    assert answer.code == 0
    first, *_, last = answer.out.splitlines()
    assert first == (
        f"written to {tmp_path / 'new set'} as VOC XML: 6 pictures (1 without objects), 7 objects of 3 classes; "
        "train 3, val 2, extra 2, unlisted 1"
    )
    assert shlex.split(last) == ["python", "train.py", "--data", str(tmp_path / "new set")]
    assert (tmp_path / "new set/JPEGImages/日本.jpg").is_file()


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ([], "2 difficult objects written like the others, as YOLO has no mark for them; --difficult drop leaves"),
        (["--difficult", "drop"], "2 difficult objects left out, as asked by --difficult drop"),
    ],
)
def test_the_number_of_difficult_objects_is_said(yolo, source, tmp_path, flags, line):
    answer = yolo("convert-data", str(source), str(tmp_path / "out"), "--format", "yolo", *flags)
    assert answer.code == 0
    assert line in answer.out
    written = "".join(path.read_text() for path in (tmp_path / "out/labels").rglob("*.txt"))
    assert written.count("\n") == (5 if flags else 7)


def test_a_folder_in_the_data_is_refused_as_the_data_would_then_have_two_formats(yolo, source):
    answer = yolo("convert-data", str(source), str(source / "new"), "--format", "yolo")
    assert answer.code == 2
    assert f"{source / 'new'} lies in the data at {source}" in answer.err
    assert not (source / "new").exists()


def test_findings_of_the_reading_are_warnings(yolo, tmp_path):
    root = voc_root(tmp_path / "in", {"a": xml(DOG, ("", 1, 1, 5, 5))}, {"train": "a\nlost"})
    answer = yolo("convert-data", str(root), str(tmp_path / "out"), "--format", "coco")
    assert answer.code == 0
    assert "warning: 1 object without a name left out: a.xml\n" in answer.err
    assert "warning: 1 entry of a list left out because no picture has that name: lost" in answer.err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["absent", "out", "--format", "voc"], "error: there are no data at absent"),
        (["{root}", "out", "--format", "darknet"], "error: --format must be one of voc, yolo, coco; got 'darknet'"),
        (["{root}", "{root}", "--format", "voc"], "error: {root} exists and is not an empty folder; give the name of"),
        (["{root}", "{file}/out", "--format", "voc"], "error: cannot write to {file}/out: Not a directory"),
        (
            ["{root}", "{empty}", "--format", "voc"],
            "error: {empty} is the folder that the command runs in",
        ),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(yolo, source, tmp_path, monkeypatch, words, line):
    monkeypatch.chdir(tmp_path)
    write_text(tmp_path / "file", "mine")
    if "{empty}" in words:
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
    before = sorted(tmp_path.rglob("*"))
    names = {"root": source, "file": tmp_path / "file", "empty": "."}
    answer = yolo("convert-data", *(word.format(**names) for word in words))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1].startswith(line.format(**names))
    assert sorted(tmp_path.rglob("*")) == before


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from yolo import cli
cli.main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_disk_without_room_is_one_line_and_leaves_nothing(tmp_path, repository):
    root = voc_root(tmp_path / "in", {"a": xml(DOG)}, {"train": "a"})
    with (root / "JPEGImages/a.jpg").open("ab") as file:
        file.write(bytes(5000))
    command = [sys.executable, "-c", FULL, "convert-data", root, tmp_path / "new/out", "--format", "yolo"]
    answer = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.splitlines()[-1].startswith(f"error: cannot copy the picture {root / 'JPEGImages/a.jpg'}: ")
    assert list((tmp_path / "new").iterdir()) == []
