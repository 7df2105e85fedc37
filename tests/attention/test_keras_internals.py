"""What Keras does not promise to keep of its layers is still there and does what is expected."""

import keras

import attention
from attention.keras_internals import nested_layers


def test_keras_still_lists_the_layers_within_a_layer():
    assert hasattr(keras.layers.Layer, "_flatten_layers"), (
        f"Keras {keras.version()} has no Layer._flatten_layers: attention.insert needs it to copy weights"
    )


def test_a_layer_and_those_inside_of_it_come_once_each_however_deep():
    inner = keras.Sequential([keras.layers.Dense(2, name="a"), keras.layers.Dense(3, name="b")], name="inner")
    outer = keras.Sequential([inner, keras.layers.Dense(3, name="c"), inner], name="outer")
    outer.build((None, 3))
    names = [layer.name for layer in nested_layers(outer)]
    assert names[0] == "outer"
    assert sorted(name for name in names if name in "abc") == ["a", "b", "c"]
    assert names.count("inner") == 1


def test_the_layers_of_a_copy_come_in_the_same_order():
    block = attention.create("cbam")
    block.build((None, None, None, 16))
    twin = type(block).from_config(block.get_config())
    twin.build((None, None, None, 16))
    kinds = [(type(layer), layer.name) for layer in nested_layers(block)[1:]]
    assert kinds == [(type(layer), layer.name) for layer in nested_layers(twin)[1:]]
    assert len(kinds) > 2
