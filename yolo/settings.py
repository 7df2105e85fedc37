"""The base of the configuration dataclasses: fields that carry their help text, checked values, and JSON files."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from yolo.atomic_write import atomic_write
from yolo.errors import UserError, did_you_mean
from yolo.json_files import read_json
from yolo.option_checks import check

T = TypeVar("T")  # of a default


def option(
    default: T,
    help: str,
    *,
    group: str = "options",
    low: float | None = None,
    high: float | None = None,
    limit: int | None = None,
    multiple_of: int = 1,
    area: int | None = None,
    choices: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
    folder_name: bool = False,
    metavar: str | tuple[str, ...] | None = None,
    required: bool = False,
) -> T:
    """A field of a configuration dataclass; its annotation says what a value must be, and so how a flag is read.

    Args:
        help: one line; the default is appended to it where it is shown.
        group: heading under which `--help` lists the flag.
        low: smallest value accepted, of a number or of each in a tuple.
        high: largest value accepted.
        limit: largest value that can be computed with, of `yolo.limits`; told only to those who pass it.
        multiple_of: what whole numbers must be divisible by.
        area: largest product of a height and a width, in pixels.
        choices: the texts accepted; all where there are none.
        aliases: other names of some choices, as they are typed: `{"tflite": "litert"}`.
        folder_name: whether the text is the name of a folder, not a path.
        metavar: what stands for the value in `--help`; default: N for whole numbers, else the name of the field.
        required: whether the command line must hold the flag.
    """
    rules = {
        "help": help,
        "group": group,
        "low": low,
        "high": high,
        "limit": limit,
        "multiple_of": multiple_of,
        "area": area,
        "choices": choices,
        "aliases": aliases or {},
        "folder_name": folder_name,
        "metavar": metavar,
        "required": required,
    }
    return dataclasses.field(default=default, metadata=rules)


def argument(help: str, metavar: str) -> Any:
    """A field that is given by its place on the command line, without a flag; it has no default."""
    return option(dataclasses.MISSING, help, metavar=metavar)


def flag_name(name: str) -> str:
    """The flag of a field: `batch_size` -> `--batch-size`."""
    return "--" + name.replace("_", "-")


def shown_name(field: dataclasses.Field[Any]) -> str:
    """Return how a field stands in messages: its flag, or `SOURCE` where it is an `argument`."""
    return field.metadata["metavar"] if field.default is dataclasses.MISSING else flag_name(field.name)


@dataclass(frozen=True)
class Settings:
    """Base of the configuration dataclasses: values are checked when made, `save` and `read` keep them as JSON."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _canonical(field, getattr(self, field.name)))  # they are frozen
            check(field, getattr(self, field.name), shown_name(field))

    def save(self, path):
        """Write the settings as JSON."""
        atomic_write(Path(path), json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, path, **given):
        """The settings in a JSON file, overridden by those given; raises UserError for a wrong name or value."""
        return cls(**(read_settings(cls, path) | given))


def _canonical(field, value):
    """Return the value, or the choice that it is another name of."""
    return field.metadata["aliases"].get(value, value) if isinstance(value, str) else value


def read_settings(config_class, path):
    """A JSON file of settings -> a dictionary fit for `config_class`; raises UserError."""
    settings = read_json(path, "the settings file")
    if not isinstance(settings, dict):
        raise UserError(f'{path} must hold one JSON object such as {{"epochs": 40}}; got a {type(settings).__name__}.')
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    fields = {field.name: field for field in dataclasses.fields(config_class)}
    for name, value in settings.items():
        if name not in fields:
            hint = did_you_mean(name, fields) or f"; settings are {', '.join(fields)}."
            raise UserError(f"{path} holds '{name}', which is no setting{hint}")
        settings[name] = _canonical(fields[name], value)
        check(fields[name], settings[name], f"{name} in {path}")
    return settings
