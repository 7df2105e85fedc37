"""The base class of the settings of every command: fields with a help text, checked values, and JSON files."""

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

T = TypeVar("T")  # the type of a default
SettingsType = TypeVar("SettingsType", bound="Settings")


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
    """Return a field of a settings class; the field's annotation says which values it takes and how its flag is read.

    Args:
        help: one line, to which `--help` adds the default.
        group: the heading of `--help` under which the flag stands.
        low: the smallest value accepted, of a number or of each number in a tuple.
        high: the largest value accepted.
        limit: the largest value that can be computed with, from `yolo.option_limits`; `--help` does not show it.
        multiple_of: whole numbers must be divisible by it.
        area: the largest product of a height and a width, in pixels.
        choices: the texts accepted; empty: any text.
        aliases: other names for some of the choices: `{"tflite": "litert"}`.
        folder_name: whether the text must be the name of a folder, not a path.
        metavar: the placeholder for the value in `--help`; default: N for whole numbers, else the name of the field.
        required: whether the flag must be given.
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
    """Return a field whose value stands on the command line without a flag; it has no default."""
    return option(dataclasses.MISSING, help, metavar=metavar)


def flag_name(name: str) -> str:
    """Return the flag of a field: `batch_size` -> `--batch-size`."""
    return "--" + name.replace("_", "-")


def shown_name(field: dataclasses.Field[Any]) -> str:
    """Return the name of a field in messages: its flag, or the placeholder of an `argument`, such as `SOURCE`."""
    return field.metadata["metavar"] if field.default is dataclasses.MISSING else flag_name(field.name)


@dataclass(frozen=True)
class Settings:
    """The settings of a command: checked when they are made, and kept as JSON by `save` and `read`.

    Raises:
        UserError: a value is of the wrong type, or outside of its choices or range.
    """

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _canonical(field, getattr(self, field.name)))  # the class is frozen
            check(field, getattr(self, field.name), shown_name(field))

    def save(self, path: str | Path) -> None:
        """Write the settings as JSON."""
        atomic_write(Path(path), json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls: type[SettingsType], path: str | Path, **given: Any) -> SettingsType:
        """Return the settings in a JSON file; the ones given here take precedence over it.

        Raises:
            UserError: the file cannot be read, or a name or value in it is wrong.
        """
        return cls(**(read_settings(cls, path) | given))


def _canonical(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return the value; of another name of a choice, the choice."""
    return field.metadata["aliases"].get(value, value) if isinstance(value, str) else value


def read_settings(config_class: type[Settings], path: str | Path) -> dict[str, Any]:
    """Return the settings in a JSON file as arguments of `config_class`.

    Raises:
        UserError: the file cannot be read, or a name or value in it is wrong.
    """
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
