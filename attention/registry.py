"""Create a block chosen by number, by name, by a text such as `"se(ratio=8)"`, by `"module:Class"` or by its class."""

import difflib
import inspect
import math
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any, TypeAlias, TypeVar

import keras

from attention.arguments import whole_number
from attention.spec import Spec, load, parse

LayerClass: TypeAlias = type[keras.layers.Layer]
Registered = TypeVar("Registered", bound=LayerClass)

_classes: dict[str, LayerClass] = {}
_phis: dict[str, int] = {}  # of the blocks that have one
_presets: dict[str, dict[str, Mapping[str, Any]]] = {}  # name -> {preset: arguments}


def register(
    name: str, phi: int | None = None, presets: Mapping[str, Mapping[str, Any]] | None = None
) -> Callable[[Registered], Registered]:
    """Return a decorator that makes a Keras layer available as an attention block.

    The class is also registered with Keras, so that a model saved with it loads wherever its module is imported.
    A class that is defined again, as by a notebook cell run twice, replaces the earlier one.

    Example:
        >>> import keras
        >>> import attention
        >>> @attention.register("doubled", presets={"strong": {"factor": 4}})
        ... class Doubled(keras.layers.Layer):
        ...     def __init__(self, factor=2, **kwargs):
        ...         super().__init__(**kwargs)
        ...         self.factor = factor
        ...
        ...     def call(self, x):
        ...         return self.factor * x
        >>> float(attention.create("doubled/strong")(keras.ops.ones(())))
        4.0

    Args:
        name: the name by which users choose the block; letters, digits and underscores.
        phi: a number by which it can also be chosen.
        presets: named sets of arguments; the set "strong" of the block "doubled" is chosen as `"doubled/strong"`.

    Raises:
        ValueError: the name or number is taken or has a wrong form, or the class is not a Keras layer.
    """
    _require_name(name)
    if phi is not None:
        whole_number("phi", phi, at_least=0)

    def add(cls: Registered) -> Registered:
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


def available() -> list[str]:
    """Return the names of all registered blocks: first those with a phi, in its order, then the others by name.

    Example:
        >>> import attention
        >>> attention.available()[:5]
        ['none', 'se', 'cbam', 'eca', 'ca']
    """
    return sorted(_classes, key=lambda name: (_phis.get(name, math.inf), name))


def presets(name: str) -> dict[str, dict[str, Any]]:
    """Return the presets of a registered block, `{preset: arguments}`. One is chosen as `"name/preset"`.

    Raises:
        ValueError: no block has that name.
    """
    _named(name)
    return {preset: dict(arguments) for preset, arguments in _presets[name].items()}


def create(spec: Spec, **kwargs: Any) -> keras.layers.Layer:
    """Return a new block.

    Example:
        >>> import keras
        >>> import attention
        >>> block = attention.create("se(ratio=8)", name="scale")
        >>> tuple(block(keras.ops.ones((1, 13, 26, 64))).shape)
        (1, 13, 26, 64)
        >>> block.ratio, block.name
        (8, 'scale')

    Args:
        spec: a phi; a name; `"name(key=value)"`; `"name/preset"` or `"name/preset(key=value)"`; `"module:Class"` or
            `"module:Class(key=value)"`, which imports the module; a Layer class; or None for no attention.
        **kwargs: further arguments of the layer, such as `name`; they override those in `spec`.

    Returns:
        A layer that keeps the shape of its input, `(batch, height, width, channels)`.

    Raises:
        ValueError: there is no such block, module or argument, or a value is wrong. The message lists the choices.
    """
    cls, arguments = resolve(spec)
    arguments = arguments | kwargs
    try:
        return cls(**arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(_complaint(cls, arguments, error)) from error


def resolve(spec: Spec) -> tuple[LayerClass, dict[str, Any]]:
    """Return the layer class that a specification chooses, and the arguments written with it.

    Raises:
        ValueError: as for `create`, except that the arguments are not checked.
    """
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


def name_of(cls: LayerClass) -> str:
    """Return the name that a class is registered by, or its own name in lower case."""
    return next((name for name, registered in _classes.items() if registered is cls), cls.__name__.lower())


def _named(name: str | int) -> LayerClass:
    """Return the block of that name. Raises ValueError, also for a number, which is then the phi of no block."""
    if not isinstance(name, str) or name not in _classes:
        close = difflib.get_close_matches(str(name).lower(), _classes, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise ValueError(f"unknown attention {name!r}{hint}: {_choices()}")
    return _classes[name]


def _preset(name: str, preset: str) -> dict[str, Any]:
    choices = _presets.get(name, {})
    if preset not in choices:
        raise ValueError(f"attention {name!r} has no preset {preset!r}: choose from {', '.join(choices) or '(none)'}")
    return dict(choices[preset])


def _choices() -> str:
    return f"choose from {', '.join(available())}, or give module:Class"


def _require_name(name: object) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"an attention's name is made of letters, digits and underscores, got {name!r}")


def _require_layer(cls: Any, spec: Spec) -> None:
    if not isinstance(cls, type) or not issubclass(cls, keras.layers.Layer):
        raise ValueError(f"attention {spec!r} is no keras.layers.Layer class: {_choices()}")


def _make_savable(cls: LayerClass) -> None:
    """Register a user's class with Keras, which otherwise refuses to load a model that contains it."""
    is_custom = cls.__module__.partition(".")[0] != "keras"
    if is_custom and keras.saving.get_registered_name(cls) == cls.__name__:
        keras.saving.register_keras_serializable(package=cls.__module__)(cls)


def _argument_names(cls: LayerClass) -> list[str]:
    """Return the names of the arguments that a layer class and its base classes take, in order."""
    names: dict[str, None] = {}
    for base in cls.__mro__[:-1]:
        parameters = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]  # no call
        names |= {p.name: None for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return [name for name in names if name != "self"]


def _complaint(cls: LayerClass, arguments: Mapping[str, Any], error: Exception) -> str:
    """Return a sentence that says why a block could not be created with these arguments."""
    accepted = _argument_names(cls)
    general = _argument_names(keras.layers.Layer)
    own = ", ".join(name for name in accepted if name not in general) or "none"
    unknown = ", ".join(repr(name) for name in arguments if name not in accepted)
    reason = f"it takes no argument {unknown}" if unknown else " ".join(str(error).split())
    return f"cannot make attention {name_of(cls)!r}: {reason}; its arguments: {own}"
