"""What this project takes from Keras and TensorFlow that they do not promise to keep: each behind a function.

Nothing else here uses a private name of theirs. Where a new version lacks one, `tests/yolo/test_keras_internals.py`
says what breaks. Those of `attention` are in `attention/keras_internals.py`, those of Albumentations in
`yolo/data/import_albumentations.py`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def with_constants(function: "tf.types.experimental.ConcreteFunction") -> "tf.types.experimental.ConcreteFunction":
    """Return a traced function with the values of its variables as constants, which TensorFlow computes faster.

    The converter to TensorFlow Lite does this too, but TensorFlow has no public function that hands back the result.
    """
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(function)


def moments(optimizer: "keras.optimizers.Adam", weight: "tf.Variable") -> "tuple[keras.Variable, keras.Variable]":
    """Return the first and the second moment that a built optimizer of the Adam family keeps for a weight.

    They are public as members of `optimizer.variables`, which does not say to which weight each belongs.
    """
    index = optimizer._get_variable_index(weight)
    return optimizer._momentums[index], optimizer._velocities[index]


def is_decayed(optimizer: "keras.optimizers.Optimizer", weight: "tf.Variable") -> bool:
    """Return whether weight decay is meant for a weight.

    Keras has `exclude_from_weight_decay` to say so, and nothing public to ask for it.
    """
    return optimizer._use_weight_decay(weight)
