"""Starting a network of three levels from weights of two, and the other way: what fits is kept, and it is said."""

import numpy as np
import pytest

from tests.yolo.weights.darknet_files import weights_file
from yolo import anchors
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.transfer import transfer_weights

NAMES = ("Katze", "größer Hund")
THREE = {"anchors": anchors.DEFAULTS[3], "masks": ((6, 7, 8), (3, 4, 5), (0, 1, 2))}
OF_THIRD_LEVEL = {"up3_conv", "up3_bn", "p3_head_conv", "p3_head_bn", "p3_out"}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("weights") / "zwei.keras", attention="se")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("weights") / "drei.keras", attention="se", **THREE)


def saved(path, **settings):
    """The path of a network in which every weight is a number of its own."""
    network = YoloV4Tiny(NAMES, **settings)
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(1, 2, weight.shape) for weight in network.weights])
    network.save(path)
    return path


def started(network, path):
    """The report of a transfer, after exactly the layers that it names were found to have the weights of the file.

    A file that does not name its classes gives the boxes and the objectness of its heads alone.
    """
    before = {layer.name: layer.get_weights() for layer in network.layers}
    initial = load_initial_weights(path, attention=network.attention)
    report = transfer_weights(network, initial)
    outputs = np.arange(3 * (5 + len(NAMES))) % (5 + len(NAMES))  # of a head: 4 of the box, objectness, classes
    for layer in network.layers:
        source = initial.network.get_layer(layer.name).get_weights() if layer.name in report.loaded else []
        new = outputs >= 5 if layer.name in HEADS and initial.class_names is None else False
        for mine, other, old in zip(layer.get_weights(), source or before[layer.name], before[layer.name], strict=True):
            np.testing.assert_array_equal(mine, np.where(new, old, other))
    return report


def test_weights_of_two_levels_fill_all_of_a_third_but_its_new_layers(two):
    report = started(YoloV4Tiny(NAMES, attention="se", **THREE), two)
    assert set(report.anew["the file has none"]) == OF_THIRD_LEVEL | {"attention_p3", "attention_up3"}
    assert {"stem_1_conv", "c5_bn", "p5_head_conv", "up_conv", "p4_out", "attention_up"} <= report.loaded.keys()
    assert (report.anew.keys(), report.unused) == ({"the file has none"}, {})
    _, _, kept, anew, *notes = str(report).splitlines()
    assert {"stem", "c2", "c3", "c4", "c5", "p5", "up", "p4", "attention_p4"} <= {*kept.replace(",", "").split()}
    assert {"up3", "p3", "p3_out", "attention_p3", "attention_up3"} <= {*anew.replace(",", "").replace(":", "").split()}
    assert notes == [
        "  classes kept: Katze, größer Hund; new: none",
        "  anchors are not those that the heads were trained with",
    ]


def test_heads_of_levels_with_the_same_anchors_need_no_remark(two):
    settings = {"anchors": ((4, 5), (6, 8), (9, 9), *anchors.DEFAULT), "masks": THREE["masks"]}
    report = started(YoloV4Tiny(NAMES, attention="se", **settings), two)
    assert report.notes == ("classes kept: Katze, größer Hund; new: none",)
    other = started(YoloV4Tiny(NAMES, attention="se", **settings | {"scale_xy": 1.2}), two)
    assert other.notes[1:] == ("scale_xy are not those that the heads were trained with",)
    both = started(YoloV4Tiny(NAMES, attention="se", scale_xy=1.2, **THREE), two)
    assert both.notes[1:] == ("anchors and scale_xy are not those that the heads were trained with",)


def test_of_three_levels_two_are_used_and_a_line_says_how_to_keep_the_third(three):
    report = started(YoloV4Tiny(NAMES, attention="se"), three)
    assert {"p5_conv", "up_conv", "p4_head_conv"} <= report.loaded.keys()
    assert report.unused.keys() == OF_THIRD_LEVEL | {"attention_p3", "attention_up3"}
    assert str(report).endswith("  the file has a third level, which --levels 3 keeps")


def test_of_as_many_levels_all_is_taken_over(three):
    initial = load_initial_weights(three)
    inherited = initial.inherited(NAMES, levels=3)
    assert (inherited["anchors"], inherited["masks"]) == tuple(THREE.values())
    assert initial.inherited(NAMES).keys() == {"epsilon"}, "two levels cannot have these anchors"
    report = started(YoloV4Tiny(NAMES, attention="se", **inherited), three)
    assert report.is_whole
    assert report.notes == ("classes kept: Katze, größer Hund; new: none",)


@pytest.mark.parametrize(("levels", "attention"), [(2, "se@p4+p3"), (3, "se@p4+p3"), (2, "se"), (3, "se")])
def test_a_file_of_weights_alone_may_have_another_number_of_levels(tmp_path, levels, attention):
    held = "se" if attention == "se" else "se@p4"
    settings = {2: {"attention": held}, 3: {"attention": attention} | THREE}[levels]
    YoloV4Tiny(NAMES, **settings).save_weights(tmp_path / "a.weights.h5")
    network = YoloV4Tiny(NAMES, attention=attention, **THREE)
    report = started(network, tmp_path / "a.weights.h5")
    assert {"p5_conv", "up_conv", "p4_head_conv", "attention_p4"} <= report.loaded.keys()
    assert ({"up3_conv", "p3_head_bn", "attention_p3"} <= report.loaded.keys()) == (levels == 3)


def test_darknets_weights_of_three_levels_start_a_network_of_three(tmp_path):
    weights_file(tmp_path / "a.weights", classes=2, levels=3)
    report = started(YoloV4Tiny(NAMES, **THREE), tmp_path / "a.weights")
    assert report.loaded.keys() >= OF_THIRD_LEVEL
    assert set(report.anew["the file does not name its classes"]) == {"p5_out", "p4_out", "p3_out"}
