"""Command lines generated from the configuration dataclasses, and what of them is shown to be copied."""

import argparse
import dataclasses
import sys

from yolo.errors import did_you_mean
from yolo.option_checks import WORDS, check_text
from yolo.settings import flag_name
from yolo.wording import printable, short_repr


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line that points to --help; no flag may be shortened."""

    def __init__(self, **settings):
        super().__init__(**settings, formatter_class=HelpFormatter, allow_abbrev=False)

    def error(self, message):
        message = message.removeprefix("argument ")
        if ": expected " in message:  # 2 arguments, but which?
            message += f", {_metavar(self._option_string_actions[message.partition(':')[0].partition('/')[0]])}"
        self.exit(2, f"error: {printable(message)} (see {self.prog} --help)\n")

    def parse_args(self, args=None, namespace=None):
        arguments, unknown = self.parse_known_args(args, namespace)
        if unknown:
            word = unknown[0].partition("=")[0]
            self.error(f"unknown argument '{word}'{did_you_mean(word, self._option_string_actions)}")
        for name, value in vars(arguments).items():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    check_text(text, self._written(name))
        return arguments

    def _written(self, name):
        """Return how an argument stands in messages: `--data`, `SOURCE`."""
        action = next(action for action in self._actions if action.dest == name)
        return action.option_strings[-1] if action.option_strings else action.metavar or name


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help whose usage line shows what must be given; the options stand below in their groups."""

    def __init__(self, prog, **settings):
        super().__init__(f"{prog} [options]", **{"max_help_position": 30} | settings)

    def add_usage(self, usage, actions, groups, prefix=None):
        needed = [action for action in actions if action.required or not action.option_strings]
        super().add_usage(usage, needed, [], prefix)


def parser(prog, description, examples=()):
    """An empty parser.

    Args:
        prog: how the command is called, see `program`.
        description: the text above the options.
        examples: pairs of a command and what it does, shown below the options.
    """
    lines = [f"  {command}\n      {purpose}" for command, purpose in examples]
    return Parser(prog=prog, description=description, epilog="\n".join(["examples:", *lines]) if lines else None)


def add_options(target, config_class):
    """Add one flag for each field; a flag that is not given stays absent, so files and defaults can fill it.

    Returns:
        The argument groups by name, for flags that belong beside them; fields of no group go to `target` itself.
    """
    groups = {"options": target}
    for field in dataclasses.fields(config_class):
        rules = field.metadata
        settings, text, group = dict(rules["argparse"]), rules["help"], rules["group"]
        if isinstance(field.default, bool):
            settings["action"] = "store_true"
        elif rules["choices"]:  # checked when the settings are made, those of files too
            settings["metavar"] = f"{{{','.join(rules['choices'])}}}"
        elif "type" in settings:
            settings["type"] = _number(settings["type"])
        if not isinstance(field.default, bool) and field.default is not None:
            default = " ".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
            text += f" (default {default})"
        if group not in groups:
            groups[group] = target.add_argument_group(group)
        text = text.replace("%", "%%")
        groups[group].add_argument(flag_name(field.name), help=text, default=argparse.SUPPRESS, **settings)
    return groups


def _number(kind):
    """Return what turns a word into an int or a float, and says in a sentence where it is none."""

    def number(word):
        try:
            return kind(word)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be {WORDS[kind]}; got {short_repr(word)}") from None

    return number


def _metavar(action):
    names = action.metavar or action.dest.upper()
    return names if isinstance(names, str) else " ".join(names)


def given(arguments, config_class):
    """The fields of `config_class` that the user gave, as a dictionary."""
    names = {field.name for field in dataclasses.fields(config_class)}
    values = {name: value for name, value in vars(arguments).items() if name in names}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def program(verb):
    """Return how the running command is called: `python train.py` or `python -m yolo train`."""
    script = sys.argv[0].replace("\\", "/").rsplit("/", 1)[-1]
    return f"python {script}" if script == f"{verb}.py" else f"python -m yolo {verb}"
