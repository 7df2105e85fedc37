"""Read the text that chooses a block: `name`, `name/preset`, `name(key=value)` or `module:Class`."""

import ast
import importlib
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

import keras

Spec: TypeAlias = int | str | type[keras.layers.Layer] | None
"""The choice of a block, as `attention.create` takes it."""

FORM = re.compile(r"\s*([\w.]+(?::\w+|/[\w-]+)?)\s*(\(.*\))?\s*", re.DOTALL)


def parse(text: str) -> tuple[str, dict[str, Any]]:
    """Return the block that a text names, and its arguments. They are Python literals or words; no code is run.

    Example:
        >>> parse("cbam(ratio=8, order=spatial-channel)")
        ('cbam', {'ratio': 8, 'order': 'spatial-channel'})

    Raises:
        ValueError: the text has another form.
    """
    form = FORM.fullmatch(text)
    if not form:
        raise ValueError(f"cannot read attention {text!r}: write name, name(key=value) or module:Class")
    target, arguments = form.groups(default="()")
    try:
        call = ast.parse("block" + arguments, mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError("not key=value")
        values = {keyword.arg: _value(keyword.value) for keyword in call.keywords if keyword.arg}  # **x has no key
        if len(values) < len(call.keywords):
            raise ValueError("not key=value, each key once")
        return target, values
    except (MemoryError, RecursionError, SyntaxError, TypeError, ValueError) as error:  # the first two: nested deeply
        raise ValueError(
            f"cannot read the arguments of attention {text!r}: write them as {target}(key=value), "
            "the values as numbers, text, True, False or None"
        ) from error


def _value(node: ast.expr) -> Any:
    """Return the value of an argument: a literal, or one or two words without quotes: `order=spatial-channel`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        first, second = node.left, node.right
        if isinstance(first, ast.Name) and isinstance(second, ast.Name):
            return f"{first.id}-{second.id}"
    return ast.literal_eval(node)


def importable(spec: Spec) -> bool:
    """Return whether creating this block imports a module that the specification names."""
    return isinstance(spec, str) and ":" in spec.partition("(")[0]


def load(target: str) -> Any:
    """Import `"module:Class"`. The module is searched on Python's path, then in the current folder.

    Returns:
        The object of that name in the module, of whatever type.

    Raises:
        ValueError: the import fails, or the module has no such name.
    """
    module_name, _, class_name = target.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)  # stays: the module may import others of its folder later
    importlib.invalidate_caches()  # the module may have been written a moment ago
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise ValueError(
            f"cannot import module {module_name!r} for attention {target!r}, "
            f"looked for on Python's path and in {folder}: {type(error).__name__}: {error}"
        ) from error
    if not hasattr(module, class_name):
        classes = sorted(name for name, value in vars(module).items() if isinstance(value, type))
        raise ValueError(
            f"module {module_name!r} has no class {class_name!r}: choose from {', '.join(classes) or '(it has none)'}"
        )
    return getattr(module, class_name)
