"""Attention where the user wants it: what may be written, where each block acts, what it holds, and that it stays."""

import json

import keras
import numpy as np
import pytest

import attention
from tests.backends import array
from yolo.attention_places import PLACES, by_place
from yolo.errors import UserError
from yolo.nets.attention_blocks import check, from_identity
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.transfer import transfer_weights

NAMES = ("Katze", "größer Hund")
CHANNELS = {"p4": 256, "p5": 512, "up": 128, "c3": 128, "c4": 256, "c5": 512}
LISTED = "p4, p5, up, c3, c4, c5"
MIXED = "cbam(ratio=4, kernel_size=3)@p4, eca@c5+up, se(ratio=8)@c3"
WITH_IDENTITY_START = [
    name for name in attention.available() if "identity_start" in attention.create(name).get_config()
]


@pytest.fixture(scope="module")
def plain():
    return randomized(YoloV4Tiny(NAMES))


def randomized(network):
    """Weights that make every layer matter, batch norm statistics included."""
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(weight + rng.normal(0, 0.05, weight.shape))
    return network


def pictures(height=64, width=96):
    return np.random.default_rng(0).random((2, height, width, 3), np.float32)


def assert_same_maps(network, other):
    for a, b in zip(network(pictures()), other(pictures()), strict=True):
        np.testing.assert_array_equal(array(a), array(b))


def blocks_of(network):
    """Place to the settings of the block there, without its name; places without attention are left out."""
    layers = {place: network.get_layer(f"attention_{place}") for place in PLACES}
    return {
        place: (type(layer), layer.get_config() | {"name": None})
        for place, layer in layers.items()
        if not isinstance(layer, attention.Identity)
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("cbam", {"p4": "cbam", "p5": "cbam", "up": "cbam"}),
        ("se(ratio=8)", dict.fromkeys(("p4", "p5", "up"), "se(ratio=8)")),
        ("my_blocks:Ghost(x='a@p4, b')", dict.fromkeys(("p4", "p5", "up"), "my_blocks:Ghost(x='a@p4, b')")),
        (2, {"p4": 2, "p5": 2, "up": 2}),
        (None, {"p4": None, "p5": None, "up": None}),
        (attention.SE, {"p4": attention.SE, "p5": attention.SE, "up": attention.SE}),
        ("cbam@p4, eca@p5, se@up", {"p4": "cbam", "p5": "eca", "up": "se"}),
        ("se@c4", {"c4": "se"}),
        ("cbam/keras-stacked@up,se@c3 + c5", {"up": "cbam/keras-stacked", "c3": "se", "c5": "se"}),
        (
            "cbam(ratio=4, kernel_size=3)@p4, my_blocks:Ghost(x='a,b')@c3 ,\n eca @ up",
            {"p4": "cbam(ratio=4, kernel_size=3)", "c3": "my_blocks:Ghost(x='a,b')", "up": "eca"},
        ),
        ("m:A(x=(1, [2, 3]), y={'k': 4})@p5, se@up", {"p5": "m:A(x=(1, [2, 3]), y={'k': 4})", "up": "se"}),
        (r"""m:A(x="it's), @p4", y='\'),@')@p5, se@up""", {"p5": r"""m:A(x="it's), @p4", y='\'),@')""", "up": "se"}),
        ({"c3": attention.SE, "p4": 2}, {"c3": attention.SE, "p4": 2}),
        ({}, {}),
    ],
)
def test_a_specification_is_for_the_usual_places_or_names_its_own(given, expected):
    assert by_place(given) == expected


EACH = rf"give one block alone, or a list in which each is written block@place.* from {LISTED}"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("se@p3", f"no place 'p3' for attention: choose from {LISTED}"),
        ("se@P4", f"no place 'P4' .*{LISTED}"),
        ("se@", f"no place '' .*{LISTED}"),
        ("se@p4+", f"no place '' .*{LISTED}"),
        ("se@p4 p5", f"no place 'p4 p5' .*{LISTED}"),
        ("se@c2", f"no place 'c2' .*{LISTED}"),
        ({"neck": "se"}, f"no place 'neck' .*{LISTED}"),
        ({4: "se"}, f"no place 4 .*{LISTED}"),
        ("se@p4, eca@up, cbam(ratio=4)@p4", r"place p4 has two attentions, 'se' and 'cbam\(ratio=4\)'"),
        ("se@p4+p4", "place p4 has two attentions"),
        ("se, cbam@up", f"cannot read 'se' in attention 'se, cbam@up': {EACH}"),
        ("cbam@up, se", f"cannot read 'se' .*{EACH}"),
        ("se, eca", f"cannot read 'se' .*{EACH}"),
        ("se@p4,", f"cannot read '' .*{EACH}"),
        ("se@p4@p5", f"cannot read 'se@p4@p5' .*{EACH}"),
        ("se@p4; eca@p5", f"cannot read 'se@p4; eca@p5' .*{EACH}"),
        ("@p4", "cannot read attention ''"),
        ("foo@c3", "unknown attention 'foo': choose from none, se, cbam"),
        ("eca@p4, se(ratio=0)@c3", "ratio must be"),
        ("se(ratio=8@p4", r"cannot read.*'se\(ratio=8@p4'"),
        ("se)@p4, eca@p5", r"cannot read attention 'se\)@p4, eca@p5'"),
        ({"p4": "se@p5"}, "cannot read attention 'se@p5'"),
        ({"c3": "keras.layers:Flatten"}, "attention_c3.*must keep the shape"),
    ],
)
def test_whatever_is_not_plain_is_refused_in_one_sentence(given, reason):
    with pytest.raises(UserError, match=reason) as caught:
        YoloV4Tiny(NAMES, attention=given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "reason"),
    [("se@p3", "no place 'p3'"), ("eca@p4, se(ratio=0)@c3", "ratio must be"), ("cbma", "unknown attention 'cbma'")],
)
def test_a_mistake_is_found_without_a_network(given, reason):
    with pytest.raises(UserError, match=reason):
        check(given)


