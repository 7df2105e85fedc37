"""What the configuration dataclasses share: fields that carry their help text, checked values, and JSON files."""

import dataclasses
import json
import math
import types
import typing
from pathlib import Path

from yolo.atomic_write import atomic_write
from yolo.errors import UserError, did_you_mean

WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def option(default, help, *, group="options", low=None, high=None, multiple_of=1, **argparse):
    """A field of a configuration dataclass.

    Args:
        help: one line; the default is appended to it where it is shown.
        group: heading under which `--help` lists the flag.
        low: smallest value accepted, of a number or of each in a tuple.
        high: largest value accepted.
        multiple_of: what whole numbers must be divisible by.
        argparse: keywords of `argparse.add_argument`; `choices` are checked for values from Python and JSON as well.
    """
    rules = {"help": help, "group": group, "low": low, "high": high, "multiple_of": multiple_of, "argparse": argparse}
    return dataclasses.field(default=default, metadata=rules)


def flag(name):
    """The flag of a field: `batch_size` -> `--batch-size`."""
    return "--" + name.replace("_", "-")


class Settings:
    """Base of the configuration dataclasses: values are checked when made, `save` and `read` keep them as JSON."""

    def __post_init__(self):
        for field in dataclasses.fields(self):
            check(field, getattr(self, field.name), flag(field.name))

    def save(self, path):
        """Write the settings as JSON."""
        atomic_write(Path(path), json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path, **given):
        """The settings in a JSON file, overridden by those given; raises UserError for a wrong name or value."""
        return cls(**(read_settings(cls, path) | given))


def read_settings(config_class, path):
    """A JSON file of settings -> a dictionary fit for `config_class`; raises UserError."""
    try:
        settings = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the settings in {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise UserError(f"{path} is no JSON file of settings: {error}.") from error
    if not isinstance(settings, dict):
        raise UserError(f'{path} must hold one JSON object such as {{"epochs": 40}}; got a {type(settings).__name__}.')
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    fields = {field.name: field for field in dataclasses.fields(config_class)}
    for name, value in settings.items():
        if name not in fields:
            hint = did_you_mean(name, fields) or f"; settings are {', '.join(fields)}."
            raise UserError(f"{path} holds '{name}', which is no setting{hint}")
        check(fields[name], value, f"{name} in {path}")
    return settings


def check(field, value, name):
    """Raise UserError, calling the field `name`, when the value is not of its type, choices or range."""
    if not _fits(value, field.type):
        raise UserError(f"{name} must be {_describe(field.type)}; got {value!r}.")
    choices = field.metadata["argparse"].get("choices")
    if choices and value not in choices:
        raise UserError(f"{name} must be one of {', '.join(choices)}; got {value!r}.")
    numbers = value if isinstance(value, tuple) else (value,)
    if not all(number is None or _within(number, field.metadata) for number in numbers):
        raise UserError(f"{name} must be {_limits(field.metadata)}; got {' '.join(map(str, numbers))}.")


def _within(number, rules):
    low, high, factor = rules["low"], rules["high"], rules["multiple_of"]
    return (low is None or number >= low) and (high is None or number <= high) and (factor == 1 or number % factor == 0)


def _limits(rules):
    """The bounds of a field in words: `at least 64 and a multiple of 32`."""
    low, high, factor = rules["low"], rules["high"], rules["multiple_of"]
    bounds = f"at least {low}" if high is None else f"from {low} to {high}"
    return bounds if factor == 1 else f"{bounds} and a multiple of {factor}"


def _fits(value, kind):
    """Whether a value is of an annotated type: a plain one, `X | None`, `tuple[X, X]` or `tuple[X, ...]`."""
    if isinstance(kind, types.UnionType):
        return any(_fits(value, choice) for choice in typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        kinds = typing.get_args(kind)
        if kinds[-1] is ...:
            return isinstance(value, tuple) and all(_fits(one, kinds[0]) for one in value)
        return isinstance(value, tuple) and len(value) == len(kinds) and all(map(_fits, value, kinds))
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _describe(kind):
    """A type in words, without its None."""
    if isinstance(kind, types.UnionType):
        return " or ".join(_describe(choice) for choice in typing.get_args(kind) if choice is not types.NoneType)
    if typing.get_origin(kind) is tuple:
        first, *rest = typing.get_args(kind)
        length = "" if rest == [...] else f" of {1 + len(rest)}"
        return f"a list{length}, each {_describe(first)}"
    return WORDS.get(kind, kind.__name__)
