"""Keras 2 files: the answers of an independent twin of the network they come from, and files that are wrong."""

import h5py
import keras
import numpy as np
import pytest

from tests.reference import keras2 as twin
from yolo.errors import UserError
from yolo.weights import keras2
from yolo.weights.load_network import load_network

NORM = "gamma", "beta", "moving_mean", "moving_variance"


def random_values(rng, weight, shape):
    """Values that keep the features near 1; variances so small that epsilon matters."""
    if weight == "kernel":
        return rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
    return rng.uniform(*{"gamma": (0.1, 0.35), "moving_variance": (0.01, 0.1)}.get(weight, (-0.5, 0.5)), shape)


def model(attention="none", classes=2, first=(0, 0), seed=None):
    """Convolutions, norms and gates, {layer: {weight: values}} each, in the order they are made.

    Args:
        first: the numbers of the first convolution and of the first norm.
        seed: of random values; without it all are 0.
    """
    rng = np.random.default_rng(seed)

    def layer(shapes):
        if seed is None:
            return {weight: np.zeros(shape, np.float32) for weight, shape in shapes.items()}
        return {weight: random_values(rng, weight, shape).astype(np.float32) for weight, shape in shapes.items()}

    convolutions, norms = {}, {}
    for kernel, inputs, filters in twin.CONVOLUTIONS:
        outputs = filters or 3 * (5 + classes)
        shapes = {"kernel": (kernel, kernel, inputs, outputs)} | ({} if filters else {"bias": (outputs,)})
        convolutions[numbered("conv2d", first[0] + len(convolutions))] = layer(shapes)
        if filters:
            name = numbered("batch_normalization", first[1] + len(norms))
            norms[name] = layer(dict.fromkeys(NORM, (outputs,)))
    gates = {
        f"{part}_{place}": layer({"kernel": shape})
        for place, channels in twin.CHANNELS.items()
        for part, shape in twin.parts(attention, channels).items()
    }
    return convolutions, norms, gates


def numbered(kind, number):
    return f"{kind}_{number}" if number else kind


def write(path, layers, inside=None, chunks=False):
    """Write `{layer: {weight: values}}` as Keras 2 does; zeros take no room.

    Args:
        inside: the group that holds the layers; by default they are at the root.
        chunks: cut the lists of names into pieces, as Keras does with those of more than 64 KB.
    """
    with h5py.File(path, "w") as file:
        root = file.create_group(inside) if inside else file
        if inside:
            file.create_group("optimizer_weights").attrs["weight_names"] = [b"Adam/conv2d/kernel/m:0"]
        names(root, "layer_names", ["up_sampling2d", *sorted(layers), "input_1"], chunks)
        root.attrs["keras_version"] = "2.3.0-tf"
        for empty in ("input_1", "up_sampling2d"):
            names(root.create_group(empty), "weight_names", [], chunks=False)
        for layer, weights in layers.items():
            group = root.create_group(layer)
            names(group, "weight_names", [f"{layer}/{weight}:0" for weight in weights], chunks)
            for weight, values in weights.items():
                data = {"data": values} if values.any() else {"shape": values.shape, "dtype": values.dtype}
                group.create_dataset(f"{layer}/{weight}:0", **data)
    return path


def names(group, attribute, strings, chunks):
    encoded = [string.encode() for string in strings]
    if not chunks:
        group.attrs[attribute] = encoded
    else:
        for number, start in enumerate(range(0, len(encoded), 3)):
            group.attrs[f"{attribute}{number}"] = encoded[start : start + 3]


def hollow(attention="none", **kwargs):
    """The layers of a model of zeros, in one dictionary."""
    convolutions, norms, gates = model(attention, **kwargs)
    return convolutions | norms | gates


@pytest.mark.parametrize(
    ("attention", "first", "layout"),
    [
        ("none", (0, 0), {}),
        ("none", (21, 19), {"inside": "model_weights"}),
        ("se", (1, 1), {"chunks": True}),
        ("cbam", (84, 76), {"inside": "model_weights", "chunks": True}),
        ("eca", (0, 95), {}),
    ],
)
def test_the_raw_maps_are_those_of_the_network_that_the_file_comes_from(attention, first, layout, tmp_path):
    convolutions, norms, gates = model(attention, first=first, seed=0)
    path = write(tmp_path / "größe.h5", convolutions | norms | gates, **layout)
    network = keras2.load(path)
    path.unlink()
    assert network.attention == attention
    pictures = np.random.default_rng(1).random((2, 64, 96, 3), np.float32)
    kernels = {layer: weights["kernel"] for layer, weights in gates.items()}
    expected = twin.maps(pictures.astype(np.float64), convolutions.values(), norms.values(), attention, kernels)
    for raw, theirs, shape in zip(network(pictures), expected, [(2, 2, 3, 21), (2, 4, 6, 21)], strict=True):
        assert theirs.shape == shape
        assert 1 < theirs.std() < 20  # large enough for the tolerance to tell something
        np.testing.assert_allclose(raw, theirs, rtol=0, atol=1e-4)


def test_the_network_keeps_the_constants_of_its_project(tmp_path):
    network = keras2.load(write(tmp_path / "a.h5", hollow()))
    assert network.anchors == ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
    assert network.masks == ((3, 4, 5), (1, 2, 3))
    assert (network.scale_xy, network.epsilon, network.resize_mode) == (1, 1e-3, "letterbox")
    assert network.input_size == (416, 416)
    assert network.class_names == ("0", "1")


