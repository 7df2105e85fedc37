"""Choosing a block by number, by name, by a text such as `"se(ratio=8)"`, by `"module:Class"` or by its class."""

import difflib
import inspect
import math
from numbers import Integral

import keras

from attention.arguments import whole_number
from attention.spec import load, parse

_classes = {}  # name -> class
_phis = {}  # name -> phi, of the blocks that have one
_presets = {}  # name -> {preset: arguments}


def register(name, phi=None, presets=None):
    """Decorator that makes a Keras layer selectable: `@register("ghost")`.

    The class is also registered with Keras, so that a model saved with it loads wherever its module is imported.
    A class that is defined again, by a notebook cell run twice, replaces its earlier self.

    Args:
        name: how users choose the block; letters, digits and underscores.
        phi: number by which it can be chosen too.
        presets: sets of arguments by name; the set "wide" of the block "ghost" is chosen as `"ghost/wide"`.

    Raises:
        ValueError: the name or number is taken or has a wrong form, or the class is no Keras layer.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"an attention's name is made of letters, digits and underscores, got {name!r}")
    if phi is not None:
        whole_number("phi", phi, at_least=0)

    def add(cls):
        _require_layer(cls, name)
        earlier = _classes.get(name, cls)
        if (earlier.__module__, earlier.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ValueError(
                f"attention {name!r} is already {earlier.__module__}.{earlier.__qualname__}: choose another name"
            )
        taken = {number: other for other, number in _phis.items() if other != name}
        if phi in taken:
            raise ValueError(f"phi {phi} is already attention {taken[phi]!r}: choose {max(taken) + 1} or leave it out")
        _classes[name] = cls
        if phi is not None:
            _phis[name] = phi
        _presets[name] = dict(presets or {})
        return keras.saving.register_keras_serializable(package="attention", name=name)(cls)

    return add


def available():
    """The names of all registered blocks, those with a phi first and in its order, then by name."""
    return sorted(_classes, key=lambda name: (_phis.get(name, math.inf), name))


def presets(name):
    """The presets of a registered block: `{preset: arguments}`, chosen as `"name/preset"`. Raises ValueError."""
    _named(name)
    return {preset: dict(arguments) for preset, arguments in _presets[name].items()}


def create(spec, **kwargs):
    """Make a fresh block.

    Args:
        spec: a phi; a name; `"name(key=value)"`; `"name/preset"` or `"name/preset(key=value)"`; `"module:Class"` or
            `"module:Class(key=value)"`, which imports the module; a Layer class; or None for no attention.
        **kwargs: further arguments of the layer, such as `name`; they win over those in `spec`.

    Returns:
        A `keras.layers.Layer`, `(batch, height, width, channels)` to the same shape.

    Raises:
        ValueError: the choice, the module or an argument is wrong; the message lists the possible ones.
    """
    cls, arguments = resolve(spec)
    arguments = arguments | kwargs
    try:
        return cls(**arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(_complaint(cls, arguments, error)) from error


def resolve(spec):
    """Any specification that `create` takes -> the layer class and the arguments written with it."""
    if spec is None:
        return resolve("none")
    if isinstance(spec, Integral) and not isinstance(spec, bool):
        return _named(next((name for name, phi in _phis.items() if phi == spec), spec)), {}
    if isinstance(spec, str):
        target, arguments = parse(spec)
        name, slash, preset = target.partition("/")
        cls = load(name) if ":" in name else _named(name)
        if slash:
            arguments = _preset(name, preset) | arguments
    else:
        cls, arguments = spec, {}
    _require_layer(cls, spec)
    _make_savable(cls)
    return cls, arguments


def name_of(cls):
    """The name a class is registered by, or its own in lower case."""
    return next((name for name, registered in _classes.items() if registered is cls), cls.__name__.lower())


def _named(name):
    if name not in _classes:
        close = difflib.get_close_matches(str(name).lower(), _classes, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise ValueError(f"unknown attention {name!r}{hint}: {_choices()}")
    return _classes[name]


def _preset(name, preset):
    known = _presets.get(name, {})
    if preset not in known:
        raise ValueError(f"attention {name!r} has no preset {preset!r}: choose from {', '.join(known) or '(none)'}")
    return known[preset]


def _choices():
    return f"choose from {', '.join(available())}, or give module:Class"


def _require_layer(cls, spec):
    if not isinstance(cls, type) or not issubclass(cls, keras.layers.Layer):
        raise ValueError(f"attention {spec!r} is no keras.layers.Layer class: {_choices()}")


def _make_savable(cls):
    """Register a user's class with Keras, which else refuses to load a model that holds it."""
    is_custom = cls.__module__.partition(".")[0] != "keras"
    if is_custom and keras.saving.get_registered_name(cls) == cls.__name__:
        keras.saving.register_keras_serializable(package=cls.__module__)(cls)


def _argument_names(cls):
    """The arguments that a layer class and its bases are made with, in order."""
    names = {}
    for base in cls.__mro__[:-1]:
        parameters = inspect.signature(base.__init__).parameters.values()
        names |= {p.name: None for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return [name for name in names if name != "self"]


def _complaint(cls, arguments, error):
    """Return a sentence on why a class could not be made with those arguments."""
    known = _argument_names(cls)
    general = _argument_names(keras.layers.Layer)
    own = ", ".join(name for name in known if name not in general) or "none"
    unknown = ", ".join(repr(name) for name in arguments if name not in known)
    reason = f"it takes no argument {unknown}" if unknown else " ".join(str(error).split())
    return f"cannot make attention {name_of(cls)!r}: {reason}; its arguments: {own}"
