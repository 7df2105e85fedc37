"""Darknet's files of three levels: bit for bit in and out, the cfg that Darknet has, and the same answers as OpenCV."""

import logging

import cv2
import numpy as np
import pytest

from tests.yolo.weights.darknet_files import weights_file
from tests.yolo.weights.test_darknet_writer import ANCHORS, check_maps, network_of, picture_for, sections
from yolo import anchors, option_limits
from yolo.cli.convert import main as convert
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet, darknet_writer
from yolo.weights.load_network import load_network

THREE = {"anchors": anchors.DEFAULTS[3], "masks": ((6, 7, 8), (3, 4, 5), (0, 1, 2))}
ODD = {"anchors": (*ANCHORS, (400, 300), (410, 401)), "masks": ((6, 7, 8), (3, 4, 5), (2, 1, 0))}
ORDER = ["up3", "p3_head", "p3_out"]  # behind the convolutions of two levels
HEAD = ["convolutional", "convolutional", "yolo"]
STAGE = ["convolutional", "route", "convolutional", "convolutional", "route", "convolutional", "route", "maxpool"]


@pytest.fixture(scope="module")
def random_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "größe.weights"
    return path, weights_file(path, classes=2, levels=3)


def test_every_number_arrives_in_its_place(random_file):
    path, given = random_file
    network = darknet.load(path)
    assert [*darknet.order(3)] == [*darknet.ORDER, *ORDER]
    for name, arrays in zip(ORDER, given[-3:], strict=True):
        if name == "p3_out":
            kernel, bias = network.get_layer(name).get_weights()
            np.testing.assert_array_equal(bias, arrays[0])
        else:
            (kernel,) = network.get_layer(f"{name}_conv").get_weights()
            norm = network.get_layer(f"{name}_bn")
            read = norm.beta, norm.gamma, norm.moving_mean, norm.moving_variance
            np.testing.assert_array_equal(read, arrays[:4])
        np.testing.assert_array_equal(kernel, np.einsum("oirc->rcio", arrays[-1]))


def test_a_file_goes_in_and_out_to_the_last_bit(random_file, tmp_path):
    path, _ = random_file
    written, cfg, names = darknet_writer.write(darknet.load(path), tmp_path / "neu.weights", seen=32_013_312)
    assert written.read_bytes() == path.read_bytes()
    assert (cfg.name, names.name) == ("neu.cfg", "neu.names")


def test_convert_writes_the_file_that_it_has_read(tmp_path, capsys):
    first, *_ = darknet_writer.write(network_of(**THREE), tmp_path / "größe.weights")
    convert([str(first), str(tmp_path / "a.keras")])
    assert "masks 6,7,8 and 3,4,5 and 0,1,2, resize mode letterbox, 512 x 320" in capsys.readouterr().out
    convert([str(tmp_path / "a.keras"), str(tmp_path / "b.weights")])
    assert (tmp_path / "b.weights").read_bytes()[20:] == first.read_bytes()[20:]
    assert (tmp_path / "b.cfg").read_bytes() == (tmp_path / "größe.cfg").read_bytes()
    assert load_network(tmp_path / "b.weights").get_config() == load_network(tmp_path / "a.keras").get_config()


@pytest.mark.parametrize("settings", [THREE, ODD], ids=["usual", "odd"])
@pytest.mark.parametrize("epsilon", [1e-5, 1e-3])
def test_opencv_gives_the_same_raw_maps(tmp_path, epsilon, settings):
    network = network_of(epsilon=epsilon, **settings)
    weights, cfg, _ = darknet_writer.write(network, tmp_path / "größe.weights")
    picture = picture_for(network)
    net = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    net.setInput(np.ascontiguousarray(picture.transpose(0, 3, 1, 2)))
    maps = [raw.transpose(0, 2, 3, 1) for raw in net.forward(["conv_29", "conv_36", "conv_43"])]
    assert [raw.shape for raw in maps] == [(1, 10, 16, 24), (1, 20, 32, 24), (1, 40, 64, 24)]
    check_maps(network, maps, picture, atol=5e-3)


