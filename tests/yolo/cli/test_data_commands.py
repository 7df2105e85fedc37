"""`anchors` and `demo-data` as they are typed."""

import pytest

from yolo import anchors
from yolo.cli.anchors import main as anchors_command
from yolo.cli.demo_data import main as demo_command
from yolo.data import voc
from yolo.errors import UserError


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "set"
    demo_command(["--output", str(folder), "--pictures", "12", "--seed", "5"])
    return folder


def test_demo_data_writes_a_set_that_can_be_loaded_and_says_how_to_train_on_it(tmp_path, capsys):
    demo_command(["--output", str(tmp_path / "set"), "--pictures", "10"])
    assert len(voc.load(tmp_path / "set", "all")) == 10
    assert f"python train.py --data {tmp_path / 'set'}" in capsys.readouterr().out


def test_anchors_are_printed_beside_the_default_ones_and_written(demo, tmp_path, capsys):
    output = tmp_path / "anchors.txt"
    anchors_command(["--data", str(demo), "--input-size", "320", "512", "--output", str(output)])
    printed = capsys.readouterr().out
    fitted = anchors.read(output)
    assert fitted.shape == (6, 2)
    assert anchors.text(fitted) in printed
    assert "10,14, 23,27, 37,58, 81,82, 135,169, 344,319" in printed
    assert f"--anchors {output}" in printed


@pytest.mark.parametrize(
    "arguments", [["--data", "absent"], ["--data", "absent", "--input-size", "100", "64"], ["--seed", "-1"]]
)
def test_a_mistake_with_anchors_is_one_line(arguments):
    with pytest.raises((UserError, SystemExit)) as caught:
        anchors_command(arguments)
    assert isinstance(caught.value, UserError) or caught.value.code == 2


def test_too_few_demo_pictures_are_refused(tmp_path):
    with pytest.raises(UserError, match="--pictures"):
        demo_command(["--output", str(tmp_path / "set"), "--pictures", "3"])
    assert not (tmp_path / "set").exists()
