"""A small detector and painted pictures, as in the tests of training, and ablations without processes of their own."""

import pytest

from tests.yolo.training.runs import config
from tests.yolo.training.thin import SIZE, painted_set, thin_networks
from yolo.config import AblateConfig


def here(function, *arguments):
    """Stands in for a process of its own."""
    return function(*arguments)


@pytest.fixture
def thin(monkeypatch):
    thin_networks(monkeypatch)


@pytest.fixture(scope="session")
def painted_root(tmp_path_factory):
    """Twelve painted pictures, six to train on, three to validate, three to test; not to be changed."""
    return painted_set(tmp_path_factory.mktemp("data") / "gemalt")


@pytest.fixture
def asked(painted_root, tmp_path):
    """Makes configurations of short ablations: `asked(seeds=1)`."""
    settings = tmp_path / "settings.json"
    config(painted_root, tmp_path, warmup_steps=2).save(settings)

    def make(**changes):
        given = {"data": str(painted_root), "attention": "se,eca", "seeds": 2, "epochs": 1, "input_size": SIZE}
        given["output"] = str(tmp_path / "été")
        return AblateConfig(config=str(settings), **given | changes)

    return make
