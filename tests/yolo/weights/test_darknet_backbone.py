"""Darknet's files of the backbone alone, as `darknet partial` cuts them: `yolov4-tiny.conv.29` and its like."""

import struct

import numpy as np
import pytest

from tests.yolo.weights.darknet_files import BACKBONE, weights_file
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.load_network import load_network


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file of the whole network, and what each convolution in it was given."""
    path = tmp_path_factory.mktemp("weights") / "whole.weights"
    return path, weights_file(path, classes=2)


@pytest.fixture
def cut(whole, tmp_path):
    """Make a file of so many bytes at the beginning of the whole one."""

    def make(length, name="größe.conv.29"):
        (tmp_path / name).write_bytes(whole[0].read_bytes()[:length])
        return tmp_path / name

    return make


@pytest.mark.parametrize(("number", "last"), [(15, "c5"), (16, "p5"), (17, "p5_head")])
def test_the_leading_convolutions_arrive_as_their_layers_take_them(whole, cut, number, last):
    arrays = darknet.convolutions(cut(BACKBONE[number]))
    assert list(arrays)[-2:] == [f"{last}_conv", f"{last}_bn"]
    assert len(arrays) == 2 * number
    network = YoloV4Tiny(("a",))
    for name, values in arrays.items():
        network.get_layer(name).set_weights(values)
    beta, gamma, mean, variance, kernel = whole[1][number - 1]
    norm = network.get_layer(f"{last}_bn")
    np.testing.assert_array_equal(
        [norm.beta, norm.gamma, norm.moving_mean, norm.moving_variance], [beta, gamma, mean, variance]
    )
    np.testing.assert_array_equal(network.get_layer(f"{last}_conv").kernel, np.einsum("oirc->rcio", kernel))
    np.testing.assert_array_equal(network.get_layer("stem_2_conv").kernel, np.einsum("oirc->rcio", whole[1][1][-1]))


def test_a_whole_file_has_them_all_and_the_two_heads_are_kernel_and_bias(whole):
    arrays = darknet.convolutions(whole[0])
    assert len(arrays) == 2 * 19 + 2
    kernel, bias = arrays["p4_out"]
    assert kernel.shape == (1, 1, 256, 21)
    np.testing.assert_array_equal(bias, whole[1][-1][0])


def test_before_version_0_2_the_header_is_four_bytes_shorter(whole, tmp_path):
    path = tmp_path / "old.weights"
    path.write_bytes(struct.pack("<3iI", 0, 1, 0, 7) + whole[0].read_bytes()[20 : BACKBONE[17]])
    np.testing.assert_array_equal(darknet.convolutions(path)["p5_head_bn"][0], whole[1][16][1])


@pytest.mark.parametrize(("number", "name"), [(15, "mine.conv.26"), (16, "mine.CONV.27"), (17, "yolov4-tiny.conv.29")])
def test_however_many_layers_the_name_says_a_training_starts_from_what_is_there(cut, number, name):
    source = load_initial_weights(cut(BACKBONE[number], name))
    assert len(source.held) == 2 * number


@pytest.mark.parametrize("name", ["a.conv.29", "a.conv.15", "a.weights"])
def test_as_a_detector_it_is_refused_with_what_it_is_good_for(cut, name):
    path = cut(BACKBONE[17], name)
    for load in (darknet.load, darknet.count_classes, load_network):
        with pytest.raises(UserError, match=r"backbone .* alone.*python train.py --weights .*a\."):
            load(path)


@pytest.mark.parametrize("change", [-4, -1, 1, 4, 4000])
@pytest.mark.parametrize("number", BACKBONE)
def test_a_cut_within_a_convolution_is_refused_with_the_two_nearest_lengths(cut, number, change):
    length = BACKBONE[number] + change
    nearest = rf"{BACKBONE[number]} \(its first {number} convolutions\) or \d+ \(.*\): the file is not whole"
    with pytest.raises(UserError, match=rf"has {length} bytes, but a YOLOv4-tiny would have {nearest}"):
        darknet.convolutions(cut(length))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "0 bytes"),
        (b"[net]\nwidth=416\nheight=416\n", "would mean version"),
        (struct.pack("<i", 2) + bytes(5_089_168), rf"5089172 bytes, but .* {BACKBONE[15]} \(.*\) or {BACKBONE[16]} "),
    ],
    ids=["empty", "text", "of 14 convolutions"],
)
def test_what_is_no_backbone_is_refused(tmp_path, content, reason):
    path = tmp_path / "a.conv.29"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason):
        darknet.convolutions(path)


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_numbers_that_are_none_are_refused(cut, value):
    path = cut(BACKBONE[15])
    path.write_bytes(path.read_bytes()[:-4] + struct.pack("<f", value))
    with pytest.raises(UserError, match="no finite numbers"):
        darknet.convolutions(path)
