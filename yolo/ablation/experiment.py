"""Run the trainings of an ablation one after the other, and match their detections with the test pictures.

For each seed all blocks see the same pictures in the same order, and start from the weights of one network without
attention; only the weights of the block itself are its own.
"""

import dataclasses
import io
import logging
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

import numpy as np

from yolo.ablation.new_process import CallElsewhere
from yolo.ablation.plan import AblationPlan
from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.evaluation.evaluate import detect_all
from yolo.evaluation.matches import Matches, coco_matches, voc_matches
from yolo.evaluation.score import score
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.progress import bar, duration
from yolo.run_folders import BEST
from yolo.structures import Annotation, Detections
from yolo.training import engine
from yolo.training.initial_network import initial_network
from yolo.training.network_plan import plan_network
from yolo.training.plan_from_settings import check_start, open_initial
from yolo.training.run_datasets import Datasets
from yolo.training.run_lock import locked
from yolo.training.run_state import finished, newest
from yolo.wording import counted

RULES: dict[str, Callable[[Sequence[Detections], Sequence[Annotation], int], Matches]] = {
    "voc": voc_matches,
    "coco": coco_matches,
}

Found: TypeAlias = dict[tuple[int, int], tuple[Matches, ...]]
"""By number of the block and seed: the matches of each of RULES."""

log = logging.getLogger("yolo")


def run_all(plan: AblationPlan, data: Datasets, folder: Path, apart: CallElsewhere) -> Found:
    """Return the matches of all runs; train and score those that are missing.

    Args:
        apart: calls the training in a process of its own.

    Raises:
        UserError: a training cannot go on, or a file of matches is damaged.
    """
    runs = list(plan.runs(folder))
    found: Found = {}
    seconds: list[float] = []
    with locked(folder):
        for number, seed, config in runs:
            kept = run_folder(config) / "eval" / "matches.npz"
            if not kept.exists():
                whole = fmean(seconds) if seconds else 60 * (plan.minutes or 0)  # of one training
                left = f", {duration(whole * (len(runs) - len(found)))} left in all" if whole else ""
                log.info(f"run {len(found) + 1} of {len(runs)}: {config.attention}, seed {seed}{left}")
                began = time.perf_counter()
                apart(run, config, plan.training, data, kept)
                seconds.append(time.perf_counter() - began)
            found[number, seed] = _read(kept)
    return found


def run(config: TrainConfig, training: TrainConfig, data: Datasets, kept: Path) -> None:
    """Train and score one network, or go on where an earlier call was stopped.

    Args:
        config: the settings of the run; its initial weights are made if they are missing.
        training: the settings of the plan, with the weights from which initial weights are made.
        data: with test pictures.
        kept: the file for the matches, in the folder of the run.

    Raises:
        UserError: the training cannot go on, or a test picture cannot be read.
    """
    initial = Path(config.weights)
    if not initial.exists():
        model = InMemoryFile(initial.name)
        _initial(training, config.seed, data).save(model)
        atomic_write(initial, model.getbuffer())
    folder = run_folder(config)
    _train(config, folder)
    known, names, split = data.test.annotations if data.test else (), data.class_names, training.test_split
    detector = Detector.load(folder / BEST, allow_imports=config.attention)
    scored, found = detect_all(detector, known, names, progress=partial(bar, desc=f"scoring {split}"))
    if len(scored) != len(known):  # the other runs are compared picture by picture
        raise UserError(
            f"{len(known) - len(scored)} of the {counted(len(known), 'picture')} of '{split}' could not be read: put "
            "back what was there, and the same command goes on."
        )
    report = score(found, scored, names, detector.score_thresholds, detector.temperature)
    kept.parent.mkdir(exist_ok=True)
    atomic_write(kept.parent / f"{split}.json", report.to_json())
    arrays: dict[str, Any] = {}
    for rule, match in RULES.items():
        columns = vars(match(found, scored, len(names)))
        arrays |= {f"{rule}_{name}": column for name, column in columns.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)
    atomic_write(kept, file.getbuffer())


def run_folder(config: TrainConfig) -> Path:
    """Return the folder of a run, which has a name in every ablation."""
    return Path(config.runs) / str(config.name)


def _read(kept: Path) -> tuple[Matches, ...]:
    """Return the matches of each rule."""
    names = [field.name for field in dataclasses.fields(Matches)]
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            return tuple(Matches(*(arrays[f"{rule}_{name}"] for name in names)) for rule in RULES)
    except (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(
            f"{kept} is damaged ({error}): delete it, and the same command scores that run again."
        ) from error


def _train(config: TrainConfig, folder: Path) -> None:
    """Train with these settings, or resume the run in the folder if it was stopped; do nothing if it is finished."""
    if newest(folder) is None:
        shutil.rmtree(folder, ignore_errors=True)  # of a run that was stopped before its first step
        engine.train(config)
    elif not finished(folder):
        engine.resume(folder, allow_imports=config.allow_imports, attention=config.attention)


def _initial(training: TrainConfig, seed: int, data: Datasets) -> YoloV4Tiny:
    """Return the network without attention of a seed, as a run with these settings would make it."""
    settings = dataclasses.replace(training, attention="none", precision="float32", seed=seed)
    initial = open_initial(settings, check_start(settings))
    return initial_network(plan_network(settings, initial, data), initial, seed, settings.strict)