@pytest.mark.parametrize(
    ("given", "begun"),
    [
        ("none", "none"),
        ("se", "se(identity_start=True)"),
        (" cbam/paper( kernel_size=3, ) ", "cbam/paper(kernel_size=3, identity_start=True)"),
        ("eca(identity_start=False)", "eca(identity_start=False)"),
        ("mhsa(heads=2)@p5", "mhsa(heads=2, identity_start=True)@p5"),
        (
            "cbam(kernel_size=3)@p4+c3, none@up, se(identity_start=True)@p5, cbam(kernel_size=3)@c5",
            "cbam(kernel_size=3, identity_start=True)@p4+c3+c5, none@up, se(identity_start=True)@p5",
        ),
        ("keras.layers:ReLU@p4", "keras.layers:ReLU@p4"),
    ],
)
def test_blocks_that_can_begin_as_the_identity_are_told_to_unless_they_say_otherwise(given, begun):
    assert from_identity(given) == begun
    assert from_identity(begun) == begun


@pytest.mark.parametrize("given", ["se", MIXED, 2, attention.SE, {"c4": attention.SE}, {}])
def test_what_is_right_passes_the_check(given):
    check(given)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("block", "parameters"),
    [
        ("se", {128: 2 * 128 * 8, 256: 2 * 256 * 16, 512: 2 * 512 * 32}),
        ("cbam", {128: 2 * 128 * 16 + 98, 256: 2 * 256 * 32 + 98, 512: 2 * 512 * 64 + 98}),
        ("eca", {128: 5, 256: 5, 512: 5}),
        ("none", {128: 0, 256: 0, 512: 0}),
    ],
)
def test_a_block_at_one_place_adds_what_it_holds_there_and_nothing_elsewhere(plain, place, block, parameters):
    network = YoloV4Tiny(NAMES, attention=f"{block}@{place}")
    assert network.get_layer(f"attention_{place}").output.shape[-1] == CHANNELS[place]
    assert network.count_params() - plain.count_params() == parameters[CHANNELS[place]]
    assert set(blocks_of(network)) == ({place} if block != "none" else set())


