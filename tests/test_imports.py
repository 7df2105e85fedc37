"""Imports go one way, and a few rules of the house, read from the source with `ast`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for package in ("attention", "yolo") for path in (ROOT / package).rglob("*.py"))

# The parts of `yolo`, and those that each may import, itself included.
PLAIN = {
    "anchors",
    "array_types",
    "atomic_write",
    "attention_places",
    "boxes",
    "bundled_data",
    "cache_folder",
    "class_lists",
    "class_matching",
    "config",
    "errors",
    "installation",
    "json_files",
    "keras_internals",
    "keras_registration",
    "label_files",
    "letterbox",
    "machine",
    "malloc_tuning",
    "garbage_collection",
    "opencv",
    "option_checks",
    "option_limits",
    "optional_packages",
    "overwriting",
    "package_conflicts",
    "picture_files",
    "pixel_scaling",
    "progress",
    "run_folders",
    "settings_base",
    "shell",
    "structures",
    "tables",
    "temperature",
    "temporary_environment",
    "text_files",
    "timing",
    "undecodable_names",
    "wording",
}
MODEL = PLAIN | {"nets", "attention"}
BELOW_TRAINING = MODEL | {"data", "loss", "weights", "inference", "export", "evaluation"}
MAY_IMPORT = {
    "attention": {"attention"},
    **dict.fromkeys(PLAIN, PLAIN),
    "attention_places": PLAIN | {"attention"},  # a type of it
    "nets": MODEL,
    "data": PLAIN | {"data"},
    "loss": MODEL | {"loss"},
    "weights": MODEL | {"weights"},
    "inference": MODEL | {"inference", "weights"},
    "export": MODEL | {"export", "inference"},
    "benchmark": MODEL | {"inference", "export", "benchmark"},
    "evaluation": PLAIN | {"inference", "data", "evaluation"},
    "explain": MODEL | {"inference", "weights", "data", "explain"},
    "training": BELOW_TRAINING | {"training"},
    "ablation": BELOW_TRAINING | {"training", "ablation"},
    "cli": BELOW_TRAINING | {"training", "ablation", "explain", "benchmark", "cli", "__version__"},
    "__init__": {"keras_registration", "inference", "nets"},  # of the two only types
    "__main__": {"cli"},
}
HEAVY = {"albumentations", "keras", "matplotlib", "tensorflow"}
PARTS_WITHOUT = dict.fromkeys({*PLAIN, "inference", "export"}, HEAVY) | {
    "cli": HEAVY | {"cv2", "pycocotools"},
    "__init__": HEAVY | {"numpy"},
}
SAYS_NOTHING = {"common", "helper", "helpers", "misc", "util", "utils"}


def part_of(path):
    """`yolo/nets/model.py` -> nets, `yolo/boxes.py` -> boxes, `attention/se.py` -> attention."""
    package, inner = path.parts[0], path.parts[1]
    return inner.removesuffix(".py") if package == "yolo" else package


def imported(nodes):
    """The full names that import statements bring in: `from yolo.nets import model` -> yolo.nets.model."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            yield from (f"{dots}{node.module or ''}.{alias.name}" for alias in node.names)


def outside_functions(tree):
    """The nodes that run when the module is imported."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":  # read by type checkers alone
            waiting.extend(node.orelse)
            continue
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def faults(path, source):
    """What is wrong with a file at `path`, relative to the repository: one sentence each."""
    tree, part = ast.parse(source), part_of(path)
    nodes = list(ast.walk(tree))
    if part not in MAY_IMPORT:
        yield f"{path}: part '{part}' is not in the table of this test"
        return
    if SAYS_NOTHING & {word.removesuffix(".py") for word in path.parts}:
        yield f"{path}: the name says nothing"
    for name in imported(nodes):
        package, _, inner = name.partition(".")
        if name.startswith("."):
            yield f"{path}: relative import {name}"
        elif package in ("yolo", "attention"):
            target = inner.partition(".")[0] if package == "yolo" else package
            if target not in MAY_IMPORT[part]:
                yield f"{path}: {part} must not import {name}"
        elif package == "albumentations" and path.name != "import_albumentations.py":
            yield f"{path}: {name} must come through yolo.data.import_albumentations, which asks no server"
        elif part == "attention" and package in HEAVY - {"keras"} | {"cv2", "numpy"}:
            yield f"{path}: attention must not import {name}"
    for name in imported(outside_functions(tree)):
        if name.partition(".")[0] in PARTS_WITHOUT.get(part, ()):
            yield f"{path}: {part} must not import {name} outside a function"
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"{path}:{node.lineno}: bare except"
        if part != "cli" and isinstance(node, ast.Call) and getattr(node.func, "id", None) == "print":
            yield f"{path}:{node.lineno}: print outside yolo/cli"
    if part != "cli" and "argparse" in {name.partition(".")[0] for name in imported(nodes)}:
        yield f"{path}: argparse outside yolo/cli"


@pytest.mark.parametrize("path", [path.relative_to(ROOT) for path in SOURCES], ids=str)
def test_a_source_file_imports_only_what_its_part_may_use(path):
    assert list(faults(path, (ROOT / path).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("yolo/nets/neck.py", "from yolo.data import data_folder", "nets must not import yolo.data.data_folder"),
        ("yolo/data/data_folder.py", "def f():\n    import yolo.nets.model", "data must not import yolo.nets.model"),
        ("yolo/boxes.py", "from yolo import nets", "boxes must not import yolo.nets"),
        ("yolo/boxes.py", "import keras", "boxes must not import keras outside a function"),
        (
            "yolo/picture_files.py",
            "if True:\n    from tensorflow import io",
            "picture_files must not import tensorflow.io outside",
        ),
        ("yolo/cli/train.py", "import tensorflow as tf", "cli must not import tensorflow outside a function"),
        ("yolo/boxes.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import keras", "must not import keras outside"),
        (
            "yolo/evaluation/voc_metrics.py",
            "from yolo.training import engine",
            "evaluation must not import yolo.training",
        ),
        ("yolo/inference/nms.py", "from yolo.cli import run", "inference must not import yolo.cli.run"),
        ("yolo/data/warp.py", "import albumentations as A", "must come through yolo.data.import_albumentations"),
        ("attention/se.py", "from yolo import boxes", "attention must not import yolo.boxes"),
        ("attention/se.py", "import tensorflow as tf", "attention must not import tensorflow"),
        ("yolo/nets/neck.py", "from . import blocks", "relative import"),
        ("yolo/nets/utils.py", "", "the name says nothing"),
        ("yolo/helpers/boxes.py", "", "not in the table"),
        ("yolo/nets/neck.py", "print(1)", "print outside yolo/cli"),
        ("yolo/nets/neck.py", "from argparse import ArgumentParser", "argparse outside yolo/cli"),
        ("yolo/cli/train.py", "try:\n    pass\nexcept:\n    pass", "bare except"),
    ],
)
def test_a_wrong_snippet_is_caught(path, source, fault):
    found = list(faults(Path(path), source))
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("yolo/boxes.py", "import numpy\nfrom yolo.errors import UserError"),
        ("yolo/cli/train.py", "import argparse\ndef main():\n    import tensorflow\n    print(1)"),
        ("yolo/nets/model.py", "import keras\nfrom attention import create"),
        ("yolo/boxes.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import tensorflow as tf"),
        ("attention/eca.py", "import math\nfrom keras import ops\nfrom attention.registry import register"),
    ],
)
def test_a_right_snippet_is_left_alone(path, source):
    assert list(faults(Path(path), source)) == []
