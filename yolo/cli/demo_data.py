"""Write the demo set: drawn pictures of five classes in PASCAL VOC's layout, to try training without any data."""

from functools import partial

from yolo.cli import argument_parser
from yolo.config import DemoConfig
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo demo-data", "400 pictures in demo-data/, the same on every machine"),
    ("python -m yolo demo-data --pictures 40 --output tiny", "a smaller set for a quick try"),
)


def main(argv=None):
    parser = argument_parser.parser(argument_parser.program("demo-data"), __doc__, EXAMPLES)
    argument_parser.add_options(parser, DemoConfig)
    config = DemoConfig(**argument_parser.given(parser.parse_args(argv), DemoConfig))

    from yolo.data.demo import demo_set
    from yolo.progress import bar

    progress = partial(bar, desc="drawing")
    folder = demo_set.write(config.output, config.pictures, config.seed, progress)
    print(f"{counted(config.pictures, 'picture')} written to {folder}; to train on them:")
    print(f"python train.py --data {folder}")
