"""Make a command-line parser from the settings class of a command."""

import argparse
import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from yolo.errors import did_you_mean
from yolo.option_checks import WORDS, FieldType, check_text
from yolo.settings_base import Settings, flag_name
from yolo.wording import printable, short_repr

Groups = dict[str, argparse._ActionsContainer]
"""The groups of flags, by their headings in `--help`."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line that points to --help.

    Flags cannot be shortened, and a flag that is not given is absent from the result.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            **settings, formatter_class=HelpFormatter, argument_default=argparse.SUPPRESS, allow_abbrev=False
        )

    def error(self, message: str) -> NoReturn:
        message = message.removeprefix("argument ")
        if ": expected " in message:  # "expected 2 arguments": name them
            message += f", {_metavar(self._option_string_actions[message.partition(':')[0].partition('/')[0]])}"
        self.exit(2, f"error: {printable(message)} (see {self.prog} --help)\n")

    def parse_args(  # type: ignore[override]  # argparse accepts namespaces of other classes too
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        arguments, unknown = self.parse_known_args(args, namespace)
        if unknown:
            word = unknown[0].partition("=")[0]
            self.error(f"unknown argument '{word}'{did_you_mean(word, self._option_string_actions)}")
        for name, value in vars(arguments).items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    check_text(text, self._written(name))
        return arguments

    def _written(self, name: str) -> str:
        """Return the name of an argument in messages: `--data`, `SOURCE`."""
        action = next(action for action in self._actions if action.dest == name)
        return action.option_strings[-1] if action.option_strings else _metavar(action)


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """The layout of `--help`: a usage line with the required arguments, and the options in their groups below it."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(f"{prog} [options]", **{"max_help_position": 30} | settings)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        needed = [action for action in actions if action.required or not action.option_strings]
        super().add_usage(usage, needed, [], prefix)


def add_options(target: Parser, config_class: type[Settings]) -> Groups:
    """Add one argument for each field. If the user does not give it, it is absent, and a file or default can fill it.

    Returns:
        The groups of arguments by name, to add more flags to; "options" is `target` itself.
    """
    groups: Groups = {"options": target}
    for field in dataclasses.fields(config_class):
        group = field.metadata["group"]
        if group not in groups:
            groups[group] = target.add_argument_group(group)
        name = field.name if field.default is dataclasses.MISSING else flag_name(field.name)
        groups[group].add_argument(name, help=_help(field), **_keywords(field))
    return groups


def _keywords(field: dataclasses.Field[Any]) -> dict[str, Any]:
    """Return the arguments of `add_argument` for a field: the type of its value, and the placeholder in `--help`."""
    kind: Any = field.type
    rules, keywords = field.metadata, read_as(kind)
    if rules["choices"]:  # checked later, together with settings from files
        keywords["metavar"] = f"{{{','.join(rules['choices'])}}}"
    elif rules["metavar"]:
        keywords["metavar"] = rules["metavar"]
    if rules["required"]:
        keywords["required"] = True  # argparse refuses the keyword for an argument without a flag
    return keywords


def read_as(kind: FieldType) -> dict[str, Any]:
    """Return the arguments of `add_argument` that turn words into values of an annotated type.

    Example:
        >>> read_as(tuple[str, ...])
        {'nargs': '+'}

    Raises:
        ValueError: the annotation has several types, and a word does not say which one it is.
    """
    if isinstance(kind, types.UnionType):
        (inner,) = {*typing.get_args(kind)} - {types.NoneType}
        return read_as(inner)
    if isinstance(kind, types.GenericAlias):
        kinds = typing.get_args(kind)
        (inner,) = {*kinds} - {...}
        return read_as(inner) | {"nargs": "+" if ... in kinds else len(kinds)}
    if kind is bool:
        return {"action": "store_true"}
    if kind is int:
        return {"type": _number(int), "metavar": "N"}
    return {"type": _number(float)} if kind is float else {}


def _help(field: dataclasses.Field[Any]) -> str:
    """Return the help text of a field with its default, if it has one that is not None or False."""
    text: str = field.metadata["help"]
    default = field.default
    if not any(default is hidden for hidden in (None, False, dataclasses.MISSING)):
        text += f" (default {' '.join(map(str, default)) if isinstance(default, tuple) else default})"
    return text.replace("%", "%%")


def _number(kind: type[int] | type[float]) -> Callable[[str], float]:
    """Return a function that turns a word into an int or a float; its error says in a sentence what is expected."""

    def number(word: str) -> float:
        try:
            return kind(word)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be {WORDS[kind]}; got {short_repr(word)}") from None

    return number


def _metavar(action: argparse.Action) -> str:
    """Return the placeholder for the value of an argument, or all placeholders for several values."""
    names = action.metavar or action.dest.upper()
    return names if isinstance(names, str) else " ".join(names)


def given(arguments: argparse.Namespace, config_class: type[Settings]) -> dict[str, Any]:
    """Return the settings of `config_class` that the user gave, as a dictionary."""
    names = {field.name for field in dataclasses.fields(config_class)}
    values = {name: value for name, value in vars(arguments).items() if name in names}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
