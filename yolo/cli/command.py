"""A verb of the command line: what it may be told, what its help shows, and the settings that come of its words."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from yolo.cli.argument_parser import Groups, Parser, add_options, given
from yolo.settings import Settings

Config = TypeVar("Config", bound=Settings)


@dataclass(frozen=True)
class Command(Generic[Config]):
    """A verb whose flags are the fields of its settings.

    Example:
        >>> command = Command("demo-data", DemoConfig, "Write the demo set.", [("python -m yolo demo-data", "all")])
        >>> command.parse(["--pictures", "40"]).pictures
        40

    Args:
        verb: what stands after `python -m yolo`.
        config_class: its settings.
        description: what `--help` says above the flags.
        examples: pairs of a command line and what it does, shown below the flags; `{program}` stands for `program`.
        add_flags: adds flags that are no settings, such as `--resume`, to the groups of `--help`.
    """

    verb: str
    config_class: type[Config]
    description: str
    examples: Sequence[tuple[str, str]]
    add_flags: Callable[[Groups], None] = lambda groups: None

    @property
    def program(self) -> str:
        """How the running command is called: `python train.py` or `python -m yolo train`."""
        script = sys.argv[0].replace("\\", "/").rsplit("/", 1)[-1]
        return f"python {script}" if script == f"{self.verb}.py" else f"python -m yolo {self.verb}"

    def parser(self) -> Parser:
        """Return the parser of everything that the verb may be told."""
        lines = [f"  {line}\n      {purpose}" for line, purpose in self.examples]
        epilog = "\n".join(["examples:", *lines]).replace("{program}", self.program)
        made = Parser(prog=self.program, description=self.description, epilog=epilog)
        self.add_flags(add_options(made, self.config_class))
        return made

    def arguments(self, argv: Sequence[str] | None = None) -> Namespace:
        """Return what was given, and nothing else: settings, and flags that are none.

        Args:
            argv: the words after the verb; default: those of this process.

        Raises:
            SystemExit: the words are wrong, which is said in a line, or ask for help.
            UserError: a word says nothing.
        """
        return self.parser().parse_args(argv)

    def parse(self, argv: Sequence[str] | None = None) -> Config:
        """Return the settings; `argv` and what is raised as in `arguments`, and UserError for a wrong value."""
        return self.config_class(**given(self.arguments(argv), self.config_class))
