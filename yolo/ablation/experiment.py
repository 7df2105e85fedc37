"""The trainings of an ablation, one after the other, and what their networks find in the test pictures.

Every block meets the same pictures in the same order, as these follow from the seed, and starts from the same weights
but for its own: those of one network without attention for each seed.
"""

import dataclasses
import io
import logging
import shutil
import time
import zipfile
import zlib
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np

from yolo.ablation.matches import Matches, coco_matches, voc_matches
from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.progress import bar, duration
from yolo.run_folders import BEST
from yolo.training import engine
from yolo.training.initial_network import initial_network
from yolo.training.plan_from_settings import check_start, open_initial, plan_network
from yolo.training.run_datasets import Datasets
from yolo.training.run_lock import locked
from yolo.training.run_state import newest, read_state

RULES = {"voc": voc_matches, "coco": coco_matches}

log = logging.getLogger("yolo")


def run_all(plan, data, folder, apart):
    """Train and score what is missing: {(number of the block, seed): (`Matches` of VOC, `Matches` of COCO)}.

    Args:
        apart: calls a function with arguments in a process of its own.
    """
    runs = list(plan.runs(folder))
    found, seconds = {}, []
    with locked(folder):
        for number, seed, config in runs:
            kept = Path(config.runs) / config.name / "eval" / "matches.npz"
            if not kept.exists():
                whole = fmean(seconds) if seconds else 60 * (plan.minutes or 0)  # of one training
                left = f", {duration(whole * (len(runs) - len(found)))} left in all" if whole else ""
                log.info(f"run {len(found) + 1} of {len(runs)}: {config.attention}, seed {seed}{left}")
                began = time.perf_counter()
                apart(run, config, plan.training, data, kept)
                seconds.append(time.perf_counter() - began)
            found[number, seed] = _read(kept)
    return found


def run(config, training, data, kept):
    """Train and score one network, from where an earlier call was stopped.

    Args:
        config: its `TrainConfig`; its `weights` are made when they are not there.
        training: the settings of the plan, from whose weights those start.
        data: the `Datasets`, with the test pictures.
        kept: file for the `Matches`, in the folder of the run.
    """
    start = Path(config.weights)
    if not start.exists():
        file = InMemoryFile(start.name)
        _initial(training, config.seed, data).save(file)
        atomic_write(start, file.getbuffer())
    folder = Path(config.runs) / config.name
    _train(config, folder)
    known, names, split = data.test.annotations, data.class_names, training.test_split
    detector = _RecordingDetector(Detector.load(folder / BEST, allow_imports=config.attention))
    report = evaluate(detector, known, names, progress=partial(bar, desc=f"scoring {split}"))
    kept.parent.mkdir(exist_ok=True)  # a run killed after its last step has none
    atomic_write(kept.parent / f"{split}.json", report.to_json())
    arrays = {}
    for rule, match in RULES.items():
        columns = vars(match(detector.found, known, len(names)))
        arrays |= {f"{rule}_{name}": column for name, column in columns.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)
    atomic_write(kept, file.getbuffer())


def _read(kept):
    """The `Matches` of each rule."""
    names = [field.name for field in dataclasses.fields(Matches)]
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            return tuple(Matches(*(arrays[f"{rule}_{name}"] for name in names)) for rule in RULES)
    except (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(
            f"{kept} is damaged ({error}): delete it, and the same command scores that run again."
        ) from error


def _train(config, folder):
    """Train as `config` says, or go on where the run in the folder was stopped; a finished one is left as it is."""
    if newest(folder) is None:
        shutil.rmtree(folder, ignore_errors=True)  # of a run stopped before its first step
        engine.train(config)
    elif read_state(folder)["epoch"] < config.epochs:
        engine.resume(folder, allow_imports=config.allow_imports, attention=config.attention)


def _initial(training: TrainConfig, seed: int, data: Datasets) -> YoloV4Tiny:
    """Return the network without attention that the seed gives, as a run with these settings would make it."""
    settings = dataclasses.replace(training, attention="none", precision="float32", seed=seed)
    initial = open_initial(settings, check_start(settings))
    return initial_network(plan_network(settings, initial, data), initial, seed, settings.strict)


class _RecordingDetector:
    """A detector that keeps what it answers, picture after picture, in `found`."""

    def __init__(self, detector):
        self.detector = detector
        self.found = []

    def detect(self, images, **settings):
        found = self.detector.detect(images, **settings)
        self.found += found
        return found