@pytest.mark.parametrize("block", attention.available())
def test_every_block_fits_every_place_whatever_the_shape_of_the_picture(block):
    network = YoloV4Tiny(NAMES, attention=dict.fromkeys(PLACES, block))
    for height, width in ((64, 96), (160, 32)):
        shapes = [tuple(raw.shape) for raw in network(pictures(height, width))]
        assert shapes == [(2, height // 32, width // 32, 21), (2, height // 16, width // 16, 21)]


def test_blocks_at_the_stages_act_before_anything_else_uses_the_stage():
    """Each block halves, so that what it has acted on is known by its size."""
    halve = "keras.layers:Rescaling(scale=0.5)"
    network = randomized(YoloV4Tiny(NAMES, attention=f"{halve}@c3+c4+c5"))
    seen = {
        name: network.get_layer(name).output
        for name in ("c3_a_act", "c3_e_act", "c3_ae", "c4_a_act", "c4_e_act", "c4_ae", "c5_act")
    }
    seen |= {place: network.get_layer(f"attention_{place}").input for place in PLACES}
    found = {name: array(value) for name, value in keras.Model(network.input, seen)(pictures()).items()}
    for stage in ("c3", "c4"):
        joined = np.concatenate([found[f"{stage}_a_act"], found[f"{stage}_e_act"] / 2], axis=-1)
        np.testing.assert_array_equal(found[f"{stage}_ae"], joined)
        np.testing.assert_array_equal(found[stage], found[f"{stage}_e_act"])
    np.testing.assert_array_equal(found["p4"], found["c4_e_act"] / 2)
    np.testing.assert_array_equal(found["p5"], found["c5_act"] / 2)
    assert [found[f"c{level}"].shape[1:3] for level in (3, 4, 5)] == [(8, 12), (4, 6), (2, 3)]  # strides 8, 16, 32


@pytest.mark.parametrize("name", WITH_IDENTITY_START)
def test_with_an_identity_start_at_every_place_the_detector_answers_as_without_attention(plain, name):
    network = YoloV4Tiny(NAMES, attention=f"{name}(identity_start=True)@{'+'.join(PLACES)}")
    assert len(blocks_of(network)) == len(PLACES)
    for layer in plain.layers:
        if layer.weights:
            network.get_layer(layer.name).set_weights(layer.get_weights())
    assert_same_maps(network, plain)


def test_text_in_any_order_and_dictionary_mean_the_same():
    networks = [
        YoloV4Tiny(NAMES, attention=given)
        for given in (
            MIXED,
            "se(ratio=8)@c3, eca@up+c5, cbam(ratio=4, kernel_size=3)@p4",
            {"up": 3, "p4": "cbam(kernel_size=3, ratio=4)", "c5": attention.ECA, "c3": "se(ratio=8)"},
        )
    ]
    expected = blocks_of(networks[0])
    assert {place: kind for place, (kind, _) in expected.items()} == {
        "p4": attention.CBAM,
        "up": attention.ECA,
        "c3": attention.SE,
        "c5": attention.ECA,
    }
    assert expected["p4"][1]["kernel_size"] == 3
    for network in networks[1:]:
        assert blocks_of(network) == expected
        assert [w.path for w in network.weights] == [w.path for w in networks[0].weights]


@pytest.mark.parametrize("given", [MIXED, {"c3": attention.SE, "p4": np.int64(2), "c4": "cbam"}], ids=["text", "dict"])
def test_the_places_survive_saving_a_twin_and_json(given, tmp_path):
    network = randomized(YoloV4Tiny(NAMES, attention=given))
    path = tmp_path / "größe.keras"
    network.save(path)
    loaded = keras.models.load_model(path, compile=False)
    assert_same_maps(network, loaded)
    for again in (loaded, network.twin(), YoloV4Tiny.from_config(network.get_config())):
        assert again.get_config() == network.get_config()
        assert blocks_of(again) == blocks_of(network)
    settings = network.get_config() | {"attention": json.loads(json.dumps(loaded.get_config()["attention"]))}
    assert blocks_of(YoloV4Tiny(**settings)) == blocks_of(network)


def test_a_dictionary_is_not_kept_but_copied():
    given = {"p4": "se"}
    network = YoloV4Tiny(NAMES, attention=given)
    given["p4"] = "cbam"
    assert network.get_config()["attention"] == {"p4": "se"}


def test_a_class_in_a_dictionary_must_be_one_that_can_be_imported():
    class Local(keras.layers.Layer):
        pass

    with pytest.raises(UserError, match=r"Local.*top level of a module"):
        YoloV4Tiny(NAMES, attention={"p4": Local})


def test_freezing_the_backbone_leaves_the_attention_in_it_to_learn():
    network = YoloV4Tiny(NAMES, attention=f"se@{'+'.join(PLACES)}")
    for layer in network.layers:
        layer.trainable = not layer.name.startswith(BACKBONE_PREFIXES)
    learning = {weight.path.partition("/")[0] for weight in network.trainable_weights}
    assert {f"attention_{place}" for place in PLACES} <= learning
    assert not [name for name in learning if name.startswith(("stem", "c2", "c3", "c4", "c5"))]


def test_weights_are_taken_over_by_place(tmp_path):
    source = randomized(YoloV4Tiny(NAMES, attention="se@p4+c3, cbam@c4"))
    source.save(tmp_path / "a.keras")
    network = YoloV4Tiny(NAMES, attention="se@c3+c5, eca@c4")
    report = transfer_weights(network, load_initial_weights(tmp_path / "a.keras"))
    assert {name for layers in report.anew.values() for name in layers} == {"attention_c4", "attention_c5"}
    for layer in network.layers:
        if layer.weights and layer.name not in ("attention_c4", "attention_c5"):
            for mine, theirs in zip(layer.weights, source.get_layer(layer.name).weights, strict=True):
                np.testing.assert_array_equal(array(mine), array(theirs))


def test_a_darknet_file_fills_the_same_layers_with_attention_in_the_backbone(tmp_path):
    path = tmp_path / "été.weights"
    numbers = np.random.default_rng(0).random(5_878_014 + 2 * 2_310).astype("<f4")
    path.write_bytes(np.array([0, 2, 5, 0, 0], "<i4").tobytes() + numbers.tobytes())
    network = YoloV4Tiny(NAMES, attention=f"se@{'+'.join(PLACES)}")
    darknet.read(path, network)
    without = YoloV4Tiny(NAMES)
    darknet.read(path, without)
    theirs = {weight.path: array(weight) for weight in without.weights}
    mine = {weight.path: array(weight) for weight in network.weights if "attention_" not in weight.path}
    assert mine.keys() == theirs.keys()
    for name, value in mine.items():
        np.testing.assert_array_equal(value, theirs[name])
