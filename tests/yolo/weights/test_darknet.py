"""Darknet weights: the same answers as OpenCV's own importer, a file written by hand, and files that are wrong."""

import shutil
import struct

import numpy as np
import pytest

import attention
from tests.yolo.weights.darknet_files import BACKBONE, voc_file, weights_file
from yolo.class_matching import OTHER_WORDS
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.weights import darknet
from yolo.weights.initial_weights import load_initial_weights
from yolo.weights.load_network import load_network
from yolo.weights.transfer import transfer_weights


@pytest.fixture(scope="module")
def random_file(tmp_path_factory):
    """A whole file of two classes, and its content."""
    path = tmp_path_factory.mktemp("weights") / "größe.weights"
    return path, weights_file(path, classes=2)


@pytest.fixture(scope="module")
def answers(real_data):
    path = real_data.parent / "reference" / "yolov4-tiny-voc_opencv-4.12.npz"
    if not path.is_file():
        pytest.skip(f"no raw maps of OpenCV: {path} is missing")
    return np.load(path)


@pytest.fixture(scope="module")
def voc_network(real_data):
    path = voc_file(real_data)
    return load_network(path, tuple((path.parent / "voc_classes.txt").read_text(encoding="utf-8").split()))


@pytest.mark.parametrize("picture", ["dog_416x416", "street_320x512"])
def test_the_raw_maps_are_those_of_opencvs_darknet_importer(voc_network, answers, picture):
    pictures = answers[f"{picture}_rgb_u8"][None].astype(np.float32) / 255
    for raw, stride in zip(voc_network(pictures, training=False), (32, 16), strict=True):
        expected = answers[f"{picture}_stride{stride}"]
        assert raw.shape == expected.shape
        np.testing.assert_allclose(raw, expected, rtol=0, atol=5e-3)


def test_the_cfg_beside_the_file_gives_size_anchors_and_masks(voc_network):
    assert voc_network.masks == ((3, 4, 5), (1, 2, 3))
    assert voc_network.anchors == ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
    assert voc_network.input_size == (416, 416)
    assert voc_network.resize_mode == "stretch"
    assert voc_network.scale_xy == 1.05
    assert voc_network.class_names[:2] == ("aeroplane", "bicycle")


def test_a_network_with_one_more_class_and_other_words_finds_the_same_before_its_first_step(
    voc_network, real_data, answers
):
    file = voc_file(real_data)
    initial = load_initial_weights(file, file.parent / "voc_classes.txt")
    names = ("ghost", *(OTHER_WORDS.get(name, name.title()) for name in reversed(voc_network.class_names)))
    network = YoloV4Tiny(names, **initial.inherited(names))
    report = transfer_weights(network, initial)
    assert report.notes[0].startswith("classes kept: tv (from tvmonitor), Train (from train), couch (from sofa), ")
    assert report.notes[0].endswith(" and 10 more; new: ghost")
    pictures = answers["dog_416x416_rgb_u8"][None].astype(np.float32) / 255
    (boxes, scores), (known_boxes, known_scores) = (
        map(np.asarray, each.decoder()(each(pictures, training=False))) for each in (network, voc_network)
    )
    assert known_scores.max() > 0.9
    np.testing.assert_allclose(boxes, known_boxes, rtol=1e-4, atol=1e-2)
    np.testing.assert_allclose(scores[..., :0:-1], known_scores, rtol=1e-4, atol=1e-6)


def test_every_number_arrives_in_its_place(random_file):
    path, given = random_file
    network = darknet.load(path)
    layers = [layer for layer in network.layers if layer.name.endswith(("_conv", "_out"))]
    assert {layer.name.removesuffix("_conv") for layer in layers} == set(darknet.ORDER)
    for name, arrays in zip(darknet.ORDER, given, strict=True):
        if name in darknet.HEADS:
            bias, kernel = network.get_layer(name).bias, network.get_layer(name).kernel
            np.testing.assert_array_equal(bias, arrays[0])
        else:
            norm, kernel = network.get_layer(f"{name}_bn"), network.get_layer(f"{name}_conv").kernel
            read = norm.beta, norm.gamma, norm.moving_mean, norm.moving_variance
            np.testing.assert_array_equal(read, arrays[:4])
        np.testing.assert_array_equal(kernel, np.einsum("oirc->rcio", arrays[-1]))


def test_a_file_without_cfg_has_the_constants_of_the_published_weights_and_numbered_classes(random_file):
    network = darknet.load(random_file[0])
    assert network.class_names == ("0", "1")
    assert network.masks == ((3, 4, 5), (1, 2, 3))
    assert network.resize_mode == "stretch"


