"""Damage checkpoints at random and resume from them: refused in a sentence, or taken with what h5py reads in them.

python tests/fuzz/checkpoints.py --count 10000 [--seed N]
"""

import functools
import io
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import h5py
import numpy as np
import pytest

from tests.fuzz.report import main
from tests.yolo.training.thin import NAMES, SIZE, thin_networks
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.run_folders import WEIGHTS
from yolo.training.checkpoint import Checkpoint, adopt, load
from yolo.training.optimizer import make_optimizer
from yolo.training.run_state import read_state
from yolo.training.training_model import TrainingModel

PLAN = SimpleNamespace(epochs=9, is_validated=True)
ODD = (None, True, -1, 0, 1.5, 10**30, float("nan"), "", "x", [], {}, [1], {"a": 1})


def case(rng):
    """Resume from one damaged checkpoint: how it was damaged, and what became of it."""
    rng = random.Random(int(rng.integers(2**63)))
    trainer, whole, places = sample()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / WEIGHTS
        kind = rng.choice(DAMAGES)
        kind(path, whole, rng)
        return f"{kind.__name__} {outcome(trainer, path, places)}"


@functools.cache
def sample():
    """A trainer of a thin network, the bytes of its checkpoint, and where in these each variable is."""
    network = YoloV4Tiny(NAMES, input_size=SIZE)
    trainer = TrainingModel(network, network.copy())
    trainer.compile(make_optimizer(network, "adamw", 100, 4), jit_compile=False)
    with tempfile.TemporaryDirectory() as folder:
        whole = write_whole(trainer, Path(folder))
    return trainer, whole, where_each_array_goes(trainer, whole)


def write_whole(trainer, folder):
    """The bytes of a good checkpoint, of random weights."""
    rng = np.random.default_rng(0)
    for variable in variables(trainer):
        variable.assign(rng.uniform(0, 1, variable.shape).astype(variable.dtype))
    rows = [{"epoch": i, "loss": 1.0, "val_ap": 0.5, "val_ap50": 0.75} for i in (1, 2)]
    state = {"epoch": 2, "history": rows, "halvings": 0, "network": trainer.network.get_config(), "data": "7"}
    saver = Checkpoint(folder, state, "val_ap")
    saver.set_model(trainer)
    saver.save()
    return (folder / WEIGHTS).read_bytes()


def variables(trainer):
    return [*trainer.network.weights, *trainer.averaged.weights, *trainer.optimizer.variables]


def where_each_array_goes(trainer, whole):
    """Place in the file -> variables, found by their values, not by what Keras calls them."""
    held = {}
    with h5py.File(io.BytesIO(whole)) as file:
        file.visititems(lambda name, item: held.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    places = {}
    for variable in variables(trainer):
        same = [name for name, values in held.items() if np.array_equal(values, variable.numpy())]
        places[same[0]] = variable
    assert len(places) > 20
    return places


def outcome(trainer, path, places):
    """What came of a damaged file; AssertionError where it was taken for something that it does not hold."""
    try:
        state = read_state(path)
        load(trainer, path)
        adopt(path, state, PLAN)
    except UserError as error:
        if "\n" in str(error):
            raise AssertionError("more than a sentence") from error
        return "refused"
    with h5py.File(path) as file:
        for name, variable in places.items():
            assert np.array_equal(file[name][()], variable.numpy()), name
    return "read"


def flip(path, whole, rng):
    """A few bits anywhere, or in the first bytes, where the file says what is where."""
    content = bytearray(whole)
    end = rng.choice([len(content), 4096, 40000])
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        content[rng.randrange(min(end, len(content)))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def blank(path, whole, rng):
    """A block of zeros or of noise, as a broken disk leaves it."""
    content = bytearray(whole)
    start, length = rng.randrange(len(content)), rng.choice([16, 512, 4096])
    block = bytes(length) if rng.random() < 0.5 else rng.randbytes(length)
    content[start : start + length] = block[: len(content) - start]
    path.write_bytes(content)


def cut(path, whole, rng):
    """The end is missing, or there is something after it."""
    path.write_bytes(whole[: rng.randrange(len(whole))] if rng.random() < 0.8 else whole + rng.randbytes(100))


def edit_state(path, whole, rng):
    """The state is another one: a value somewhere in it is odd, gone, or its text is broken."""
    path.write_bytes(whole)
    with h5py.File(path, "a") as file:
        text = file.attrs["state"]
        if rng.random() < 0.2:
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice('{}[],:"0x') + text[at + rng.randrange(3) :]
        else:
            state = json.loads(text)
            holder = state
            while isinstance(holder, (dict, list)) and holder:
                key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
                if not isinstance(holder[key], (dict, list)) or not holder[key] or rng.random() < 0.4:
                    holder[key] = rng.choice(ODD)
                    if rng.random() < 0.3:
                        del holder[key]
                    break
                holder = holder[key]
            text = json.dumps(state)
        file.attrs["state"] = text


def edit_array(path, whole, rng):
    """An array is missing, of another shape or type, or holds nan or inf."""
    path.write_bytes(whole)
    with h5py.File(path, "a") as file:
        names = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        name = rng.choice(names)
        values = file[name][()]
        del file[name]
        change = rng.randrange(5)
        if change == 1:
            file[name] = values.reshape(-1)[: rng.randrange(3)]
        elif change == 2:
            file[name] = np.asarray(values, np.float64)
        elif change == 3:
            file[name] = np.full(values.shape, rng.choice([np.nan, np.inf]), np.float32)
        elif change == 4:
            file[name] = h5py.Empty("f")


DAMAGES = (flip, blank, cut, edit_state, edit_array)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        thin_networks(patch)
        main(__doc__, case)
