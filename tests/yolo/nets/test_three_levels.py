"""A network of three levels: its shapes and sizes, its places for attention, and that two levels know nothing of it."""

import keras
import numpy as np
import pytest

import attention
from tests.backends import array, gradients_of_weights
from tests.reference import loss_numpy
from yolo import anchors
from yolo.errors import UserError
from yolo.loss.loss import DetectionLoss
from yolo.nets.attention_blocks import from_identity
from yolo.nets.model import YoloV4Tiny
from yolo.weights.load_network import load_network

NAMES = ("Katze", "größer Hund")
THREE = {"anchors": anchors.DEFAULTS[3], "masks": ((6, 7, 8), (3, 4, 5), (0, 1, 2))}
FURTHER = {"attention_p3", "up3_conv", "up3_bn", "up3_act", "up3_sample", "attention_up3", "p3_join"}
FURTHER |= {"p3_head_conv", "p3_head_bn", "p3_head_act", "p3_out"}


@pytest.fixture(scope="module")
def network():
    return YoloV4Tiny(NAMES, **THREE)


def pictures(height=64, width=96, batch=2):
    return np.random.default_rng(0).random((batch, height, width, 3), np.float32)


@pytest.mark.parametrize(("height", "width"), [(64, 96), (32, 160)])
@pytest.mark.parametrize("batch", [1, 2])
def test_the_maps_are_a_32nd_a_16th_and_an_8th_of_the_picture(network, height, width, batch):
    shapes = [tuple(raw.shape) for raw in network(pictures(height, width, batch))]
    assert shapes == [(batch, height // stride, width // stride, 21) for stride in (32, 16, 8)]
    assert network.levels == 3


@pytest.mark.parametrize("classes", [1, 80])
def test_a_third_level_adds_three_convolutions(classes):
    names = [str(i) for i in range(classes)]
    up3, p3_head, p3_out = 64 * (256 + 4), 128 * (9 * 192 + 4), 3 * (5 + classes) * (128 + 1)
    added = YoloV4Tiny(names, **THREE).count_params() - YoloV4Tiny(names).count_params()
    assert added == up3 + p3_head + p3_out


def test_two_levels_are_built_of_the_same_layers_in_the_same_order_as_the_first_two_of_three(network):
    two = [layer.name for layer in YoloV4Tiny(NAMES).layers]
    assert {layer.name for layer in network.layers} - set(two) == FURTHER
    assert sorted(layer.name for layer in network.layers if layer.name not in FURTHER) == sorted(two)


def test_the_coarse_maps_do_not_depend_on_the_third_level(network):
    two = YoloV4Tiny(NAMES)
    for layer in two.layers:
        layer.set_weights(network.get_layer(layer.name).get_weights())
    for a, b in zip(two(pictures()), network(pictures()), strict=False):
        np.testing.assert_array_equal(array(a), array(b))


def test_the_third_map_is_computed_from_the_fine_features_and_the_upsampled_coarser_ones(network):
    """1 x 1 convolution, batch norm and leaky ReLU of P4's features, every pixel four times, beside those of c3."""
    features = {name: network.get_layer(name).output for name in ("p4_head_act", "c3_e_act", "p3_join")}
    found = keras.Model(network.input, features)(pictures())
    (kernel,) = network.get_layer("up3_conv").get_weights()
    gamma, beta, mean, variance = network.get_layer("up3_bn").get_weights()
    x = array(found["p4_head_act"]) @ kernel[0, 0]
    x = gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta
    x = np.where(x > 0, x, 0.1 * x).repeat(2, axis=1).repeat(2, axis=2)
    expected = np.concatenate([x, array(found["c3_e_act"])], axis=-1)
    np.testing.assert_allclose(array(found["p3_join"]), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("block", ["se", "cbam", "eca", "ca"])
def test_a_block_alone_goes_to_each_level_and_to_both_upsample_paths(block):
    network = YoloV4Tiny(NAMES, attention=block, **THREE)
    widths = {"p3": 128, "p4": 256, "p5": 512, "up": 128, "up3": 64}
    for place, channels in widths.items():
        layer = network.get_layer(f"attention_{place}")
        assert type(layer) is type(attention.create(block))
        assert layer.output.shape[-1] == channels
    assert isinstance(network.get_layer("attention_c3"), attention.Identity)


def test_attention_acts_at_p3_and_up3_alone_when_it_is_named_there():
    network = YoloV4Tiny(NAMES, attention="se@p3, eca@up3", **THREE)
    assert isinstance(network.get_layer("attention_p3"), attention.SE)
    assert isinstance(network.get_layer("attention_up3"), attention.ECA)
    before = network(pictures())
    network.get_layer("attention_p3").set_weights([w + 1 for w in network.get_layer("attention_p3").get_weights()])
    changed = [not np.array_equal(array(a), array(b)) for a, b in zip(before, network(pictures()), strict=True)]
    assert changed == [False, False, True]


@pytest.mark.parametrize("place", ["p3", "up3"])
def test_two_levels_have_no_such_place_and_the_message_says_how_to_get_it(place):
    with pytest.raises(UserError, match=rf"no place '{place}' for attention: .* of three levels, --levels 3\)\.$"):
        YoloV4Tiny(NAMES, attention=f"se@{place}")


def test_an_identity_start_is_written_for_the_places_that_are_usual_here():
    assert from_identity("cbam", 3) == "cbam(identity_start=True)"
    assert from_identity("cbam@p3", 3) == "cbam(identity_start=True)@p3"
    network = YoloV4Tiny(NAMES, attention=from_identity("cbam@p4+p5+up", 3), **THREE)
    assert isinstance(network.get_layer("attention_up3"), attention.Identity)


@pytest.mark.parametrize("block", ["none", "se", "eca@p3+up3+c3"])
def test_a_saved_network_of_three_levels_is_the_same_again(tmp_path, block):
    network = YoloV4Tiny(NAMES, attention=block, input_size=(64, 96), **THREE)
    network.save(tmp_path / "drei.keras")
    again = load_network(tmp_path / "drei.keras")
    assert again.get_config() == network.get_config()
    for a, b in zip(network(pictures()), again(pictures()), strict=True):
        np.testing.assert_array_equal(array(a), array(b))


def test_six_anchors_are_too_few_for_three_levels():
    with pytest.raises(UserError, match="masks must be numbers from 0 to 5, as there are 6 anchors"):
        YoloV4Tiny(NAMES, masks=THREE["masks"])


def test_the_gradient_reaches_every_weight():
    network = YoloV4Tiny(NAMES, attention="se", **THREE)
    objects = [((0, 0, 60, 60), 0), ((10, 10, 24, 30), 1), ((40, 20, 90, 60), 0), ((30, 30, 300, 300), 1)]
    boxes, labels = loss_numpy.padded([objects, objects], 4)
    criterion = DetectionLoss(network.anchors, network.masks)

    def loss(maps):
        return sum(criterion({"boxes": boxes, "labels": labels}, maps).values())

    gradients = gradients_of_weights(network, pictures(), loss, training=True)
    found = {w.path: np.abs(array(g)).max() for w, g in zip(network.trainable_weights, gradients, strict=True)}
    assert {"up3_conv/kernel", "p3_out/bias", "attention_p3/squeeze/kernel"} <= found.keys()
    assert [path for path, largest in found.items() if not largest > 0] == []