def test_before_version_0_2_the_header_is_four_bytes_shorter(random_file, tmp_path):
    old = tmp_path / "old.weights"
    weights_file(old, classes=2, version=(0, 1, 0))
    assert random_file[0].stat().st_size - old.stat().st_size == 4
    for a, b in zip(darknet.load(old).get_weights(), darknet.load(random_file[0]).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("version", [(1001, 0), (0, 1001)])
@pytest.mark.parametrize("seen", ["<Q", "<I"])
def test_a_version_that_marks_transposed_matrices_is_read_as_convolutions_have_none(
    random_file, tmp_path, version, seen
):
    path = tmp_path / "a.weights"
    header = struct.pack("<3i", *version, 0) + struct.pack(seen, 7)
    path.write_bytes(header + random_file[0].read_bytes()[20:])
    for a, b in zip(darknet.load(path).get_weights(), darknet.load(random_file[0]).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_variances_below_0_are_refused(random_file, tmp_path):
    path = tmp_path / "a.weights"
    content = bytearray(random_file[0].read_bytes())
    content[20 + 4 * 96 : 24 + 4 * 96] = struct.pack("<f", -1)  # the first of stem_1, after beta, gamma and mean
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"stem_1_bn/moving_variance holds variances below 0"):
        darknet.load(path)


@pytest.mark.parametrize(("parameters", "classes"), [(5_924_214, 20), (6_062_814, 80)])
def test_the_number_of_classes_follows_from_the_length(parameters, classes, tmp_path):
    path = tmp_path / "zeros.weights"
    path.write_bytes(struct.pack("<3iQ", 0, 2, 5, 0) + bytes(4 * parameters))
    assert darknet.count_classes(path) == classes


def test_attention_blocks_keep_their_weights(random_file):
    network = YoloV4Tiny(("a", "b"), attention="eca")
    before = network.get_layer("attention_p5").get_weights()[0]
    darknet.read(random_file[0], network)
    np.testing.assert_array_equal(network.get_layer("attention_p5").get_weights()[0], before)
    np.testing.assert_array_equal(network.get_layer("stem_1_bn").beta, random_file[1][0][0])
    assert isinstance(network.get_layer("attention_p5"), attention.ECA)


HEADER = struct.pack("<3iQ", 0, 2, 5, 0)
WHOLE = 20 + 4 * (5_878_014 + 2 * 2310)


@pytest.mark.parametrize("change", [-1, -4, -1000, 1, 4, 1000])
def test_a_file_that_is_cut_off_or_has_a_rest_is_refused_with_the_two_nearest_lengths(random_file, tmp_path, change):
    content = random_file[0].read_bytes()
    path = tmp_path / "wrong.weights"
    path.write_bytes(content[:change] if change < 0 else content + bytes(change))
    other = 1 if change < 0 else 3
    expected = rf"{WHOLE} \(2 classes\) or {WHOLE + (other - 2) * 9240} \({other} class(es)?\)"
    with pytest.raises(UserError, match=rf"{WHOLE + change} bytes.* {expected}"):
        darknet.load(path)


def test_a_file_of_another_number_of_classes_is_refused_with_both(random_file):
    with pytest.raises(UserError, match="knows 2 classes, but the network has 3"):
        darknet.read(random_file[0], YoloV4Tiny(("a", "b", "c")))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "0 bytes"),
        (bytes(19), "19 bytes"),
        (HEADER, rf"20 bytes, but .* {BACKBONE[15]} \(its first 15 convolutions\) or {BACKBONE[16]} "),
        (b"width=416\nheight=416\n" * 9, "would mean version"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "would mean version"),
    ],
    ids=["empty", "short", "header alone", "text", "picture"],
)
def test_what_is_no_weights_file_is_refused(tmp_path, content, reason):
    path = tmp_path / "wrong.weights"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason):
        load_network(path, ("a",))


def test_weights_that_are_no_numbers_are_refused(random_file, tmp_path):
    path = tmp_path / "nan.weights"
    path.write_bytes(random_file[0].read_bytes()[:-4] + struct.pack("<f", np.nan))
    with pytest.raises(UserError, match="no finite numbers"):
        darknet.load(path)


def test_a_missing_file_and_a_folder_are_a_users_error(tmp_path):
    for path in (tmp_path / "none.weights", tmp_path):
        with pytest.raises(UserError, match="cannot read"):
            darknet.count_classes(path)


def test_class_names_must_be_given_and_be_as_many_as_the_file_knows(random_file):
    with pytest.raises(UserError, match=r"2 lines.*--classes"):
        load_network(random_file[0])
    with pytest.raises(UserError, match="knows 2 classes, but 3"):
        load_network(random_file[0], ("a", "b", "c"))
    assert load_network(random_file[0], ("Katze", "Hund")).class_names == ("Katze", "Hund")


def test_the_class_names_are_those_in_the_names_file_beside_it(random_file, tmp_path):
    path = tmp_path / "b.weights"
    shutil.copy(random_file[0], path)
    path.with_suffix(".names").write_text("Kätzchen\nHund\n", encoding="utf-8")
    assert darknet.load(path).class_names == ("Kätzchen", "Hund")
    assert darknet.load(path, ("a", "b")).class_names == ("a", "b")
    path.with_suffix(".names").write_text("a\nb\nc\n", encoding="utf-8")
    with pytest.raises(UserError, match="knows 2 classes, but 3"):
        darknet.load(path)
