"""Finish a run: score its kept model on the test set, and write the report and the plots."""

import logging
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from yolo.atomic_write import atomic_write
from yolo.data.dataset import Dataset
from yolo.data.lost_pictures import LostPictures
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.evaluation.evaluate import evaluate
from yolo.evaluation.report import EvaluationReport
from yolo.inference.detector import Detector
from yolo.progress import bar
from yolo.run_folders import BEST
from yolo.training.checkpoint import mark_finished
from yolo.training.fit_scores import fit_scores
from yolo.training.fitted_scores import FittedScores
from yolo.training.phases import size_changes
from yolo.training.plan import TrainingPlan
from yolo.training.run_datasets import Datasets
from yolo.training.run_length import epochs_for
from yolo.training.run_state import RunState, kept_row
from yolo.training.verdict import verdict

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class Run:
    """The result of a run.

    Attributes:
        folder: `runs/<name>`.
        best: AP50 of the kept model on the validation set, or None without one.
        best_model: path of the kept model.
        epochs: number of epochs trained.
        seconds: wall time of this call.
        report: the result on the test set, or None without one.
        test_split: the list of the test set, or None without one.
        test_is_unseen: whether no test picture took part in training.
        fitted: the score thresholds of the kept model, or None if the pictures to fit them on can no longer be read.
    """

    folder: Path
    best: float | None
    best_model: Path
    epochs: int
    seconds: float
    report: EvaluationReport | None
    test_split: str | None
    test_is_unseen: bool
    fitted: FittedScores | None = None


def finish(
    plan: TrainingPlan, data: Datasets, folder: Path, state: RunState, lost: LostPictures, started: float
) -> Run:
    """Fit score thresholds, score the kept model on the test set, write report and plots, and return the result.

    Args:
        lost: the pictures that could not be read any more during the run.
        started: the time, of `time.perf_counter`, at which the run began.

    Raises:
        UserError: the files cannot be written.
    """
    from yolo.evaluation.plots import precision_recall, training_curves  # Matplotlib takes a second to import

    history, split = state["history"], plan.splits.test
    fitted = fit_scores(plan, data, folder)
    report = _score(plan, data.test, folder / BEST) if data.test else None
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        training_curves(history, folder / "eval" / "training.png", size_changes(plan.phases))
        if report:
            atomic_write(folder / "eval" / f"{split}.json", report.to_json())
            precision_recall(report, folder / "eval" / f"{split}.png")
    longer = max(2 * plan.epochs, epochs_for(len(data.learned)))
    for sentence in verdict(history, longer, fitted, plan.weights is not None):
        log.info(sentence)
    if lost.summary():
        log.warning(lost.summary())
    mark_finished(folder, state)
    best = kept_row(history)["val_ap50"] if data.validation else None
    seconds = time.perf_counter() - started
    return Run(folder, best, folder / BEST, state["epoch"], seconds, report, split, data.test_is_unseen, fitted)


def _score(plan: TrainingPlan, test: Dataset, best_model: Path) -> EvaluationReport | None:
    """Return the result on the test set, or None if its pictures can no longer be read."""
    trained = plan.network["attention"]  # this run has imported it already
    detector = Detector.load(best_model, allow_imports=trained)
    progress = partial(bar, desc=f"scoring {plan.splits.test}")
    try:
        return evaluate(detector, test.annotations, plan.class_names, progress=progress)
    except UserError as error:
        log.warning(f"the test pictures were not scored: {error}")
        return None
