"""Starting from the weights of another detector."""

import keras
import numpy as np
import pytest

from tests.yolo.training.thin import NAMES, thin_networks
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet, keras3_weights, load_network
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.model_format import ModelFormat
from yolo.weights.transfer import transfer_weights

HEADS = {"p5_out", "p4_out"}
BODY = {f"{unit}_{part}" for unit in ("stem_1", "c4", "c5", "p5") for part in ("conv", "bn")}
COCO = {"masks": ((3, 4, 5), (1, 2, 3)), "resize_mode": "stretch"}
KERAS2 = {"masks": ((3, 4, 5), (1, 2, 3)), "scale_xy": 1.0, "epsilon": 1e-3}


@pytest.fixture(autouse=True)
def _thin(monkeypatch):
    thin_networks(monkeypatch)


def randomized(**settings):
    """A detector with every weight a number of its own."""
    network = YoloV4Tiny(**{"class_names": NAMES} | settings)
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(1, 2, values.shape) for values in network.get_weights()])
    return network


def saved(path, **settings):
    network = randomized(**settings)
    network.save(path)
    return network


@pytest.fixture
def nameless(monkeypatch):
    """Puts a network in the place of what the loaders of Darknet's and Keras 2's files give."""

    def hold(network):
        arrays = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
        monkeypatch.setattr(darknet, "convolutions", lambda path: arrays)
        for model_format in (ModelFormat.DARKNET, ModelFormat.KERAS2):
            parts = {"load": lambda path, *given: network, "count_classes": lambda path: len(network.class_names)}
            kind = type("kind", (), parts)
            monkeypatch.setitem(load_network.NAMELESS, model_format, kind)

    return hold


def assert_taken(network, source, before, expected, labels=((0, 0), (1, 1))):
    """Exactly the layers expected have the source's weights; the others are as they were.

    Of the heads, the classes with these pairs of labels, mine and theirs, have the source's weights.
    """
    for layer, old in zip(network.layers, before, strict=True):
        theirs = source.get_layer(layer.name).get_weights() if layer.name in expected else old
        if layer.name in HEADS & set(expected):
            theirs = [joined(*pair, labels) for pair in zip(old, theirs, strict=True)]
        for mine, other in zip(layer.get_weights(), theirs, strict=True):
            np.testing.assert_array_equal(mine, other)


def joined(mine, theirs, labels):
    """A kernel or bias of a head as it should be: anchor after anchor, box and objectness, then class after class."""
    outputs, others = mine.shape[-1] // 3, theirs.shape[-1] // 3
    columns = []
    for anchor in range(3):
        first, other = anchor * outputs, anchor * others
        columns += [theirs[..., other + i] for i in range(5)]
        for label in range(outputs - 5):
            known = [theirs[..., other + 5 + there] for here, there in labels if here == label]
            columns += known or [mine[..., first + 5 + label]]
    return np.stack(columns, axis=-1)


def weights_of(network):
    return [layer.get_weights() for layer in network.layers]


def transfer(network, path, strict=False):
    return transfer_weights(network, load_initial_weights(path, attention=network.attention), strict)


def start(network, path, labels=((0, 0), (1, 1))):
    """A transfer, and the layers that it took."""
    before = weights_of(network)
    report = transfer(network, path)
    source = load_initial_weights(path, attention=network.attention).network
    assert_taken(network, source, before, report.loaded.keys(), labels)
    return report


def test_a_detector_of_the_same_classes_is_taken_whole_statistics_included(tmp_path):
    source = saved(tmp_path / "été.keras")
    network = YoloV4Tiny(NAMES, dtype="mixed_bfloat16", input_size=(64, 96))
    report = start(network, tmp_path / "été.keras")
    assert report.loaded.keys() == BODY | HEADS
    assert sum(report.loaded.values()) == source.count_params()
    assert report.is_whole


