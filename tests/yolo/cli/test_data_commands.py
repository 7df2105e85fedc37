"""`anchors` and `demo-data` as they are typed."""

import shlex
import shutil

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, xml
from yolo import anchors
from yolo import config as configs
from yolo.cli.anchors import main as anchors_command
from yolo.cli.demo_data import main as demo_command
from yolo.data import data_folder
from yolo.errors import UserError


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "set"
    demo_command(["--output", str(folder), "--pictures", "12", "--seed", "5"])
    return folder


def test_demo_data_writes_a_set_that_can_be_loaded_and_says_how_to_train_on_it(tmp_path, capsys):
    demo_command(["--output", str(tmp_path / "set"), "--pictures", "10"])
    assert len(data_folder.load(tmp_path / "set", "all")) == 10
    assert f"python train.py --data {tmp_path / 'set'} --weights none" in capsys.readouterr().out


def test_anchors_are_printed_beside_the_default_ones_and_written(demo, tmp_path, capsys):
    output = tmp_path / "anchors.txt"
    anchors_command(["--data", str(demo), "--input-size", "320", "512", "--output", str(output)])
    printed = capsys.readouterr().out
    fitted = anchors.read(output)
    assert fitted.shape == (6, 2)
    assert anchors.text(fitted) in printed
    assert "10,14, 23,27, 37,58, 81,82, 135,169, 344,319" in printed
    assert f"--anchors {output}" in printed


def test_three_levels_have_nine_anchors_and_the_command_to_train_with_them_says_so(demo, tmp_path, capsys):
    output = tmp_path / "anchors.txt"
    anchors_command(["--data", str(demo), "--levels", "3", "--output", str(output)])
    printed = capsys.readouterr().out
    assert anchors.text(anchors.read(output, levels=3)) in printed
    assert "12,16, 19,36, 40,28, 36,75, 76,55, 72,146, 142,110, 192,243, 459,401" in printed
    assert f"--levels 3 --resize letterbox --anchors {output}" in printed


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--levels", "4"], "error: --levels must be from 2 to 3; got 4."),
        (["--data", "absent"], "error: there are no data at absent; "),
        (["--input-size", "100", "64"], "error: --input-size must be at least 64 and a multiple of 32; got 100 64."),
        (["--seed", "-1"], "error: --seed must be at least 0; got -1."),
        (["--split", "tset"], "error: {data} has no split 'tset': choose from "),
    ],
)
def test_a_mistake_with_anchors_is_one_line(yolo, demo, flags, line):
    answer = yolo("anchors", "--data", str(demo), *flags)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(line.format(data=demo))
    assert answer.err.count("\n") == 1


def test_a_list_with_a_slip_is_answered_with_the_near_one(yolo, demo):
    assert "did you mean 'test'?" in yolo("anchors", "--data", str(demo), "--split", "tset").err


@pytest.mark.parametrize("pictures", ["99999999999999999999", "10000001", "9", "-1"])
def test_a_number_of_demo_pictures_beyond_all_reason_is_refused_at_once(yolo, tmp_path, pictures):
    answer = yolo("demo-data", "--output", str(tmp_path / "set"), "--pictures", pictures)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: --pictures must be at ")
    assert not (tmp_path / "set").exists()


def test_damaged_pictures_are_named_counted_and_not_measured(yolo, demo, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(demo, folder)
    first, second, *_ = (known.path for known in data_folder.load(folder, "train").annotations)
    first.write_bytes(b"no picture")
    second.write_bytes(second.read_bytes()[:100])
    answer = yolo("anchors", "--data", str(folder))
    assert answer.code == 0
    whole, left = len(data_folder.load(demo, "train")), len(data_folder.load(folder, "train")) - 2
    assert f" objects in {left} pictures, " in answer.out
    assert first.name in answer.err
    assert second.name in answer.err
    assert f"2 of {whole} " in answer.err


def test_a_problem_of_the_data_is_a_warning(yolo, demo, tmp_path):
    folder = tmp_path / "incomplete"
    shutil.copytree(demo, folder)
    lost = data_folder.load(folder, "train").annotations[0].path
    lost.unlink()
    answer = yolo("anchors", "--data", str(folder))
    taken, warning = answer.err.splitlines()
    assert taken.startswith("VOC XML: 5 classes, 7 train, 2 val, 2 test")
    said = f"1 annotation left out because no picture has that name: {lost.stem}.xml; bring the pictures"
    assert warning == f"warning: {said}"


def test_too_few_demo_pictures_are_refused(tmp_path):
    with pytest.raises(UserError, match="--pictures"):
        demo_command(["--output", str(tmp_path / "set"), "--pictures", "3"])
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("kind", [kind for kind in vars(configs).values() if hasattr(kind, "data")])
def test_every_command_that_reads_annotations_is_told_how_they_are_meant(kind):
    assert {"corners", "negatives"} <= set(vars(kind))


def test_anchors_takes_negatives_and_prints_commands_that_read_the_data_alike(tmp_path, capsys):
    root = voc_root(
        tmp_path / "my set", {"a": xml(DOG, ("dog", 5, 3, 22, 17), ("dog", 2, 9, 31, 12))}, {"train": "a\nb"}
    )
    write_picture(root / "JPEGImages" / "b.jpg")
    output = tmp_path / "my anchors.txt"
    flags = ["--data", str(root), "--corners", "0", "--negatives"]
    anchors_command([*flags, "--output", str(output)])
    printed = capsys.readouterr().out
    assert "3 objects in 2 pictures, measured at 416 x 416" in printed
    words = shlex.split(printed.splitlines()[-1])
    assert words == ["python", "train.py", *flags, "--resize", "letterbox", "--anchors", str(output)]
    flags += ["--resize", "stretch"]
    anchors_command(flags)
    assert shlex.split(capsys.readouterr().out.splitlines()[-1])[-9:] == [*flags, "--output", "anchors.txt"]
