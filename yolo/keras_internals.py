"""Wrap the private names of Keras and TensorFlow that `yolo` needs, one function each, as they may change at any time.

No other file uses them. If a new version lacks one, `tests/yolo/test_keras_internals.py` shows what breaks. The private
names for `attention` are in `attention/keras_internals.py`, those of Albumentations in
`yolo/data/import_albumentations.py`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def with_constants(function: "tf.types.experimental.ConcreteFunction") -> "tf.types.experimental.ConcreteFunction":
    """Return a traced function with its variables replaced by constants, which TensorFlow computes faster.

    The converter to TensorFlow Lite does this too, but no public function of TensorFlow returns the result.
    """
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(function)


def moments(optimizer: "keras.optimizers.Adam", weight: "tf.Variable") -> "tuple[keras.Variable, keras.Variable]":
    """Return the first and the second moment that a built optimizer of the Adam family keeps for a weight.

    The public `optimizer.variables` contains them, but does not say which weight each belongs to.
    """
    index = optimizer._get_variable_index(weight)
    return optimizer._momentums[index], optimizer._velocities[index]


def is_decayed(optimizer: "keras.optimizers.Optimizer", weight: "tf.Variable") -> bool:
    """Return whether weight decay applies to a weight.

    Keras has the public `exclude_from_weight_decay` to set this, but nothing public to read it.
    """
    return optimizer._use_weight_decay(weight)
