"""Networks written for Darknet: read by OpenCV's importer, and by ours to the last bit."""

import re

import cv2
import numpy as np
import pytest

from tests.yolo.weights.darknet_files import voc_file
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet, darknet_writer

ANCHORS = ((5, 7.5), (10.1, 14), (23, 27.25), (37, 58), (81 / 7, 82), (135, 169), (344, 319))
ODD = {
    "class_names": ("Kätzchen", "großer Hund", "c"),
    "anchors": ANCHORS,
    "masks": ((4, 5, 6), (1, 2, 3)),
    "input_size": (320, 512),
    "scale_xy": 1.1,
}


def network_of(seed=0, **settings):
    """A network of random weights whose maps are neither tiny nor huge."""
    network = YoloV4Tiny(**ODD | settings)
    rng = np.random.default_rng(seed)
    for weight in network.weights:
        kind = weight.path.rpartition("/")[2]
        if kind in ("gamma", "moving_variance"):
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
        elif kind != "kernel":
            weight.assign(rng.normal(0, 0.3, weight.shape))
    return network


def picture_for(network):
    return np.random.default_rng(1).random((1, *network.input_size, 3), np.float32)


def opencv_maps(cfg, weights, picture):
    """What OpenCV's importer makes of a picture (1, h, w, 3): the raw maps in our layout."""
    net = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    net.setInput(np.ascontiguousarray(picture.transpose(0, 3, 1, 2)))
    return [raw.transpose(0, 2, 3, 1) for raw in net.forward(["conv_29", "conv_36"])]


def check_maps(network, maps, picture, atol):
    for mine, theirs in zip(network(picture, training=False), maps, strict=True):
        assert mine.shape == theirs.shape
        assert np.abs(mine).max() > 1
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=atol)


@pytest.mark.parametrize("epsilon", [1e-5, 1e-3])
def test_opencv_gives_the_same_raw_maps(tmp_path, epsilon):
    network = network_of(epsilon=epsilon)
    weights, cfg, _ = darknet_writer.write(network, tmp_path / "größe.weights")
    picture = picture_for(network)
    check_maps(network, opencv_maps(cfg, weights, picture), picture, atol=5e-3)


def test_opencv_gives_the_same_raw_maps_of_real_weights(real_data, tmp_path):
    given = voc_file(real_data)
    network = darknet.load(given)
    weights, cfg, _ = darknet_writer.write(network, tmp_path / "voc.weights", seen=32_013_312)
    picture = cv2.GaussianBlur(picture_for(network)[0], (0, 0), 4)[None]
    maps = opencv_maps(cfg, weights, picture)
    check_maps(network, maps, picture, atol=5e-3)
    for mine, theirs in zip(maps, opencv_maps(given.with_suffix(".cfg"), given, picture), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert weights.read_bytes()[20:] == given.read_bytes()[20:]
    assert weights.read_bytes()[:20] == np.array([0, 2, 5, 32_013_312, 0], "<i4").tobytes()


@pytest.mark.parametrize("resize_mode", ["letterbox", "stretch"])
def test_read_again_everything_is_what_it_was_to_the_last_bit(tmp_path, resize_mode):
    network = network_of(resize_mode=resize_mode)
    paths = darknet_writer.write(network, str(tmp_path / "été.weights"))
    assert [path.name for path in paths] == ["été.weights", "été.cfg", "été.names"]
    again = darknet.load(paths[0])
    assert again.get_config() == network.get_config()
    for mine, theirs in zip(network.get_weights(), again.get_weights(), strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_another_epsilon_moves_into_the_variances(tmp_path):
    network = network_of(epsilon=1e-3)
    again = darknet.load(darknet_writer.write(network, tmp_path / "a.weights")[0])
    assert again.epsilon == 1e-5
    norm, other = network.get_layer("c3_d_bn"), again.get_layer("c3_d_bn")
    np.testing.assert_allclose(other.moving_variance, norm.moving_variance + 99e-5, rtol=1e-7)
    np.testing.assert_array_equal(other.gamma, norm.gamma)
    picture = picture_for(network)
    check_maps(network, again(picture, training=False), picture, atol=1e-4)


def sections(text):
    """A cfg without comments and spaces: a list of (name, {key: value})."""
    lines = [line.replace(" ", "") for line in text.splitlines() if line.strip() and line[0] != "#"]
    parts = re.split(r"^\[(\w+)\]$", "\n".join(lines), flags=re.MULTILINE)[1:]
    return [
        (name, dict(line.split("=") for line in body.split()))
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def test_the_cfg_is_that_of_the_real_network(real_data):
    real = sections(voc_file(real_data).with_suffix(".cfg").read_text(encoding="utf-8"))
    network = YoloV4Tiny([*map(str, range(20))], masks=((3, 4, 5), (1, 2, 3)), resize_mode="stretch")
    mine = sections(darknet_writer.cfg(network))
    assert mine[1:] == real[1:]
    shared = ("width", "height", "channels", "batch", "subdivisions", "momentum", "decay", "learning_rate", "burn_in")
    assert {key: mine[0][1][key] for key in shared} == {key: real[0][1][key] for key in shared}


def test_the_cfg_says_size_letterbox_anchors_masks_and_scale():
    found = sections(darknet_writer.cfg(YoloV4Tiny(**ODD)))
    assert (found[0][1]["height"], found[0][1]["width"]) == ("320", "512")
    assert found[0][1]["letter_box"] == "1"
    heads = [keys for name, keys in found if name == "yolo"]
    assert [head["mask"] for head in heads] == ["4,5,6", "1,2,3"]
    for head in heads:
        assert (head["classes"], head["num"], head["scale_x_y"]) == ("3", "7", "1.1")
        assert head["anchors"].startswith("5,7.5,10.1,14,23,27.25,37,58,11.571428571428571,82,135,169")
    assert [keys["filters"] for name, keys in found if keys.get("activation") == "linear"] == ["24", "24"]


@pytest.mark.parametrize(
    ("attention", "places"), [("se@p4", "attention_p4"), ({"c3": "simam", "up": "none"}, "attention_c3")]
)
def test_attention_is_refused_by_its_place_and_nothing_is_written(tmp_path, attention, places):
    network = YoloV4Tiny(("a",), attention=attention)
    with pytest.raises(UserError, match=rf"Darknet has no layers for the attention .* \({places}\)"):
        darknet_writer.write(network, tmp_path / "a.weights")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_users_mistake(tmp_path):
    with pytest.raises(UserError, match=r"cannot write .*a\.weights"):
        darknet_writer.write(YoloV4Tiny(("a",)), tmp_path / "none" / "a.weights")
