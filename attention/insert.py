"""Put attention into a model that was built without it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import keras

from attention.keras_internals import nested_layers
from attention.registry import create, name_of, resolve
from attention.spec import Spec
from attention.tensor_types import Tensor

Layers: TypeAlias = str | Iterable[str] | Callable[[keras.layers.Layer], bool]


def insert(model: keras.Model, spec: Spec, after: Layers, **arguments: Any) -> keras.Model:
    """Return a copy of a model with a new block after each of the chosen layers.

    The copy is a functional model with the layers and weights of `model`, and is not compiled; `model` does not change.
    A block is called `<block>_after_<layer>` and computes in the precision of the layer before it. A layer that is used
    more than once is followed by one block with one set of weights.

    Example:
        >>> import keras
        >>> import attention
        >>> pictures = keras.Input((32, 32, 3), name="pictures")
        >>> model = keras.Sequential([pictures, keras.layers.Conv2D(8, 3, name="first")])
        >>> [layer.name for layer in attention.insert(model, "se(ratio=4)", after="first").layers]
        ['pictures', 'first', 'se_after_first']

    Args:
        model: a functional or Sequential model with known input shape.
        spec: the block, anything that `attention.create` takes.
        after: a layer's name, several names, or a function that returns whether to put a block after a layer.
        **arguments: further arguments of every block.

    Raises:
        ValueError: there is no such layer, its output is not `(batch, height, width, channels)`, a block changes the
            shape or has been inserted before, or the graph of the model is not known.
    """
    graph = _graph(model)
    block_name = name_of(resolve(spec)[0])
    chosen = _chosen(graph, after)
    originals: dict[keras.layers.Layer, keras.layers.Layer] = {}
    blocks: dict[keras.layers.Layer, keras.layers.Layer] = {}

    def copy(layer: keras.Operation) -> keras.Operation:
        if not isinstance(layer, keras.layers.Layer):
            return layer  # an operation such as `a + b` has no weights
        twin = layer.__class__.from_config(layer.get_config())
        originals[twin] = layer
        if layer.name in chosen:
            name = f"{block_name}_after_{layer.name}"
            if name in {other.name for other in graph.layers}:
                raise ValueError(f"layer '{layer.name}' is followed by '{name}' already; put a second one after that")
            settings = {"dtype": layer.dtype_policy.name} | arguments
            blocks[twin] = create(spec, name=name, **settings)
        return twin

    def call(layer: keras.Operation, *args: Any, **kwargs: Any) -> Any:
        outputs = layer(*args, **kwargs)
        return _attend(blocks[layer], layer, outputs) if layer in blocks else outputs

    result = keras.models.clone_model(graph, _fresh_inputs(graph), clone_function=copy, call_function=call)
    for twin, original in originals.items():
        _copy_weights(original, twin)
    return result


def _graph(model: keras.Model) -> keras.Model:
    """Return the model as a plain functional one of the same layers."""
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(f"model '{model.name}' has no input shape yet: begin it with keras.Input, or build it")
    if not isinstance(model, (keras.Sequential, keras.Function)):
        raise ValueError(f"attention can be put into functional and Sequential models, not into {type(model).__name__}")
    if isinstance(model, keras.Sequential):
        return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    return keras.Model(model.input, model.output, name=model.name)


def _fresh_inputs(graph: keras.Model) -> Any:
    """Return new inputs with the structure and names of the graph's; `clone_model` alone would lose some names."""
    old = [layer for layer in graph.layers if isinstance(layer, keras.layers.InputLayer)]
    new = {id(layer.output): layer.from_config(layer.get_config()).output for layer in old}
    return keras.tree.map_structure(lambda tensor: new[id(tensor)], graph.input)


def _chosen(graph: keras.Model, after: Layers) -> set[str]:
    """Return the names of the layers that get a block after them."""
    names = [layer.name for layer in graph.layers if not isinstance(layer, keras.layers.InputLayer)]
    if callable(after):
        wanted = [name for name in names if after(graph.get_layer(name))]
    else:
        wanted = [after] if isinstance(after, str) else list(after)
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        some = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
        missing = f"no layer {', '.join(map(repr, unknown))}" if unknown else "none of the chosen layers"
        raise ValueError(f"model '{graph.name}' has {missing}: choose from {some}")
    return set(wanted)


def _attend(block: keras.layers.Layer, layer: keras.layers.Layer, features: Any) -> Tensor:
    """Return the output of a block for the output of a layer. Raises ValueError when their shapes do not fit."""
    shape = getattr(features, "shape", None)
    if shape is None or len(shape) != 4:
        raise ValueError(f"layer '{layer.name}' gives {shape}; attention wants (batch, height, width, channels)")
    attended = block(features)
    if attended.shape != shape:
        raise ValueError(f"'{block.name}' turns {shape} into {attended.shape}; a block must keep the shape")
    return attended


def _copy_weights(source: keras.layers.Layer, target: keras.layers.Layer) -> None:
    """Copy every variable by the saving methods, because Normalization layers do not notice `set_weights`."""
    for old, new in zip(nested_layers(source), nested_layers(target), strict=True):
        store: dict[str, Any] = {}
        old.save_own_variables(store)
        new.load_own_variables(store)
