"""Write the demo set: drawn pictures of five classes in PASCAL VOC's layout, to try training without any data."""

from functools import partial

from yolo.cli import options
from yolo.config import DemoConfig
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo demo-data", "400 pictures in demo-data/, the same on every machine"),
    ("python -m yolo demo-data --pictures 40 --output tiny", "a smaller set for a quick try"),
)


def main(argv=None):
    parser = options.parser(options.program("demo-data"), __doc__, EXAMPLES)
    options.add_options(parser, DemoConfig)
    config = DemoConfig(**options.given(parser.parse_args(argv), DemoConfig))

    from yolo.data import shapes
    from yolo.progress import bar

    progress = partial(bar, desc="drawing")
    folder = shapes.write(config.output, config.pictures, config.seed, progress)
    print(f"{counted(config.pictures, 'picture')} written to {folder}; to train on them:")
    print(f"python train.py --data {folder}")
