"""Write the demo set: drawn pictures of five classes in the format of PASCAL VOC, to try training without own data."""

from collections.abc import Sequence
from functools import partial

from yolo.cli.command import Command
from yolo.config import DemoConfig
from yolo.shell import command
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo demo-data", "400 pictures in demo-data/, the same on every machine"),
    ("python -m yolo demo-data --pictures 40 --output tiny", "a smaller set for a quick try"),
)
COMMAND = Command("demo-data", DemoConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.data.demo import demo_set
    from yolo.progress import bar

    progress = partial(bar, desc="drawing")
    folder = demo_set.write(config.output, config.pictures, config.seed, progress)
    print(f"{counted(config.pictures, 'picture')} written to {folder}; to train on them:")
    print(f"{command('train')} --data {folder} --weights none")
