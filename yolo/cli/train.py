"""Train a detector on your own pictures or, without flags, on a demo set that is made for you."""

import dataclasses
import math
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.cli.argument_parser import Groups, given
from yolo.cli.command import Command
from yolo.cli.import_tensorflow import importing_tensorflow
from yolo.cli.phi import add_phi, resolve_phi
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.run_folders import BEST, CONFIG, PREVIOUS, WEIGHTS
from yolo.settings_base import flag_name
from yolo.training.next_commands import longer_command, resume_command, use_commands
from yolo.wording import counted, with_interval

if TYPE_CHECKING:
    from yolo.training.run_result import Run
    from yolo.training.run_state import RunState

EXAMPLES = (
    ("python train.py", "no flags: write the demo set, train on it, evaluate"),
    ("python train.py --data my-pictures --attention cbam --epochs 40", "your pictures, with attention"),
    ("python train.py --data my-pictures --weights coco", "start from the published COCO weights, downloaded once"),
    (
        "python train.py --data my-pictures --teacher runs/large --unlabelled more-pictures",
        "learn beside the labels what a slower detector finds, also in pictures without labels",
    ),
    (
        "python train.py --config runs/first/config.json --seed 1 --name second",
        "another run's settings, another seed",
    ),
    ("python train.py --resume runs/first", "continue exactly where a run stopped"),
)


def add_flags(groups: Groups) -> None:
    """Add the flags that are not settings of a run."""
    add_phi(groups["model"])
    groups["run"].add_argument(
        "--config", metavar="FILE", help="JSON file of settings, such as a run's config.json; flags take precedence"
    )
    groups["run"].add_argument(
        "--resume",
        metavar="RUN_DIR",
        help="go on with this run; the only other flags allowed are --allow-imports, and --data if its data were moved",
    )


COMMAND = Command("train", TrainConfig, __doc__, EXAMPLES, add_flags)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = COMMAND.arguments(argv)
    if "resume" in arguments:
        _resume(arguments)
        return
    config = _config(arguments)
    with importing_tensorflow():
        from yolo.training.engine import train  # TensorFlow takes seconds to import; wrong flags should not
    report(train(config))


def _resume(arguments: Namespace) -> None:
    """Go on with a run; if it is finished, print its result without importing TensorFlow."""
    from yolo.training.run_lock import locked
    from yolo.training.run_state import finished

    run = _run_to_resume(arguments)
    folder = run.parent if run.is_file() else run
    with locked(folder):
        config = TrainConfig.read(folder / CONFIG)
        if run == folder and "data" not in arguments and (state := finished(folder)):
            _report_finished(folder, config, state)
            return
        with importing_tensorflow():
            from yolo.training.engine import resume
        moved = {"data": arguments.data} if "data" in arguments else {}
        report(resume(run, "allow_imports" in arguments, **moved))


def _report_finished(folder: Path, config: TrainConfig, state: "RunState") -> None:
    """Print the result of a run that has nothing left to do."""
    from yolo.training.fitted_scores import FittedScores
    from yolo.training.run_state import kept_row

    kept = kept_row(state["history"])
    score = f", validation AP50 {kept['val_ap50']:.3f} in epoch {kept['epoch']}" if "val_ap50" in kept else ""
    print(f"{folder} is finished: {counted(state['epoch'], 'epoch')}{score}; the model is {folder / BEST}")
    if fitted := FittedScores.read(folder):
        print(fitted.sentence())
    print(f"to train it for longer, start a new run from it: {longer_command(folder, config)}")
    _print_next(folder / BEST, config)


def report(run: "Run") -> None:
    """Print the result of a finished run, where its model is, and the commands that use it."""
    config = TrainConfig.read(run.folder / CONFIG)
    minutes = run.seconds / 60
    score = "trained without validation"
    if run.best is not None:
        interval = run.fitted.ap50_interval if run.fitted else (math.nan, math.nan)
        score = f"validation AP50 {with_interval(run.best, interval)}{' in the epoch of the best AP' * (run.best > 0)}"
    print(f"{score}, {counted(run.epochs, 'epoch')}, {minutes:.1f} minutes; saved in {run.best_model}")
    if run.fitted:
        print(run.fitted.sentence())
    if run.report:
        part = "which took no part" if run.test_is_unseen else "some of which took part"
        print(f"\non the list '{run.test_split}', {part} in training:\n{run.report.table()}")
    _print_next(run.best_model, config)


def _print_next(best_model: Path, config: TrainConfig) -> None:
    """Print the commands that use a model."""
    print("\nnext:")
    for command in use_commands(best_model, config, *_pictures(config)):
        print(f"  {command}")


def _pictures(config: TrainConfig) -> tuple[Path | None, str | None]:
    """Return a folder of pictures and the list to evaluate on, found by the names of files alone; None if missing."""
    from yolo.data.data_folder import layouts
    from yolo.data.split_lists import canonical

    try:
        folders = layouts(config.data) if config.data else []
    except (UserError, OSError):  # the data are gone, which does not matter to a finished run
        return None, None
    lists = {name for folder in folders for name in folder.splits}
    held_back = next((name for name in map(canonical, (config.test_split, config.val_split)) if name in lists), None)
    split = held_back or canonical(config.train_split)
    listed = (folder.pictures.get(stem) for folder in folders for stem in folder.stems_of(split))
    return next((picture.parent for picture in listed if picture), None), held_back


def _config(arguments: Namespace) -> TrainConfig:
    """Return the settings: flags take precedence over the file of --config, and the file over the defaults."""
    resolve_phi(arguments)
    flags = given(arguments, TrainConfig)
    if "config" not in arguments:
        return TrainConfig(**flags)
    config = TrainConfig.read(arguments.config, **flags)
    if "attention" not in flags:
        from yolo.weights.code_permission import check_imports

        check_imports(arguments.config, config.attention, config.allow_imports)
    return config


def _run_to_resume(arguments: Namespace) -> Path:
    """Return the folder of the run, or its checkpoint to go on from; raise UserError for any other flag."""
    run = Path(arguments.resume)
    folder = run.parent if run.name in (PREVIOUS, WEIGHTS) else run
    others = [flag_name(name) for name in vars(arguments) if name not in ("resume", "allow_imports", "data")]
    if others:
        way = ""
        if "epochs" in arguments and (folder / CONFIG).is_file():
            config = dataclasses.replace(TrainConfig.read(folder / CONFIG), epochs=arguments.epochs)
            way = f" To train for longer, start a new run from its weights: {longer_command(folder, config)}"
        raise UserError(f"--resume continues a run with its own settings; leave out {', '.join(others)}.{way}")
    if not (folder / CONFIG).is_file():
        raise UserError(f"--resume wants the folder of a run, with config.json in it; {run} is none.")
    if folder != run and not run.is_file():
        raise UserError(f"there is no checkpoint {run}: go on from the newest, {resume_command(folder)}")
    return run