@pytest.mark.parametrize(
    ("names", "labels", "note"),
    [
        (["a", "b"], [], "classes kept: none; new: a, b"),
        (["rot", "grün"], [(0, 1), (1, 0)], "classes kept: rot, grün; new: none"),
        (["rot"], [(0, 1)], "classes kept: rot; new: none"),
        (["blau", "grün", "Rot", "weiß"], [(1, 0), (2, 1)], "classes kept: grün, Rot (from rot); new: blau, weiß"),
    ],
    ids=["others", "another order", "one fewer", "two more"],
)
def test_the_heads_keep_boxes_objectness_and_the_classes_of_the_same_name(tmp_path, names, labels, note):
    saved(tmp_path / "a.keras")
    report = start(YoloV4Tiny(names), tmp_path / "a.keras", labels)
    taken, of_one = 3 * (5 + len(labels)), 8 + 1  # outputs, and the weights and the bias of each
    assert report.loaded.keys() == BODY | HEADS
    assert [report.loaded[name] for name in HEADS] == [taken * of_one] * 2
    new, left = 3 * (len(names) - len(labels)) * of_one, 3 * (2 - len(labels)) * of_one
    assert report.anew == ({"the file does not have all classes": dict.fromkeys(HEADS, new)} if new else {})
    assert report.unused == (dict.fromkeys(HEADS, left) if left else {})
    assert report.notes == (note,)


def test_a_converted_file_gives_its_classes_as_well(tmp_path):
    keras3_weights.save(randomized(), tmp_path / "a.weights.h5")
    report = start(YoloV4Tiny(["blau", "rot"]), tmp_path / "a.weights.h5", [(1, 1)])
    assert report.notes == ("classes kept: rot; new: blau",)


def test_new_classes_begin_as_those_of_a_network_from_random_weights(tmp_path):
    saved(tmp_path / "a.keras")
    keras.utils.set_random_seed(3)
    fresh = YoloV4Tiny(["neu", "rot"])
    keras.utils.set_random_seed(3)
    network = YoloV4Tiny(["neu", "rot"])
    transfer(network, tmp_path / "a.keras")
    for name in HEADS:
        for mine, random in zip(
            network.get_layer(name).get_weights(), fresh.get_layer(name).get_weights(), strict=True
        ):
            np.testing.assert_array_equal(mine[..., 5::7], random[..., 5::7])
            assert (mine[..., 6::7] != random[..., 6::7]).all()
        assert (network.get_layer(name).get_weights()[1][5::7] == 0).all()


@pytest.mark.parametrize(
    ("settings", "other"),
    [
        ({"anchors": [(9 + i, 9 + i) for i in range(6)]}, "anchors"),
        ({"masks": ((3, 4, 5), (1, 2, 3))}, "masks"),
        ({"scale_xy": 1.0, "masks": ((3, 4, 5), (1, 2, 3))}, "masks and scale_xy"),
    ],
)
def test_heads_whose_boxes_are_decoded_otherwise_are_kept_and_it_is_told(tmp_path, settings, other):
    saved(tmp_path / "a.keras")
    report = start(YoloV4Tiny(NAMES, **settings), tmp_path / "a.keras")
    assert report.is_whole
    assert report.notes[1:] == (f"{other} are not those that the heads were trained with",)
    with pytest.raises(UserError, match=rf"as --strict asks for \(the file has other {other}\)"):
        transfer(YoloV4Tiny(NAMES, **settings), tmp_path / "a.keras", strict=True)


@pytest.mark.parametrize(
    ("theirs", "mine", "anew", "unused"),
    [
        ("none", "none", {}, ()),
        ("none", "se", {"the file has none": {"attention_p5": 8 + 8}}, ()),
        ("se", "none", {}, ("attention_p5",)),
        ("se", "se", {}, ()),
        ("se", "se(ratio=16)", {}, ()),
        ("cbam", "cbam", {}, ()),
        ("ca", "ca@p5", {}, ()),
        ("eca", "se", {"the file has another attention there": {"attention_p5": 8 + 8}}, ("attention_p5",)),
        ("se", "se(ratio=4)", {"the file has another attention there": {"attention_p5": 32}}, ("attention_p5",)),
        (
            "se",
            "se(identity_start=True)",
            {"the file has another attention there": {"attention_p5": 16}},
            ("attention_p5",),
        ),
    ],
)
def test_attention_is_taken_where_it_is_the_same_block_with_the_same_arguments(tmp_path, theirs, mine, anew, unused):
    saved(tmp_path / "a.keras", attention=theirs)
    report = start(YoloV4Tiny(NAMES, attention=mine), tmp_path / "a.keras")
    assert (report.anew, tuple(report.unused)) == (anew, unused)
    assert report.loaded.keys() >= BODY | HEADS


