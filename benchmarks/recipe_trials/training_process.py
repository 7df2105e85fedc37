"""Train one arm of the trials and score it on the held-out pictures, as a process of its own.

    python -m benchmarks.recipe_trials.training_process job.json

The job is a JSON object: the `arm`, the `data` folder with the lists `fit` and `held`, `epochs`, `seed`, an empty
`folder` for the run, and the `output` file. That file gets the scores and the seconds of the training. A process makes
one training only, as the arm changes the program.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.recipe_trials.arms import ARMS, BASE, Arm
from benchmarks.recipe_trials.replacement import replace
from benchmarks.rows import Row
from yolo.cli import set_up
from yolo.config import TrainConfig


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    set_up()
    change_program(ARMS[job["arm"]])
    settings = BASE | dict(ARMS[job["arm"]].settings)
    row = train(settings, job["epochs"], job["seed"], Path(job["data"]), Path(job["folder"]))
    Path(job["output"]).write_text(json.dumps(row | score(Path(job["data"]), Path(job["folder"]))), encoding="utf-8")


def change_program(arm: Arm) -> None:
    """Replace the parts of the program that the arm changes: the loss, `scale_xy`, and those of its own changes."""
    from benchmarks.recipe_trials.trial_loss import TrialLoss
    from yolo.training import plan_from_settings, run_result, training_model

    replace(training_model, "DetectionLoss", lambda usual: partial(TrialLoss, **arm.loss))
    replace(plan_from_settings, "plan_network", lambda usual: lambda *given: usual(*given) | {"scale_xy": arm.scale_xy})
    replace(run_result, "fit_scores", lambda usual: lambda *given: None)  # AP does not depend on it
    for change in arm.changes:
        change()


def train(settings: dict[str, Any], epochs: int, seed: int, data: Path, folder: Path) -> Row:
    """Train on the list `fit`; return the seconds and the processor seconds.

    Args:
        settings: for `TrainConfig`.
        folder: the run is its subfolder `run`.
    """
    from yolo.training import engine

    settings = settings | {"data": str(data), "train_split": "fit", "val_split": "none", "test_split": "none"}
    config = TrainConfig(**settings, epochs=epochs, seed=seed, runs=str(folder), name="run")
    wall, processor = time.perf_counter(), time.process_time()
    engine.train(config)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"seconds": round(wall, 1), "processor": round(processor, 1)}


def score(data: Path, folder: Path) -> Row:
    """Score the trained network on the list `held`: VOC's AP50, and COCO's AP, AP75 and AR_100."""
    from yolo.data import data_folder
    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector

    detector = Detector.load(folder / "run" / "best.keras")
    held = data_folder.load(data, "held", data_folder.load(data, "fit").class_names)
    report = evaluate(detector, held.annotations, held.class_names)
    return {"pictures": len(held), "AP50": report.ap50} | {name: report.coco[name] for name in ("AP", "AP75", "AR_100")}


if __name__ == "__main__":
    main()
