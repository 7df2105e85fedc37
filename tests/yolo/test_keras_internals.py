"""What Keras and TensorFlow do not promise to keep is still there, does what is expected, and is used in one place."""

import ast
from importlib import import_module
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from yolo.data.import_albumentations import A
from yolo.keras_internals import is_decayed, moments, with_constants

ROOT = Path(__file__).resolve().parents[2]
PLACES = {"yolo/keras_internals.py", "attention/keras_internals.py", "yolo/data/import_albumentations.py"}
DOCUMENTED = {"_asdict", "_exit", "_targets"}  # by Python, by Python, by Albumentations for transforms of one's own
OF_PYTHON = {"_ActionsContainer", "_actions", "_option_string_actions"}  # of argparse
MODULES = ("attention", "yolo.nets.model", "yolo.loss.loss", "yolo.training.engine", "yolo.data.box_paste")
BASES = (
    keras.layers.Layer,
    keras.callbacks.Callback,
    keras.initializers.Initializer,
    keras.losses.Loss,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
    A.BasicTransform,
    A.BaseCompose,
)


def built(kind, **settings):
    """An optimizer of two weights of (2, 3), the first of which is not decayed."""
    weights = [keras.Variable(np.ones((2, 3)), dtype="float32", name=name) for name in ("first", "second")]
    optimizer = kind(learning_rate=0.1, **settings)
    optimizer.exclude_from_weight_decay(var_list=weights[:1])
    optimizer.build(weights)
    return optimizer, weights


@pytest.mark.parametrize("name", ["_get_variable_index", "_momentums", "_velocities", "_use_weight_decay"])
def test_keras_still_has_what_adamw_asks_of_its_optimizer(name):
    optimizer, _ = built(keras.optimizers.AdamW)
    assert hasattr(optimizer, name), f"Keras {keras.version()} has no {name}: AdamW of yolo.training.adamw needs it"


def test_tensorflow_still_turns_variables_into_constants():
    try:
        module = import_module("tensorflow.python.framework.convert_to_constants")
    except ImportError:
        module = None
    assert hasattr(module, "convert_variables_to_constants_v2"), (
        f"TensorFlow {tf.__version__} has no convert_variables_to_constants_v2: detection and every export need it"
    )


def test_each_weight_has_its_own_two_moments():
    """After one step from zero the first moment is (1 - 0.9) g, the second (1 - 0.999) g * g."""
    optimizer, weights = built(keras.optimizers.AdamW)
    optimizer.apply([tf.fill((2, 3), 2.0), tf.fill((2, 3), -3.0)])
    for weight, gradient in zip(weights, (2.0, -3.0), strict=True):
        first, second = moments(optimizer, weight.value)
        np.testing.assert_allclose(first.numpy(), np.full((2, 3), 0.1 * gradient), rtol=1e-5)
        np.testing.assert_allclose(second.numpy(), np.full((2, 3), 0.001 * gradient**2), rtol=1e-4)


def test_a_weight_that_was_excluded_is_not_decayed_and_another_is():
    optimizer, weights = built(keras.optimizers.AdamW, weight_decay=0.5)
    assert [is_decayed(optimizer, weight.value) for weight in weights] == [False, True]


def test_a_function_with_constants_computes_the_same_and_sees_no_later_change():
    factor = tf.Variable([2.0, 3.0])
    traced = tf.function(lambda x: x * factor).get_concrete_function(tf.TensorSpec((None, 2)))
    constant = with_constants(traced)
    factor.assign([7.0, 7.0])
    assert len(traced.variables) == 1
    assert constant.variables == ()
    (answer,) = constant(tf.constant([[1.0, 10.0]]))
    np.testing.assert_array_equal(answer, [[2.0, 30.0]])


NAMED_TUPLE = ("_asdict", "_fields", "_make", "_replace")  # public, as the library documents them


def sources():
    paths = [path for package in ("attention", "yolo") for path in (ROOT / package).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in NAMED_TUPLE


def defined(trees):
    """The names that the programs define themselves: functions, classes, variables and attributes."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def foreign(tree, own):
    """The private names of others that a program uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
            yield node.attr
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names]
            module = getattr(node, "module", None)
            full = [f"{module}.{name}" if module else name for name in names]
            yield from (name for name in full if name.startswith(("tensorflow.python", "keras.src", "keras._")))


def test_private_names_of_libraries_are_used_in_their_places_alone():
    trees = sources()
    assert trees.keys() >= PLACES
    own = {*defined(trees.values()), *DOCUMENTED, *OF_PYTHON}
    found = {name: sorted(set(foreign(tree, own))) for name, tree in trees.items()}
    assert {name: private for name, private in found.items() if private and name not in PLACES} == {}
    assert all(found[name] for name in PLACES), "or this test finds nothing"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("tensor._keras_history", ["_keras_history"]),
        ("import keras.src.export", ["keras.src.export"]),
        ("from tensorflow.python.framework import ops", ["tensorflow.python.framework.ops"]),
        ("self._own + layer.__class__ + tf.raw_ops", []),
    ],
)
def test_a_private_name_is_told_from_ones_own(source, found):
    assert list(foreign(ast.parse(source), {"_own"})) == found


def subclasses(base):
    for one in base.__subclasses__():
        yield one
        yield from subclasses(one)


def is_ours(kind):
    return kind.__module__.partition(".")[0] in ("attention", "yolo")


def replaced(kind):
    """The private names of library classes that a class of this project gives another meaning."""
    bases = [base for base in kind.__mro__[1:] if not is_ours(base)]
    names = [name for name in vars(kind) if is_private(name) and name not in {"_abc_impl", *DOCUMENTED}]
    return [name for name in names if any(name in vars(base) for base in bases)]


def test_no_class_replaces_a_private_name_of_the_library_class_it_extends():
    for module in MODULES:
        import_module(module)
    ours = {kind for base in BASES for kind in subclasses(base) if is_ours(kind)}
    assert len(ours) > 20
    assert {str(kind): replaced(kind) for kind in ours if replaced(kind)} == {}


def test_a_replaced_private_name_is_found():
    class Optimizer(keras.optimizers.AdamW):
        def _apply_weight_decay(self, variables):
            pass

    assert replaced(Optimizer) == ["_apply_weight_decay"]
