"""Check at run time that arrays have the kinds and shapes which the signatures of `yolo` promise, in all tests.

`install()` wraps each function of `yolo` when its module is imported. Of a signature the parts are checked that are
`Annotated[NDArray[kind], "n 4"]`, also inside of `X | None` and of tuples of fixed length. A word in a shape stands for
one length throughout a call, arguments and answer; `*word` for any number of axes, `...` for any axes.
"""

import functools
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
import typing

import numpy as np

PACKAGE = "yolo"


class ShapeError(AssertionError):
    """An array is not what a signature promises."""


def check(value, annotation, lengths, where):
    """Raise ShapeError unless a value fits its annotation; `lengths` holds those known so far by their names."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated and isinstance(parts[1], str):
        if isinstance(value, np.ndarray):
            check_array(value, parts[0], parts[1], lengths, where)
    elif origin in (typing.Union, types.UnionType):
        for part in parts:
            if part is not type(None) and value is not None and len(parts) == 2:
                check(value, part, lengths, where)
    elif origin is tuple and isinstance(value, tuple) and len(value) == len(parts) and ... not in parts:
        for one, part in zip(value, parts, strict=True):
            check(one, part, lengths, where)


def check_array(array, kind, shape, lengths, where):
    """Raise ShapeError unless an array is of a kind, `NDArray[np.float32]`, and of a shape, `"n 4"`."""
    wanted = typing.get_args(typing.get_args(kind)[1])[0]
    wanted = typing.get_origin(wanted) or wanted
    if isinstance(wanted, type) and not issubclass(array.dtype.type, wanted):
        raise ShapeError(f"{where} is of {array.dtype}, not {wanted.__name__}")
    words, sizes = shape.split(), list(array.shape)
    if words and words[0].startswith(("*", "...")):
        words = words[1:]
        sizes = sizes[len(sizes) - len(words) :] if len(sizes) >= len(words) else sizes
    if len(words) != len(sizes):
        raise ShapeError(f"{where} is {array.shape}, not ({shape})")
    for word, size in zip(words, sizes, strict=True):
        known = int(word) if word.isdigit() else lengths.setdefault(word, size)
        if size != known:
            raise ShapeError(f"{where} is {array.shape}, not ({shape}) with {word} = {known}")


def checked(function):
    """Return a function that checks what the given one takes and gives; itself where it promises no shape."""
    annotations = {name: kind for name, kind in inspect.get_annotations(function).items() if "Annotated" in repr(kind)}
    if not annotations:
        return function
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*arguments, **settings):
        lengths = {}
        given = signature.bind(*arguments, **settings).arguments
        several = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
        for name in given:
            if name not in annotations or signature.parameters[name].kind in several:
                continue
            check(given[name], annotations[name], lengths, f"{function.__qualname__}({name})")
        answer = function(*arguments, **settings)
        check(answer, annotations.get("return"), lengths, f"the answer of {function.__qualname__}")
        return answer

    call.__signature__ = signature  # Keras reads it, and does not look for `__wrapped__`
    return call


def wrap(namespace, module):
    """Put checks around the functions that a module or a class defines."""
    for name, value in list(vars(namespace).items()):
        if isinstance(value, types.FunctionType) and value.__module__ == module:
            setattr(namespace, name, checked(value))
        elif isinstance(value, (classmethod, staticmethod)):
            setattr(namespace, name, type(value)(checked(value.__func__)))
        elif isinstance(value, property) and value.fget:
            setattr(namespace, name, property(checked(value.fget), value.fset, value.fdel, value.__doc__))
        elif isinstance(value, type) and value.__module__ == module and namespace is not value:
            wrap(value, module)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of `yolo` as Python does, and has their functions checked once they are loaded."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] != PACKAGE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_checked(module):
                load(module)
                wrap(module, module.__name__)

            spec.loader.exec_module = load_checked
        return spec


def install():
    """Have every module of `yolo` checked that is imported from now on."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
