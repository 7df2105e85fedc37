"""Putting attention into a model that was built without it."""

import keras

from attention.registry import create, name_of, resolve


def insert(model, spec, after, **arguments):
    """Copy a model with a fresh block behind each of the named layers.

    The copy has the layers and weights of `model`, which stays as it is, and is not compiled. A block is called
    `<block>_after_<layer>` and computes in the precision of the layer it follows. A layer that is used more than
    once is followed by one block with one set of weights.

    Args:
        model: a functional or Sequential model with known input shape.
        spec: the block, anything that `attention.create` takes.
        after: a layer's name, several names, or a function that is given each layer and says whether to follow it.
        **arguments: further arguments of every block.

    Returns:
        A functional `keras.Model`.

    Raises:
        ValueError: no such layer, a layer whose output is not `(batch, height, width, channels)`, a block that
            changes the shape or is there already, or a model whose graph is not known.
    """
    graph = _graph(model)
    block_name = name_of(resolve(spec)[0])
    chosen = _chosen(graph, after)
    originals, blocks = {}, {}

    def copy(layer):
        if not isinstance(layer, keras.layers.Layer):
            return layer  # an operation such as `a + b` holds no weights
        twin = layer.__class__.from_config(layer.get_config())
        originals[twin] = layer
        if layer.name in chosen:
            name = f"{block_name}_after_{layer.name}"
            if name in {other.name for other in graph.layers}:
                raise ValueError(f"layer '{layer.name}' is followed by '{name}' already; put a second one after that")
            settings = {"dtype": layer.dtype_policy.name} | arguments
            blocks[twin] = create(spec, name=name, **settings)
        return twin

    def call(layer, *args, **kwargs):
        outputs = layer(*args, **kwargs)
        return _attend(blocks[layer], layer, outputs) if layer in blocks else outputs

    result = keras.models.clone_model(graph, _fresh_inputs(graph), clone_function=copy, call_function=call)
    for twin, original in originals.items():
        _copy_weights(original, twin)
    return result


def _graph(model):
    """The model as a plain functional one, of the same layers."""
    if isinstance(model, keras.Sequential) and not model.built:
        raise ValueError(f"model '{model.name}' has no input shape yet: begin it with keras.Input, or build it")
    if not isinstance(model, (keras.Sequential, keras.Function)):
        raise ValueError(f"attention can be put into functional and Sequential models, not into {type(model).__name__}")
    if isinstance(model, keras.Sequential):
        return keras.Model(model.inputs[0], model.outputs[0], name=model.name)
    return keras.Model(model.input, model.output, name=model.name)


def _fresh_inputs(graph):
    """New inputs, structured and named as the graph's; `clone_model` by itself would lose some of the names."""
    old = [layer for layer in graph.layers if isinstance(layer, keras.layers.InputLayer)]
    new = {id(layer.output): layer.from_config(layer.get_config()).output for layer in old}
    return keras.tree.map_structure(lambda tensor: new[id(tensor)], graph.input)


def _chosen(graph, after):
    """The names of the layers to follow."""
    names = [layer.name for layer in graph.layers if not isinstance(layer, keras.layers.InputLayer)]
    if callable(after):
        wanted = [name for name in names if after(graph.get_layer(name))]
    else:
        wanted = [after] if isinstance(after, str) else list(after)
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        some = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
        missing = f"no layer {', '.join(map(repr, unknown))}" if unknown else "no layer that was asked for"
        raise ValueError(f"model '{graph.name}' has {missing}: choose from {some}")
    return set(wanted)


def _attend(block, layer, features):
    """Call the block on what the layer gave, and refuse what does not fit."""
    shape = getattr(features, "shape", None)
    if shape is None or len(shape) != 4:
        raise ValueError(f"layer '{layer.name}' gives {shape}; attention wants (batch, height, width, channels)")
    attended = block(features)
    if attended.shape != shape:
        raise ValueError(f"'{block.name}' turns {shape} into {attended.shape}; a block must keep the shape")
    return attended


def _copy_weights(source, target):
    """Copy every variable; through the saving methods, because `set_weights` leaves Normalization layers unaware."""
    for old, new in zip(source._flatten_layers(), target._flatten_layers(), strict=True):
        store = {}
        old.save_own_variables(store)
        new.load_own_variables(store)