def test_a_file_of_the_backbone_alone_leaves_the_rest_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "tiny.conv.29"
    path.touch()
    source = randomized()
    arrays = {name: source.get_layer(name).get_weights() for name in BODY if not name.startswith("p5")}
    monkeypatch.setattr(darknet, "convolutions", lambda path: arrays)
    network = YoloV4Tiny(NAMES, attention="se")
    before = weights_of(network)
    report = transfer(network, path)
    assert report.loaded.keys() == arrays.keys()
    assert_taken(network, source, before, arrays)
    assert set(report.anew["the file has none"]) == HEADS | {"p5_conv", "p5_bn", "attention_p5"}
    assert report.unused == {}


UNNAMED = "the file does not name its classes"
ALL_ANEW = "classes: the file does not name its own, so all start anew; boxes and objectness are kept"


def test_weights_alone_fill_everything_but_the_classes_whose_names_they_do_not_say(tmp_path):
    path = tmp_path / "a.weights.h5"
    randomized(attention="se").save_weights(path)
    for attention, taken in (("se", {"attention_p5"}), ("eca", set()), ("none", set())):
        report = start(YoloV4Tiny(NAMES, attention=attention), path, labels=())
        assert report.loaded.keys() == BODY | HEADS | taken
        assert report.anew[UNNAMED] == dict.fromkeys(HEADS, 3 * 2 * (8 + 1))
        assert report.notes == (ALL_ANEW,)
        assert report.unused.keys() == HEADS | ({"attention_p5"} - taken)


@pytest.mark.parametrize("ending", [".weights", ".h5"])
def test_of_a_file_without_class_names_classes_are_taken_only_for_names_that_are_given(tmp_path, nameless, ending):
    path = tmp_path / f"a{ending}"
    path.touch()
    nameless(randomized(class_names=("0", "1")))
    network = YoloV4Tiny(NAMES)
    unnamed = transfer(network, path)
    assert (unnamed.anew.keys(), unnamed.notes) == ({UNNAMED}, (ALL_ANEW,))
    for names in (NAMES, ("0", "1", "2")):  # the numbers that stand for names are none, even of digits
        others = transfer_weights(YoloV4Tiny(names), load_initial_weights(path, ("0", "1", "2")))
        assert (others.anew.keys(), others.notes) == ({UNNAMED}, (ALL_ANEW,))
    assert transfer_weights(network, load_initial_weights(path, NAMES)).is_whole


def test_the_list_of_classes_beside_a_darknet_file_counts_more_than_those_of_the_training(tmp_path, nameless):
    path = tmp_path / "a.weights"
    path.touch()
    (tmp_path / "a.names").touch()
    nameless(randomized(class_names=NAMES))
    assert load_initial_weights(path, ("a", "b")).class_names == NAMES


ANCHORS = tuple((10.5 + i, 20.0 + i) for i in range(6))


def test_where_all_classes_are_kept_what_their_heads_mean_is_inherited_and_else_only_the_epsilon(tmp_path):
    saved(tmp_path / "a.keras", anchors=ANCHORS, **KERAS2)
    initial = load_initial_weights(tmp_path / "a.keras")
    head = {"anchors": ANCHORS, "masks": KERAS2["masks"], "scale_xy": 1.0}
    assert initial.inherited(NAMES) == head | {"epsilon": 1e-3}
    assert initial.inherited(NAMES, np.float32(ANCHORS)) == head | {"epsilon": 1e-3}
    assert initial.inherited(NAMES, np.float32(ANCHORS) + 1) == {"epsilon": 1e-3}
    assert initial.inherited(("blau", "Rot", "grün")) == head | {"epsilon": 1e-3}
    for others in (("a", "b"), ("rot",), ("rot", "blau")):
        assert initial.inherited(others) == {"epsilon": 1e-3}
    assert initial.resize_mode == "letterbox"


