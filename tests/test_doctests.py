"""The examples in docstrings give what they say."""

import doctest
import importlib

import keras
import pytest

from attention import registry
from yolo.data.demo import demo_set

MODULES = [
    "attention.cbam",
    "attention.insert",
    "attention.registry",
    "attention.se",
    "attention.spec",
    "yolo.attention_places",
    "yolo.class_matching",
    "yolo.cli.argument_parser",
    "yolo.cli.command",
    "yolo.cli.calibration_pictures",
    "yolo.cli.found_text",
    "yolo.data.near_duplicates",
    "yolo.nets.attention_blocks",
    "yolo.nets.model",
    "yolo.tables",
    "yolo.training.time_budget",
]


IN_ORDER = [  # they need the demo set `shapes`, and the run that the first of them makes
    "yolo.training.engine",
    "yolo.data.data_folder",
    "yolo.weights.load_network",
    "yolo.evaluation.evaluate",
    "yolo.export.formats",
]


@pytest.fixture
def unchanged_registry(monkeypatch):
    """Blocks that an example registers are gone after it."""
    for table in ("_classes", "_phis", "_presets"):
        monkeypatch.setattr(registry, table, dict(getattr(registry, table)))
    objects = keras.saving.get_custom_objects()
    before = dict(objects)
    yield
    objects.clear()
    objects.update(before)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.usefixtures("unchanged_registry")
def test_the_examples_of_a_module_give_what_they_say(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0  # what differs is printed


def test_the_examples_that_train_score_and_export_give_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo_set.write("shapes", pictures=10)
    for name in IN_ORDER:
        result = doctest.testmod(importlib.import_module(name))
        assert (result.attempted > 0, result.failed) == (True, 0), name