@pytest.mark.parametrize("classes", [1, 20, 80])
def test_the_number_of_classes_follows_from_the_shape_of_a_head(classes, tmp_path):
    assert keras2.count_classes(write(tmp_path / "a.h5", hollow(classes=classes))) == classes


def test_class_names_must_be_given_and_be_as_many_as_the_file_knows(tmp_path):
    path = write(tmp_path / "a.H5", hollow("eca"))
    with pytest.raises(UserError, match=r"2 lines.*--classes"):
        load_network(path)
    with pytest.raises(UserError, match="knows 2 classes, but 3"):
        load_network(path, ("a", "b", "c"))
    assert load_network(path, ("Katze", "Hund")).class_names == ("Katze", "Hund")


def kernel(*shape):
    return {"kernel": np.zeros(shape, np.float32)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"conv2d_4": None}, "20 convolutions and 19 batch norms, a YOLOv4-tiny has 21 and 19"),
        ({"batch_normalization_18": None}, "21 convolutions and 18 batch norms"),
        ({"conv2d_21": kernel(3, 3, 8, 8)}, "22 convolutions"),
        ({"conv2d_2": kernel(3, 3, 64, 32)}, r"c2_a_conv/kernel is \(3, 3, 64, 32\), expected \(3, 3, 64, 64\)"),
        ({"conv2d_3": {}}, "20 convolutions"),
        ({"conv2d_3": {"bias": np.zeros(32)}}, "c2_c_conv/bias is .*, expected None"),
        ({"conv2d_3": kernel(3, 3, 32, 32) | {"bias": np.zeros(32)}}, r"c2_c_conv/bias is \(32,\), expected None"),
        ({"conv2d_17": kernel(1, 1, 512, 21)}, "a head has 0 outputs"),
        ({"conv2d_17": kernel(1, 1, 512, 20) | {"bias": np.zeros(20)}}, "a head has 20 outputs"),
        ({"conv2d_17": kernel(1, 1, 512, 15) | {"bias": np.zeros(15)}}, "a head has 15 outputs"),
        ({"conv2d_20": kernel(1, 1, 256, 24) | {"bias": np.zeros(24)}}, r"p4_out/\w+ is .*24\S*\), expected .*21"),
        ({"se_block_two_feat2": None}, "se_block_one_P5_upsample, .* are not those of se, cbam or eca"),
        ({"eca_layer_feat1": kernel(5, 1, 1)}, "eca_layer_feat1, .* are not those of se"),
        ({"se_block_one_feat1": kernel(256, 32)}, r"attention_p4/squeeze/kernel is \(256, 32\), expected \(256, 16\)"),
        ({"ca_block_conv1_feat1": kernel(1, 1, 256, 16)}, "coordinate attention .* cannot be brought in"),
        ({"conv2d_5": kernel(3, 3, 64, 64) | {"kernel": np.zeros((1, 1, 64, 64), np.int32)}}, "no finite numbers"),
        ({"conv2d_5": {"kernel": np.full((1, 1, 64, 64), np.nan)}}, "no finite numbers"),
        ({"batch_normalization": {name: np.full(32, np.inf) for name in NORM}}, "no finite numbers"),
    ],
)
def test_a_file_of_another_network_or_with_damaged_numbers_is_refused(changes, reason, tmp_path):
    layers = {name: weights for name, weights in (hollow("se") | changes).items() if weights is not None}
    path = write(tmp_path / "wrong.h5", layers)
    with pytest.raises(UserError, match=f"wrong.h5 .*{reason}"):
        keras2.load(path)


def test_files_that_keras_3_writes_are_told_apart(tmp_path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.save_weights(tmp_path / "last.weights.h5")
    network.save(tmp_path / "network.h5")
    for name in ("last.weights.h5", "network.h5"):
        with pytest.raises(UserError, match=f"{name} holds no Keras 2 weights of a YOLOv4-tiny: .* named conv2d"):
            keras2.load(tmp_path / name)


@pytest.mark.parametrize("cut", [0, 1, 8, 100, 2048, -1, -1000])
def test_a_file_that_is_cut_off_is_refused(cut, tmp_path):
    path = write(tmp_path / "cut.h5", hollow())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UserError, match=r"cut.h5 is damaged or no HDF5 file: copy it again \("):
        keras2.load(path)


@pytest.mark.parametrize("content", [b"conv2d\n" * 999, b"\x89PNG\r\n\x1a\n" + bytes(999)], ids=["text", "picture"])
def test_what_is_no_hdf5_file_is_refused(content, tmp_path):
    path = tmp_path / "wrong.h5"
    path.write_bytes(content)
    with pytest.raises(UserError, match="no HDF5 file"):
        load_network(path, ("a",))


def test_names_that_lead_nowhere_are_damage(tmp_path):
    path = write(tmp_path / "a.h5", hollow())
    for change in ({"layer_names": [b"gone"]}, {"layer_names": 3}, {"layer_names": [b"\xff"]}):
        with h5py.File(path, "a") as file:
            file.attrs.update(change)
        with pytest.raises(UserError, match="is damaged or no HDF5 file"):
            keras2.count_classes(path)


def test_a_file_that_says_it_holds_far_too_much_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "größe.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("conv2d")
        group.create_dataset("conv2d/kernel:0", (10**7, 10**6), "f4", chunks=(1000, 1000))  # nothing is written
        group.attrs["weight_names"] = ["conv2d/kernel:0"]
        file.attrs["layer_names"] = ["conv2d"]
    with pytest.raises(UserError, match=r"is damaged .*it would hold 10000000000000 numbers"):
        keras2.load(path)