def test_opencv_decodes_the_boxes_that_we_decode(tmp_path):
    network = network_of(**THREE, scale_xy=1.05, epsilon=1e-5, input_size=(160, 224))
    weights, cfg, _ = darknet_writer.write(network, tmp_path / "a.weights")
    picture = picture_for(network)
    net = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    net.setInput(np.ascontiguousarray(picture.transpose(0, 3, 1, 2)))
    rows = np.concatenate([np.reshape(found, (-1, 8)) for found in net.forward(net.getUnconnectedOutLayersNames())])
    boxes, scores = (np.array(found)[0] for found in network.decoder()(network(picture, training=False)))
    assert len(rows) == len(boxes) == 3 * (5 * 7 + 10 * 14 + 20 * 28)
    center, size = rows[:, :2] * (224, 160), rows[:, 2:4] * (224, 160)  # shares of the input
    bounded = ((size > 1) & (size < 600)).all(axis=1)  # ours are, and the kernels are others in each run
    kept = bounded & (rows[:, 5:] > 0).any(axis=1)  # its low scores are 0
    assert all(part.sum() > 3 for part in np.split(kept, [3 * 35, 3 * 175])), "of each level"
    np.testing.assert_allclose((boxes[:, :2] + boxes[:, 2:])[kept] / 2, center[kept], rtol=1e-3, atol=0.05)
    np.testing.assert_allclose((boxes[:, 2:] - boxes[:, :2])[kept], size[kept], rtol=1e-2, atol=0.05)
    shown = rows[:, 5:] > 0
    np.testing.assert_allclose(scores[shown], rows[:, 5:][shown], rtol=0, atol=2e-3)


def test_the_cfg_has_the_sections_of_yolov4_tiny_3l():
    found = sections(darknet_writer.cfg(YoloV4Tiny([*map(str, range(6))], resize_mode="stretch", **THREE)))
    names = ["net", "convolutional", "convolutional", *STAGE * 3, "convolutional", "convolutional", *HEAD]
    finer = ["route", "convolutional", "upsample", "route", *HEAD]
    assert [name for name, _ in found] == [*names, *finer, *finer]
    routes = [keys["layers"] for name, keys in found if name == "route"]
    assert routes == [*["-1", "-1,-2", "-6,-1"] * 3, "-4", "-1,23", "-3", "-1,15"]
    layers = found[1:]  # those that the numbers of [route] count: 23 and 15 are the last convolutions of two stages
    assert [layers[index][1]["filters"] for index in (23, 15)] == ["256", "128"]
    assert [(keys["filters"], keys["size"]) for name, keys in found[-7:] if name == "convolutional"] == [
        ("64", "1"),
        ("128", "3"),
        ("33", "1"),
    ]
    heads = [keys for name, keys in found if name == "yolo"]
    assert [head["mask"] for head in heads] == ["6,7,8", "3,4,5", "0,1,2"]
    for head in heads:
        assert (head["num"], head["classes"], head["scale_x_y"]) == ("9", "6", "1.05")
        assert head["anchors"] == "12,16,19,36,40,28,36,75,76,55,72,146,142,110,192,243,459,401"


def test_no_file_of_one_number_of_levels_is_as_long_as_one_of_the_other():
    lengths = {
        levels: {
            darknet._count(darknet._kernels(0, levels))
            + classes * (darknet._count(darknet._kernels(1, levels)) - darknet._count(darknet._kernels(0, levels)))
            for classes in range(1, option_limits.CLASSES + 1)
        }
        for levels in (2, 3)
    }
    assert not lengths[2] & lengths[3]
    assert 6_172_225 in lengths[3], "20 classes: 5,924,214 + 64 * 260 + 128 * 1732 + 75 * 129"


def test_without_a_cfg_the_settings_are_those_of_yolov4_tiny_3l_and_a_warning_says_so(random_file, caplog):
    with caplog.at_level(logging.WARNING, "yolo"):
        network = darknet.load(random_file[0])
    assert (network.anchors[0], network.masks[2], network.input_size) == ((12, 16), (0, 1, 2), (608, 608))
    assert "guessed, as in Darknet's yolov4-tiny-3l.cfg" in caplog.text


def test_a_cfg_of_two_levels_is_refused(random_file, tmp_path):
    cfg = tmp_path / "zwei.cfg"
    cfg.write_text(darknet_writer.cfg(YoloV4Tiny(("a", "b"))), encoding="utf-8")
    with pytest.raises(UserError, match=r"zwei\.cfg is no cfg .* expected one \[net\] and three \[yolo\] sections"):
        darknet.load(random_file[0], cfg=cfg)


def test_a_file_fills_no_network_of_another_number_of_levels(random_file):
    with pytest.raises(UserError, match="has 3 levels, but the network has 2"):
        darknet.read(random_file[0], YoloV4Tiny(("a", "b")))


def test_anchors_of_three_levels_replace_those_of_the_cfg(random_file, tmp_path):
    anchors.write(tmp_path / "a.txt", [(10 + i, 20 + i) for i in range(9)])
    assert darknet.load(random_file[0], anchors=tmp_path / "a.txt").anchors[8] == (18, 28)


def test_a_file_cut_short_says_how_long_one_of_three_levels_would_be(tmp_path):
    path = tmp_path / "a.weights"
    weights_file(path, classes=150, levels=3)
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-4])
    expected = rf"has {whole - 4} bytes, but .* would have .*{whole} \(150 classes at 3 levels\)"
    with pytest.raises(UserError, match=expected):
        darknet.load(path)
