"""Read and write Keras 3's `.weights.h5` files, with or without the settings of their network.

The files of a run and converted files have these settings; other files have the weights alone.
"""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import h5py

from yolo import anchors
from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.attention_places import all_places, by_place
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.nets.neck import HEADS
from yolo.shell import command
from yolo.weights import keras3_archive
from yolo.weights.hdf5_checks import DAMAGE, check_content, count_numbers

NETWORK = "network"  # the attribute of a converted file with `YoloV4Tiny.get_config()` as JSON


def load(path: str | Path, allow_imports: bool | str = False) -> YoloV4Tiny:
    """Return the network in a `.weights.h5` file; from that of a run, with the moving average of its weights.

    Args:
        allow_imports: see `keras3_archive.load`.

    Raises:
        UserError: the file is damaged, has the weights alone, or would import a module that is not allowed.
    """
    with _opened(path) as file:
        if _is_alone(file):
            raise UserError(
                f"{path} holds weights alone, without the network that they are of: give a .keras file or the "
                f"last.weights.h5 of a run, or start a training from it with {command('train')} --weights {path}."
            )
        if NETWORK in file.attrs:
            network = keras3_archive.build(path, json.loads(file.attrs[NETWORK]), allow_imports)
            keras3_archive.fill(path, network, Path(path).read_bytes())
            return network
        settings = json.loads(file.attrs["state"])["network"]
        network = keras3_archive.build(path, settings | {"dtype": "float32"}, allow_imports)
        part = io.BytesIO()
        with h5py.File(part, "w") as averaged:
            for name in file["averaged"]:
                file.copy(f"averaged/{name}", averaged)
    keras3_archive.fill(path, network, part.getvalue())
    return network


def save(network: YoloV4Tiny, path: Path) -> None:
    """Write a network as `.weights.h5`: its weights in Keras' layout, and its settings.

    The file is made in memory first, because the HDF5 library ends the process when the disk is full.

    Raises:
        OSError: it cannot be written.
    """
    content = InMemoryFile(path.name)
    network.save_weights(content)
    with h5py.File(content, "a") as file:
        file.attrs[NETWORK] = json.dumps(network.get_config())
    atomic_write(path, content.getbuffer())


def is_alone(path: Path) -> bool:
    """Return whether a file has the weights alone, as `YoloV4Tiny.save_weights` writes them.

    Raises:
        UserError: the file is damaged.
    """
    with _opened(path) as file:
        return _is_alone(file)


def load_alone(path: Path, attention: str) -> tuple[YoloV4Tiny, dict[str, int]]:
    """Return a network with the weights of such a file, and how many numbers the file has for each layer.

    The class names are numbers.

    Args:
        attention: the attention of the network, if the file has weights for exactly that; otherwise it has none.

    Raises:
        UserError: the file is damaged, or of another network.
    """
    with _opened(path) as file:
        layers = {group["vars"].attrs["name"]: group for group in file["layers"].values()}
        held = {name: count_numbers(group) for name, group in layers.items()}
        classes = layers["p5_out"]["vars/1"].size // 3 - 5
        levels = 3 if HEADS[2] in layers else 2
    held = {name: count for name, count in held.items() if count}
    plain = partial(YoloV4Tiny, tuple(map(str, range(classes))), anchors.DEFAULTS[levels], anchors.masks(levels))
    blocks = by_place(attention, max(anchors.LEVELS))  # of a network that may have another number of levels
    network = plain(attention={place: blocks[place] for place in blocks if place in all_places(levels)})
    if {layer.name: layer.count_params() for layer in network.layers if layer.weights} != held:
        network = plain()
    keras3_archive.fill(path, network, Path(path).read_bytes())
    return network, held


def _is_alone(file: h5py.File) -> bool:
    return not {"state", NETWORK} & set(file.attrs)


def _has_rest(path: str | Path) -> bool:
    """Return whether an HDF5 file is longer than its superblock says; only for version 0, which Keras writes."""
    with open(path, "rb") as file:
        start = file.read(48)
        return start[8] == 0 and int.from_bytes(start[40:], "little") < file.seek(0, os.SEEK_END)


@contextmanager
def _opened(path: str | Path) -> Iterator[h5py.File]:
    """Yield the open file; damage that is found then becomes a UserError."""
    try:
        with h5py.File(path) as file:
            if _has_rest(path):
                raise OSError("bytes after its end")
            check_content(file)
            yield file
    except DAMAGE as error:
        reason = str(error).strip().partition("\n")[0]
        raise UserError(f"{path} is damaged or no .weights.h5 file ({reason}): copy it again.") from error