def test_a_network_with_all_that_it_inherits_gives_the_same_maps(tmp_path):
    initial = saved(tmp_path / "a.keras", anchors=ANCHORS, attention="cbam", **KERAS2)
    opened = load_initial_weights(tmp_path / "a.keras")
    network = YoloV4Tiny(NAMES, attention="cbam", **opened.inherited(NAMES))
    assert transfer_weights(network, opened).is_whole
    pictures = np.random.default_rng(0).random((2, 64, 96, 3), np.float32)
    for mine, theirs in zip(network.predict(pictures), initial.predict(pictures), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_class_can_be_added_to_a_detector_which_detects_the_others_as_before(tmp_path):
    initial = saved(tmp_path / "a.keras", anchors=ANCHORS, **KERAS2)
    rng = np.random.default_rng(1)
    initial.set_weights([rng.normal(0, 0.2, x.shape) if x.ndim == 4 else x / 4 for x in initial.get_weights()])
    initial.save(tmp_path / "a.keras")
    opened = load_initial_weights(tmp_path / "a.keras")
    names = ("blau", "Rot", "grün")
    network = YoloV4Tiny(names, **opened.inherited(names))
    transfer_weights(network, opened)
    pictures = rng.random((2, 64, 96, 3), np.float32)
    boxes, scores = map(np.asarray, network.decoder()(network.predict(pictures)))
    known_boxes, known_scores = map(np.asarray, initial.decoder()(initial.predict(pictures)))
    assert np.ptp(known_scores) > 0.1
    np.testing.assert_allclose(boxes, known_boxes, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(scores[..., [2, 1]], known_scores, rtol=1e-5, atol=1e-6)


def test_a_file_that_does_not_say_gives_no_resize_mode_and_no_anchors(tmp_path):
    randomized(**COCO).save_weights(tmp_path / "a.weights.h5")
    initial = load_initial_weights(tmp_path / "a.weights.h5")
    assert (initial.resize_mode, initial.inherited(NAMES)) == (None, {})


def test_strict_takes_what_fits_as_a_whole_and_refuses_the_rest_before_anything_is_changed(tmp_path):
    saved(tmp_path / "a.keras", attention="se")
    assert transfer(YoloV4Tiny(NAMES, attention="se"), tmp_path / "a.keras", strict=True).is_whole
    for settings, reason in (
        (
            {"class_names": ["a"], "attention": "se"},
            r"p5_out, p4_out would start from random weights: the file does not have all classes",
        ),
        ({"attention": "eca"}, "attention_p5 would start from random weights: the file has another attention there"),
        ({"attention": "none"}, "attention_p5 of the file would not be used"),
    ):
        network = YoloV4Tiny(**{"class_names": NAMES} | settings)
        before = weights_of(network)
        with pytest.raises(UserError, match=rf"a\.keras does not fit as a whole, as --strict asks for \({reason}\)\.$"):
            transfer(network, tmp_path / "a.keras", strict=True)
        assert_taken(network, network, before, {})


def test_the_report_is_a_small_table(tmp_path):
    saved(tmp_path / "a.keras", attention="eca")
    report = transfer(YoloV4Tiny(["a"], attention="se"), tmp_path / "a.keras")
    body = 3 * 9 * 4 + 16 + 4 * 9 * 8 + 32 + 8 * 9 * 8 + 32 + 8 * 8 + 32
    assert str(report).splitlines() == [
        f"starting from {tmp_path / 'a.keras'}",
        "                  layers     weights",
        f"  loaded from it      10{body + 2 * 15 * 9:12,}  stem, c4, c5, p5, p5_out, p4_out",
        "  random weights       1          16  attention_p5: the file has another attention there",
        "  random weights       2          54  p5_out, p4_out: the file does not have all classes",
        "  in it, not used      3         111  attention_p5, p5_out, p4_out",
        "  classes kept: none; new: a",
    ]


def test_another_epsilon_is_said(tmp_path):
    saved(tmp_path / "a.keras", epsilon=1e-3)
    report = str(transfer(YoloV4Tiny(NAMES), tmp_path / "a.keras"))
    assert report.endswith("\n  batch norm's epsilon is 1e-05 here, 0.001 where the weights were trained")
    assert "batch norm's epsilon is" not in str(transfer(YoloV4Tiny(NAMES, epsilon=1e-3), tmp_path / "a.keras"))


def test_a_file_that_holds_no_detector_is_a_users_mistake(tmp_path):
    (tmp_path / "a.keras").write_bytes(b"no model")
    with pytest.raises(UserError, match=r"a\.keras is damaged"):
        transfer(YoloV4Tiny(NAMES), tmp_path / "a.keras")
    with pytest.raises(UserError, match="no weights file"):
        transfer(YoloV4Tiny(NAMES), tmp_path / "b.keras")


def test_a_detector_of_which_nothing_fits_is_a_users_mistake(tmp_path, monkeypatch):
    saved(tmp_path / "a.keras")
    monkeypatch.undo()
    network = YoloV4Tiny(["one"])  # of full width
    thin_networks(monkeypatch)
    with pytest.raises(UserError, match=r"no layer of .*a\.keras fits"):
        transfer(network, tmp_path / "a.keras")
