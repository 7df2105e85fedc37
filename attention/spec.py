"""Reading what a user writes to choose a block: `name`, `name/preset`, `name(key=value)` or `module:Class`."""

import ast
import importlib
import re
import sys
from pathlib import Path

FORM = re.compile(r"\s*([\w.]+(?::\w+|/[\w-]+)?)\s*(\(.*\))?\s*", re.DOTALL)


def parse(text):
    """`"se(ratio=8)"` -> `("se", {"ratio": 8})`; values are Python literals or words, and nothing is evaluated.

    Raises ValueError when the text has another form.
    """
    form = FORM.fullmatch(text)
    if not form:
        raise ValueError(f"cannot read attention {text!r}: write name, name(key=value) or module:Class")
    target, arguments = form.groups(default="()")
    try:
        call = ast.parse("block" + arguments, mode="eval").body
        values = {keyword.arg: _value(keyword.value) for keyword in call.keywords}
        if not isinstance(call.func, ast.Name) or call.args or None in values or len(values) < len(call.keywords):
            raise ValueError("not key=value, each key once")
        return target, values
    except (AttributeError, MemoryError, RecursionError, SyntaxError, ValueError) as error:  # the two: nested deeply
        raise ValueError(
            f"cannot read the arguments of attention {text!r}: write them as {target}(key=value), "
            "the values as numbers, text, True, False or None"
        ) from error


def _value(node):
    """The value of an argument: a literal, or words joined by `-`, which need no quotes: `order=spatial-channel`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        words = (node.left, node.right)
        if all(isinstance(word, ast.Name) for word in words):
            return "-".join(word.id for word in words)
    return ast.literal_eval(node)


def importable(spec):
    """Return whether making this block runs a module that the specification names."""
    return isinstance(spec, str) and ":" in spec.partition("(")[0]


def load(target):
    """`"module:Class"` -> what the module calls so; modules are found on Python's path, then in the current folder.

    Raises ValueError when the import fails or the module has no such name.
    """
    module_name, _, class_name = target.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)
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
