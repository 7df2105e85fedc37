"""The examples in docstrings give what they say."""

import doctest
import importlib

import keras
import pytest

from attention import registry

MODULES = [
    "attention.cbam",
    "attention.insert",
    "attention.registry",
    "attention.se",
    "attention.spec",
    "yolo.attention_places",
    "yolo.cli.argument_parser",
    "yolo.cli.command",
    "yolo.cli.calibration_pictures",
    "yolo.cli.found_text",
    "yolo.nets.attention_blocks",
    "yolo.tables",
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
