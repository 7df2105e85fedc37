"""A small detector and a small data set for every test of training."""

import pytest

from tests.yolo.training.thin import NAMES, SIZE, painted_set, thin_networks


@pytest.fixture
def network(monkeypatch):
    """Makes small detectors: `network(dtype="mixed_bfloat16")`."""
    from yolo.nets.model import YoloV4Tiny

    thin_networks(monkeypatch)
    return lambda **settings: YoloV4Tiny(**{"class_names": NAMES, "input_size": SIZE} | settings)


@pytest.fixture(scope="session")
def painted_root(tmp_path_factory):
    """Twelve painted pictures, six to train on, three to validate, three to test; not to be changed."""
    return painted_set(tmp_path_factory.mktemp("data") / "gemalt")


@pytest.fixture
def trainer(network):
    """Makes trainers of a small detector, compiled with `make_optimizer`: `trainer(dtype="mixed_bfloat16")`."""
    from yolo.training.optimizer import make_optimizer
    from yolo.training.training_model import TrainingModel

    def make(optimizer="adamw", **settings):
        small = network(**settings)
        made = TrainingModel(small, small.copy(dtype="float32"))
        made.compile(make_optimizer(small, optimizer, 100, 4), jit_compile=False)
        return made

    return make
