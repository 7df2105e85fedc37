"""A verb of the command line: its flags, its `--help`, and the settings that it reads."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from yolo.cli.argument_parser import Groups, Parser, add_options, given
from yolo.settings_base import Settings
from yolo.shell import CONSOLE, as_called, script

Config = TypeVar("Config", bound=Settings)


@dataclass(frozen=True)
class Command(Generic[Config]):
    """A verb whose flags are the fields of its settings.

    Example:
        >>> from yolo.config import DemoConfig
        >>> command = Command("demo-data", DemoConfig, "Write the demo set.", [("{program} --seed 1", "another one")])
        >>> command.parse(["--pictures", "40"])
        DemoConfig(output='demo-data', pictures=40, seed=0)
        >>> command.arguments(["--pictures", "40"])
        Namespace(pictures=40)

    Args:
        verb: the word after `python -m yolo`.
        config_class: the class of its settings.
        description: the text of `--help` above the flags.
        examples: pairs of a command line and its purpose, shown below the flags; `{program}` stands for `program`.
        add_flags: adds flags that are not settings, such as `--resume`, to the groups of `--help`.
    """

    verb: str
    config_class: type[Config]
    description: str
    examples: Sequence[tuple[str, str]]
    add_flags: Callable[[Groups], None] = lambda groups: None

    @property
    def program(self) -> str:
        """Return how the running command is called: `python train.py`, `python -m yolo train`, `yolov4-tiny train`."""
        if script() == f"{self.verb}.py":
            return f"python {self.verb}.py"
        return f"{CONSOLE if script() == CONSOLE else 'python -m yolo'} {self.verb}"

    def parser(self) -> Parser:
        """Return the parser of all flags of the verb."""
        lines = [f"  {as_called(line)}\n      {purpose}" for line, purpose in self.examples]
        epilog = "\n".join(["examples:", *lines]).replace("{program}", self.program)
        made = Parser(prog=self.program, description=self.description, epilog=epilog)
        self.add_flags(add_options(made, self.config_class))
        return made

    def arguments(self, argv: Sequence[str] | None = None) -> Namespace:
        """Return what the user gave and nothing else: settings, and flags that are not settings.

        Args:
            argv: the words after the verb; default: those of this process.

        Raises:
            SystemExit: help was printed, or a line on what is wrong with the words.
            UserError: a text is empty.
        """
        return self.parser().parse_args(argv)

    def parse(self, argv: Sequence[str] | None = None) -> Config:
        """Return the settings.

        Args:
            argv: as for `arguments`.

        Raises:
            SystemExit: as by `arguments`.
            UserError: a text is empty, or a value is wrong.
        """
        return self.config_class(**given(self.arguments(argv), self.config_class))
