"""Runs on painted pictures, and what is in their folders."""

import csv

import h5py

from tests.yolo.training.thin import SIZE
from yolo.config import TrainConfig


def config(root, runs, **settings):
    """Six pictures in two steps an epoch, from random weights."""
    usual = {"input_size": SIZE, "batch_size": 4, "precision": "float32", "weights": "none"}
    return TrainConfig(data=str(root), runs=str(runs), **usual | settings)


def contents(path):
    """Every array in a weights file by its place."""
    arrays = {}

    def take(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[name] = item[()]

    with h5py.File(path) as file:
        file.visititems(take)
    return arrays


def log_rows(folder):
    """The lines of log.csv."""
    with (folder / "log.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def assert_same_run(first, second):
    """The same weights, average, optimizer and log, to the last bit."""
    one, other = contents(first / "last.weights.h5"), contents(second / "last.weights.h5")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name].tobytes() != other[name].tobytes()] == []
    assert (first / "log.csv").read_bytes() == (second / "log.csv").read_bytes()
