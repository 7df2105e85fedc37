"""Starting from the weights of another detector."""

import numpy as np
import pytest

from tests.yolo.training.thin import NAMES, thin_networks
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights.transfer import start_from


@pytest.fixture(autouse=True)
def _thin(monkeypatch):
    thin_networks(monkeypatch)


def saved(path, **settings):
    """A detector with every weight a number of its own, saved; returns {path: array}."""
    source = YoloV4Tiny(**{"class_names": NAMES} | settings)
    rng = np.random.default_rng(0)
    for weight in source.weights:
        weight.assign(rng.uniform(1, 2, weight.shape))
    source.save(path)
    return numbers(source)


def numbers(network):
    return {weight.path: weight.numpy() for weight in network.weights}


def taken(before, after, theirs):
    """The paths of the weights that were taken over; the others must be as they were."""
    same = {path for path, value in after.items() if path in theirs and np.array_equal(value, theirs[path])}
    for path in after.keys() - same:
        np.testing.assert_array_equal(after[path], before[path])
    return same


def test_a_detector_of_the_same_classes_is_taken_whole_statistics_included(tmp_path):
    theirs = saved(tmp_path / "été.keras")
    network = YoloV4Tiny(NAMES, dtype="mixed_bfloat16", input_size=(64, 96))
    sentence = start_from(network, tmp_path / "été.keras")
    assert taken({}, numbers(network), theirs) == theirs.keys()
    layers = len({path.rpartition("/")[0] for path in theirs})
    assert sentence == f"{layers} of {layers} layers taken from {tmp_path / 'été.keras'}"


@pytest.mark.parametrize("classes", [1, 3])
def test_of_other_classes_everything_but_the_two_heads_is_taken_and_it_is_said(tmp_path, classes):
    theirs = saved(tmp_path / "a.keras")
    network = YoloV4Tiny([f"class {i}" for i in range(classes)])
    before = numbers(network)
    sentence = start_from(network, tmp_path / "a.keras")
    heads = {"p5_out/kernel", "p5_out/bias", "p4_out/kernel", "p4_out/bias"}
    assert taken(before, numbers(network), theirs) == theirs.keys() - heads
    layers = len({path.rpartition("/")[0] for path in theirs})
    assert sentence.startswith(f"{layers - 2} of {layers} layers taken from")
    assert sentence.endswith("; made anew: p5_out, p4_out")


def test_attention_that_the_file_does_not_have_is_made_anew_and_named(tmp_path):
    theirs = saved(tmp_path / "a.keras")
    network = YoloV4Tiny(NAMES, attention="se")
    before = numbers(network)
    sentence = start_from(network, tmp_path / "a.keras")
    assert taken(before, numbers(network), theirs) == theirs.keys()
    assert sentence.endswith("; made anew: attention_p5")


@pytest.mark.parametrize("attention", ["se", "cbam", "eca", "ca"])
def test_the_same_attention_is_taken_with_the_rest(tmp_path, attention):
    source = YoloV4Tiny(NAMES, attention=attention)
    rng = np.random.default_rng(0)
    for weight in source.weights:
        weight.assign(rng.uniform(1, 2, weight.shape))
    source.save(tmp_path / "a.keras")
    network = YoloV4Tiny(NAMES, attention=attention)
    start_from(network, tmp_path / "a.keras")
    for mine, theirs in zip(network.weights, source.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_block_of_another_kind_is_not_mistaken_for_ones_own(tmp_path):
    saved(tmp_path / "a.keras", attention="eca")
    network = YoloV4Tiny(NAMES, attention="se")
    assert start_from(network, tmp_path / "a.keras").endswith("; made anew: attention_p5")


def test_attention_that_only_the_file_has_is_left_out(tmp_path):
    theirs = saved(tmp_path / "a.keras", attention="se")
    network = YoloV4Tiny(NAMES)
    start_from(network, tmp_path / "a.keras")
    assert taken({}, numbers(network), theirs) == numbers(network).keys()


def test_a_file_that_holds_no_detector_is_a_users_mistake(tmp_path):
    (tmp_path / "a.keras").write_bytes(b"no model")
    with pytest.raises(UserError, match=r"a\.keras is damaged"):
        start_from(YoloV4Tiny(NAMES), tmp_path / "a.keras")
    with pytest.raises(UserError, match="no weights file"):
        start_from(YoloV4Tiny(NAMES), tmp_path / "b.keras")


def test_a_detector_of_which_nothing_fits_is_a_users_mistake(tmp_path, monkeypatch):
    saved(tmp_path / "a.keras")
    monkeypatch.undo()
    network = YoloV4Tiny(["one"])  # of full width
    thin_networks(monkeypatch)
    with pytest.raises(UserError, match=r"no layer of .*a\.keras fits"):
        start_from(network, tmp_path / "a.keras")


@pytest.mark.parametrize("settings", [{"class_names": NAMES[::-1]}, {"anchors": [(9 + i, 9 + i) for i in range(6)]}])
def test_heads_that_mean_something_else_are_made_anew_though_their_shapes_fit(tmp_path, settings):
    saved(tmp_path / "a.keras")
    network = YoloV4Tiny(**{"class_names": NAMES} | settings)
    assert start_from(network, tmp_path / "a.keras").endswith("; made anew: p5_out, p4_out")
