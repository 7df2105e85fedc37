"""`convert` from one format to the other and back."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet_writer
from yolo.weights.load_network import load_network

NAMES = ("Kätzchen", "großer Hund")


def network_of(**settings):
    """A small detector whose maps are of sane size and depend on every number in it."""
    network = YoloV4Tiny(
        **{
            "class_names": NAMES,
            "input_size": (64, 96),
            "anchors": [(9 + i, 7.5) for i in range(5)],
            "masks": ((2, 3, 4), (0, 1, 2)),
        }
        | settings
    )
    rng = np.random.default_rng(0)
    for weight in network.weights:
        if weight.path.endswith(("gamma", "moving_variance")):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        elif weight.path.endswith(("beta", "moving_mean", "bias")):
            weight.assign(rng.normal(0, 0.3, weight.shape))
    return network


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in, so that what is printed holds short paths."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def difference(answer):
    """The figure that was printed: by how much the maps of what was written differ."""
    assert answer.code == 0, answer.err
    line = answer.out.splitlines()[-1]
    assert line.startswith("read again: raw maps of a fixed picture, of up to ")
    return float(line.rpartition(" ")[2])


def same(network, other):
    """Whether two networks are equal to the last bit."""
    pairs = zip(network.get_weights(), other.get_weights(), strict=True)
    return network.get_config() == other.get_config() and all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_to_darknet_and_back_nothing_is_lost(yolo, place):
    network = network_of()
    network.save("été.keras")
    answer = yolo("convert", "été.keras", "out/b.weights")
    assert difference(answer) == 0
    assert answer.err == ""  # not a word of the file that is read again to prove it
    first, second, _ = answer.out.splitlines()
    assert first == (
        "read: été.keras, 2 classes, attention none, masks 2,3,4 and 0,1,2, resize mode letterbox, 96 x 64"
    )
    assert second.replace("\\", "/") == "written: out/b.weights, out/b.cfg, out/b.names"
    assert (place / "out" / "b.names").read_text(encoding="utf-8") == "Kätzchen\ngroßer Hund\n"
    assert difference(yolo("convert", "out/b.weights", "c.keras")) == 0
    assert same(load_network("c.keras"), network)


def test_the_class_list_names_what_darknets_file_does_not(yolo, place):
    network_of().save("a.keras")
    yolo("convert", "a.keras", "a.weights")
    (place / "a.names").unlink()
    assert "2 lines, one name each, with --classes." in yolo("convert", "a.weights", "b.keras").err
    (place / "list.txt").write_text("x\ny\n", encoding="utf-8")
    yolo("convert", "a.weights", "b.keras", "--classes", "list.txt")
    assert load_network("b.keras").class_names == ("x", "y")


def test_another_epsilon_is_made_up_for_and_said(yolo, place):
    network_of(epsilon=1e-3).save("a.keras")
    answer = yolo("convert", "a.keras", "a.weights")
    assert "a.names; batch norm epsilon 0.001 as Darknet's 1e-05, variances to match\n" in answer.out
    assert difference(answer) < 1e-5


def test_a_network_in_half_precision_is_compared_in_full(yolo, place):
    network_of(dtype="mixed_bfloat16").save("a.keras")
    assert difference(yolo("convert", "a.keras", "a.weights")) == 0


def test_keras_layout_of_weights_keeps_the_whole_network_and_keras_reads_it(yolo, place):
    settings = {"epsilon": 1e-3, "masks": ((2, 3, 4), (1, 2, 3)), "scale_xy": 1.0, "resize_mode": "stretch"}
    network = network_of(attention="cbam", **settings)
    network.save("a.keras")
    answer = yolo("convert", "a.keras", "b.weights.h5")
    assert difference(answer) == 0
    again = load_network("b.weights.h5")
    assert again.get_config() == network.get_config()
    assert same(network, again)
    other = network.twin()
    other.load_weights("b.weights.h5")
    assert same(network, other)
    assert difference(yolo("convert", "b.weights.h5", "c.keras")) == 0
    assert load_network("c.keras").get_config() == network.get_config()


def test_attention_cannot_go_to_darknet(yolo, place):
    network_of(attention="eca").save("a.keras")
    answer = yolo("convert", "a.keras", "a.weights")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("error: Darknet has no layers for the attention of this network (attention_p4, ")
    assert sorted(path.name for path in place.iterdir()) == ["a.keras"]


@pytest.mark.parametrize("there", ["b.weights", "b.cfg", "b.names"])
def test_nothing_is_overwritten_unless_forced(yolo, place, there):
    (place / there).write_text("mine", encoding="utf-8")
    answer = yolo("convert", "a.keras", "b.weights")
    assert answer.err == f"error: {there} would be overwritten: choose another name, or give --force.\n"
    assert (place / there).read_text(encoding="utf-8") == "mine"
    network_of().save("a.keras")
    assert difference(yolo("convert", "a.keras", "b.weights", "--force")) == 0


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize(
    ("out", "folder"),
    [
        ("b.keras", "b.keras"),
        ("b.weights.h5", "b.weights.h5"),
        ("b.weights", "b.weights"),
        ("b.weights", "b.cfg"),
        ("b.weights", "b.names"),
    ],
)
def test_a_folder_of_that_name_is_one_line_before_anything_is_read_or_replaced(yolo, place, out, folder, force):
    (place / folder).mkdir()
    mine = [name for name in ("b.weights", "b.cfg", "b.names") if name != folder]
    for name in mine:
        (place / name).write_text("mine", encoding="utf-8")
    answer = yolo("convert", "absent.keras", out, *force)
    said = f"error: {folder} is a folder, a pipe or a device, and stays: choose another OUT, or move it away.\n"
    assert (answer.code, answer.out, answer.err) == (2, "", said)
    assert all((place / name).read_text(encoding="utf-8") == "mine" for name in mine)


def test_a_folder_that_comes_while_the_files_are_written_leaves_all_as_it_is(yolo, place, monkeypatch):
    network_of().save("a.keras")
    (place / "b.weights").write_text("mine", encoding="utf-8")
    write = darknet_writer.write
    monkeypatch.setattr(darknet_writer, "write", lambda *given: (place / "b.names").mkdir() or write(*given))
    answer = yolo("convert", "a.keras", "b.weights", "--force")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("error: b.names is a folder, ")
    assert (place / "b.weights").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in place.iterdir()) == ["a.keras", "b.names", "b.weights"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_stays(yolo, place):
    os.mkfifo("b.cfg")
    answer = yolo("convert", "a.keras", "b.weights", "--force")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert (place / "b.cfg").is_fifo()


def test_what_the_system_refuses_in_the_end_is_one_line(yolo, place, monkeypatch):
    network_of().save("a.keras")

    def refuse(source, target):
        raise OSError(errno.ETXTBSY, os.strerror(errno.ETXTBSY))

    monkeypatch.setattr("yolo.atomic_write.os.replace", refuse)
    answer = yolo("convert", "a.keras", "b.weights")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("error: cannot write b.weights: ")


def test_what_reads_back_as_something_else_is_no_success(yolo, place, monkeypatch):
    network_of().save("a.keras")
    (place / "b.weights").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("yolo.weights.darknet_writer.EPSILON", 0.5)
    answer = yolo("convert", "a.keras", "b.weights", "--force")
    assert answer.code == 2
    assert answer.err.startswith("error: b.weights would give other raw maps (by ")
    assert (place / "b.weights").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in place.iterdir()) == ["a.keras", "b.weights"]


SHOWN = {"score_thresholds": (0.31, 0.5), "temperature": 1.5}


@pytest.mark.parametrize("target", ["b.keras", "b.weights.h5"])
def test_score_thresholds_and_temperature_are_kept(yolo, place, target):
    network = network_of(**SHOWN)
    network.save("a.keras")
    assert yolo("convert", "a.keras", target).code == 0
    assert same(load_network(target), network)


def test_what_darknet_has_no_place_for_is_said(yolo, place):
    network_of(**SHOWN).save("a.keras")
    answer = yolo("convert", "a.keras", "b.weights")
    assert (answer.code, answer.err) == (0, "")
    assert "; without the score thresholds and the temperature, for which Darknet has no place\n" in answer.out
    network_of().save("c.keras")
    assert "thresholds" not in yolo("convert", "c.keras", "d.weights").out
    network_of(temperature=1.5).save("e.keras")
    assert "; without the temperature, for which Darknet has" in yolo("convert", "e.keras", "f.weights").out


def test_what_the_maps_do_not_show_is_proven_too(yolo, place, monkeypatch):
    network_of().save("a.keras")
    cfg = darknet_writer.cfg
    other = network_of(anchors=[(8, 7.5)] * 5, masks=((2, 3, 4), (1, 2, 3)), resize_mode="stretch")
    monkeypatch.setattr(darknet_writer, "cfg", lambda network: cfg(other))
    answer = yolo("convert", "a.keras", "b.weights")
    assert answer.err == (
        "error: b.weights would not keep the anchors, masks, resize_mode of this network, so it is not written.\n"
    )
    assert sorted(path.name for path in place.iterdir()) == ["a.keras"]


def test_class_names_that_a_list_cannot_hold_are_no_success(yolo, place):
    network_of(class_names=("a\nb", "c")).save("a.keras")
    answer = yolo("convert", "a.keras", "b.weights")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert not (place / "b.weights").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["a.keras", "b.h5"], "the format of b.h5 is not known: its name must end in .weights.h5, .keras, .weights."),
        (["a.keras", "."], "the format of . is not known"),
        (["a.keras", "a.txt/b.keras"], "cannot make the folder a.txt: "),
        (["absent.keras", "b.keras"], "there is no weights file absent.keras; "),
        (["a.weights", "b.keras", "--classes", "absent.txt"], "cannot read the class list absent.txt: "),
        (["a.txt"], "the following arguments are required: OUT (see python -m yolo convert --help)"),
        (["a.txt", "b.keras"], "no detector can be loaded from a.txt: "),
    ],
)
def test_a_mistake_is_one_line(yolo, place, arguments, line):
    (place / "a.txt").write_text("some text", encoding="utf-8")
    (place / "a.weights").touch()
    answer = yolo("convert", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: " + line)
    assert answer.err.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no folder that takes no files")
def test_a_folder_that_takes_no_files_is_one_line(yolo, place):
    network_of().save("a.keras")
    answer = yolo("convert", "a.keras", "/proc/x.keras")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("error: cannot write to /proc: ")
