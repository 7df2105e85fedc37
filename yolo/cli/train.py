"""Train a detector on your own pictures in VOC format; without flags, on a demo set that is made for you."""

import argparse
from pathlib import Path

from yolo.cli.options import add_options, given, parser, program, quoted
from yolo.cli.phi import add_phi, resolve_phi
from yolo.config import TrainConfig
from yolo.errors import UserError

EXAMPLES = (
    ("python train.py", "no flags: write the demo set, train on it, evaluate"),
    ("python train.py --data my-pictures --attention cbam --epochs 40", "your pictures, with attention"),
    ("python train.py --data my-pictures --weights coco", "start from the published COCO weights, downloaded once"),
    ("python train.py --config runs/first/config.json --seed 1 --name second", "another run's settings, but the seed"),
    ("python train.py --resume runs/first", "continue exactly where a run stopped"),
)


def main(argv=None):
    commands = parser(program("train"), __doc__, EXAMPLES)
    groups = add_options(commands, TrainConfig)
    add_phi(groups["model"])
    add = {"default": argparse.SUPPRESS}
    groups["run"].add_argument(
        "--config", metavar="FILE", help="JSON file of settings, such as a run's config.json; flags override it", **add
    )
    groups["run"].add_argument(
        "--resume", metavar="RUN_DIR", help="go on with this run; takes no other flag but --allow-imports", **add
    )
    arguments = commands.parse_args(argv)
    if "resume" in arguments:
        folder = _run_folder(arguments)
        from yolo.training.engine import resume

        report(resume(folder, "allow_imports" in arguments))
    else:
        config = _config(arguments)
        from yolo.training.engine import train  # TensorFlow takes seconds to import; wrong flags should not

        report(train(config))


def report(run):
    """Print what a finished run achieved, where it is, and what to do with it."""
    from yolo.data import voc

    config = TrainConfig.read(run.folder / "config.json")
    minutes = run.seconds / 60
    score = "trained without validation"
    if run.best is not None:
        score = f"validation AP50 {run.best:.3f} in the epoch of the best AP"
    print(f"{score}, {run.epochs} epochs, {minutes:.1f} minutes; saved in {run.best_model}")
    if run.report:
        part = "which took no part" if run.test_is_unseen else "some of which took part"
        print(f"\non the list '{config.test_split}', {part} in training:\n{run.report.table()}")
    lists = voc.splits(config.data)
    held_back = next((name for name in (config.test_split, config.val_split) if name in lists), None)
    pictures = voc.load(config.data, held_back or config.train_split).annotations[0].path.parent
    model = quoted(run.best_model) + _permission(config.attention)
    print("\nnext:")
    print(f"  python predict.py {quoted(pictures)} --weights {model}")
    if held_back:
        print(f"  python -m yolo evaluate --data {quoted(config.data)} --split {held_back} --weights {model}")


def _permission(attention):
    """The flag that loading a model with this attention takes."""
    from yolo.weights.permission import imports

    return " --allow-imports" if imports(attention) else ""


def _config(arguments):
    """The settings: flags over the file's, the file's over the defaults."""
    resolve_phi(arguments)
    flags = given(arguments, TrainConfig)
    if "config" not in arguments:
        return TrainConfig(**flags)
    config = TrainConfig.read(arguments.config, **flags)
    if "attention" not in flags:
        from yolo.weights.permission import check_imports

        check_imports(arguments.config, config.attention, config.allow_imports)
    return config


def _run_folder(arguments):
    """The folder to resume; nothing else may be asked for at the same time."""
    others = [f"--{name.replace('_', '-')}" for name in vars(arguments) if name not in ("resume", "allow_imports")]
    if others:
        raise UserError(f"--resume continues a run with its own settings; leave out {', '.join(others)}.")
    folder = Path(arguments.resume)
    if not (folder / "config.json").is_file():
        raise UserError(f"--resume wants the folder of a run, with config.json in it; {folder} is none.")
    return folder
