"""Damage small model files in thousands of ways: each is refused in one sentence, or read as by an independent reader.

    python tests/fuzz/weights.py --count 10000 [--seed N]

What is accepted must be what h5py, zipfile and NumPy find in the same bytes. The networks are as shallow as can be, so
that a case takes some milliseconds.
"""

import collections
import contextlib
import functools
import io
import json
import logging
import os
import random
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import h5py
import numpy as np
import pytest

from tests.fuzz.report import main
from tests.yolo.training.thin import thin_networks
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.network_checks import check
from yolo.weights import darknet, darknet_cfg, darknet_writer, keras2, keras3_archive, keras3_weights

NAMES = ("cat", "dog")
ODD = (None, -1, 0, 1, 1.5, 10**9, float("nan"), "", "x", [], [[]], {}, True, [0, 0], "a:B", "se", "\ud800", [1] * 9)


@contextlib.contextmanager
def shallow_networks():
    """Within it networks are as shallow as can be, in every format."""
    with pytest.MonkeyPatch.context() as patch:
        thin_networks(patch)
        patch.setattr(darknet, "_kernels", small)
        patch.setattr(logging.getLogger("yolo"), "disabled", True)
        yield


@functools.cache
def samples():
    """A sound file of each kind: {kind: (ending, bytes, reader)}."""
    with tempfile.TemporaryDirectory() as folder:
        return written(Path(folder))


def written(folder):
    network = YoloV4Tiny(NAMES, input_size=(64, 64), attention="se")
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in network.get_weights()])
    network.save(folder / "a.keras")
    keras3_weights.save(network, folder / "a.weights.h5")
    with h5py.File(folder / "a.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv2d", b"batch_normalization"]
        for name, weights in (
            ("conv2d", {"kernel": (1, 1, 4, 21), "bias": (21,)}),
            ("batch_normalization", {"gamma": (4,)}),
        ):
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{weight}:0".encode() for weight in weights]
            for weight, shape in weights.items():
                group[f"{name}/{weight}:0"] = rng.uniform(0.5, 1.5, shape).astype(np.float32)
    (folder / "a.weights").write_bytes(bytes.fromhex("000000000200000005000000") + bytes(8) + numbers(rng))
    return {
        "keras": (".keras", (folder / "a.keras").read_bytes(), read_keras),
        "run": (".weights.h5", (folder / "a.weights.h5").read_bytes(), read_run),
        "h5": (".h5", (folder / "a.h5").read_bytes(), read_h5),
        "weights": (".weights", (folder / "a.weights").read_bytes(), read_weights),
        "cfg": (".cfg", CFG.encode(), read_cfg),
    }


def numbers(rng):
    """The numbers of a file with the small convolutions of `small`."""
    return rng.uniform(0.5, 1.5, darknet._count(small(2))).astype("<f4").tobytes()


def small(classes, levels=2):
    """As `darknet._kernels`, of a network that is none, but small."""
    outputs = 3 * (5 + classes)
    names = (*darknet.ORDER, "up3", "p3_head", "p3_out")[: 15 + 3 * levels]
    shapes = dict.fromkeys(names, (4, 4, 1)) | {"stem_1": (4, 3, 3)}
    return shapes | {name: (outputs, 4, 1) for name in names if name in darknet.HEADS}


def read_keras(path):
    """The weights that Keras' layout has in an archive, against ours."""
    network = keras3_archive.load(path)
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        assert same(network, file), "other weights than zipfile and h5py find"
    check(network.get_config())


def read_run(path):
    """A file that says what network it is of."""
    network = keras3_weights.load(path)
    with h5py.File(path) as file:
        assert same(network, file), "other weights than h5py finds"


def same(network, file):
    """Whether every weight of a network is in the file, to the last bit of float32."""
    held = values(file)
    return all(held[np.asarray(weight).tobytes()] for weight in network.weights)


def values(file):
    """How often the numbers of each dataset are in a file, as bytes of float32."""
    held = collections.Counter()
    file.visititems(lambda _, item: held.update([item.astype("f4")[()].tobytes()] if is_float(item) else []))
    return held


def is_float(item):
    return isinstance(item, h5py.Dataset) and item.dtype.kind == "f"


def read_h5(path):
    """The first step of reading Keras 2's files: layers, and numbers that are finite."""
    with mock.patch.object(keras2, "_match", lambda path, groups: ("none", {name: name for name in groups})):
        _, weights = keras2._read(path)
    with h5py.File(path) as file:
        held = values(file)
    assert all(held[np.float32(array).tobytes()] for array in weights.values()), "other weights than h5py finds"


def read_weights(path):
    """Darknet's numbers one after the other."""
    arrays = darknet.convolutions(path)
    content = np.fromfile(path, "<f4")
    ours = np.sort(np.concatenate([np.ravel(part) for parts in arrays.values() for part in parts]))
    assert np.array_equal(np.sort(content[-len(ours) :]), ours), "other numbers than NumPy finds"


def read_cfg(path):
    """What a cfg says is what a network can have."""
    check(darknet_cfg.read(path, 2))


def damage(content, kind, rng):
    """Other bytes: flipped, cut, doubled, moved, or another value in the JSON inside."""
    way = rng.choice(("flip", "flip", "cut", "double", "zero", "swap", "text", "json", "json"))
    if way == "json" and kind in ("keras", "run"):
        return edit(content, kind, rng)
    content = bytearray(content)
    place = rng.randrange(len(content))
    length = min(2 ** rng.randrange(12), len(content) - place)
    if way == "cut":
        del content[place : place + length if rng.random() < 0.5 else len(content)]
    elif way == "double":
        content[place:place] = content[place : place + length]
    elif way == "zero":
        content[place : place + length] = bytes(length)
    elif way == "swap":
        other = rng.randrange(len(content))
        content[place], content[other] = content[other], content[place]
    elif way == "text":
        content[place : place + 4] = rng.choice(
            (b"nan,", b"1e99", b"\xff\xff\xff\xff", b"[net", b"-1,-", b"\0\0\0\x7f")
        )
    else:
        for _ in range(rng.choice((1, 1, 2, 8))):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def edit(content, kind, rng):
    """Another value for a setting of the network, or an attribute or array of the HDF5 file."""
    if kind == "keras":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        config = json.loads(members["config.json"])
        change(config["config"], rng)
        members["config.json"] = json.dumps(config)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return packed.getvalue()
    memory = io.BytesIO(content)
    with h5py.File(memory, "a") as file:
        settings = json.loads(file.attrs["network"])
        change(settings, rng)
        file.attrs["network"] = json.dumps(settings)
    return memory.getvalue()


def change(settings, rng):
    name = rng.choice(list(settings))
    value = settings[name]
    if isinstance(value, list) and value and rng.random() < 0.5:
        value = list(value)
        value[rng.randrange(len(value))] = rng.choice(ODD)
    else:
        value = rng.choice(ODD)
    settings[name] = value


def case(rng):
    """Read one damaged file: its kind, and what became of it."""
    rng = random.Random(int(rng.integers(2**63)))
    kind = rng.choice(list(samples()))
    ending, content, reader = samples()[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"case{ending}"
        path.write_bytes(damage(content, kind, rng))
        try:
            reader(path)
        except UserError as error:
            if "\n" in str(error):
                raise AssertionError(f"not one line: {error}") from error
            return f"{kind} refused"
        return f"{kind} read"


CFG = darknet_writer.cfg(YoloV4Tiny(NAMES, input_size=(64, 64)))  # of the whole network, before it is made thin

if __name__ == "__main__":
    with shallow_networks():
        main(__doc__, case)
