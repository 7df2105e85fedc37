"""The base of the configuration dataclasses: fields that carry their help text, checked values, and JSON files."""

import dataclasses
import json
from pathlib import Path

from yolo.atomic_write import atomic_write
from yolo.errors import UserError, did_you_mean
from yolo.json_files import read_json
from yolo.option_checks import check


def option(
    default,
    help,
    *,
    group="options",
    low=None,
    high=None,
    limit=None,
    multiple_of=1,
    area=None,
    choices=(),
    aliases=None,
    folder_name=False,
    **argparse,
):
    """A field of a configuration dataclass.

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
        argparse: keywords of `argparse.add_argument`.
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
        "argparse": argparse,
    }
    return dataclasses.field(default=default, metadata=rules)


def flag_name(name):
    """The flag of a field: `batch_size` -> `--batch-size`."""
    return "--" + name.replace("_", "-")


class Settings:
    """Base of the configuration dataclasses: values are checked when made, `save` and `read` keep them as JSON."""

    def __post_init__(self):
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _canonical(field, getattr(self, field.name)))  # they are frozen
            check(field, getattr(self, field.name), flag_name(field.name))

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
