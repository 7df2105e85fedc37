"""Fit the scores of a run's kept model to the validation pictures: class thresholds, and a temperature."""

import logging
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from yolo.atomic_write import InMemoryFile, atomic_write
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.evaluation import voc_metrics
from yolo.evaluation.class_thresholds import class_thresholds
from yolo.evaluation.evaluate import LOWEST_SCORE, MOST_DETECTIONS, detect_all
from yolo.evaluation.reliability import Reliability
from yolo.evaluation.score import scaled_curve, score
from yolo.evaluation.temperature_fit import JudgedScores, TemperatureFit, fit_temperature
from yolo.inference.detector import Detector
from yolo.inference.runtimes import FrozenRuntime
from yolo.progress import bar
from yolo.run_folders import BEST
from yolo.structures import Annotation, Detections
from yolo.training.fitted_scores import FittedScores
from yolo.training.plan import TrainingPlan
from yolo.training.run_datasets import Datasets
from yolo.weights import keras3_archive

MOST_PICTURES = 2000  # of the training pictures; more change thresholds little, and take minutes

log = logging.getLogger("yolo")


def fit_scores(plan: TrainingPlan, data: Datasets, folder: Path) -> FittedScores | None:
    """Fit thresholds and temperature, write them into the model and beside it, and plot the reliability.

    Without validation the thresholds are fitted to training pictures, and the temperature stays 1: on pictures that it
    has learned, a network is right more often than its scores say.

    Returns:
        What was fitted, or None if the pictures can no longer be read.

    Raises:
        UserError: a file cannot be written.
    """
    network = keras3_archive.load(folder / BEST, plan.network["attention"])  # this run has imported it already
    pictures = "validation" if data.validation else "training"
    annotations = (data.validation or data.train).annotations
    try:
        scored, found = detect_all(
            Detector(FrozenRuntime(network)),
            annotations if data.validation else annotations[:: math.ceil(len(annotations) / MOST_PICTURES)],
            plan.class_names,
            score_threshold=LOWEST_SCORE,
            max_detections=MOST_DETECTIONS,
            progress=partial(bar, desc="fitting score thresholds"),
        )
    except UserError as error:
        log.warning(f"no score thresholds were fitted to the {pictures} pictures: {error}")
        return None
    fitted, judged = _fit(plan.class_names, scored, found, validated=data.validation is not None)
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        file = InMemoryFile(BEST)
        network.copy(score_thresholds=tuple(fitted.thresholds.values()), temperature=fitted.temperature).save(file)
        atomic_write(folder / BEST, file.getbuffer())
        fitted.save(folder)
        if data.validation:
            from yolo.evaluation.reliability_plot import reliability_plot  # Matplotlib takes a second to import

            reliability_plot(judged, fitted.temperature, folder / "eval" / "reliability.png")
    return fitted


def _fit(
    class_names: Sequence[str], scored: Sequence[Annotation], found: Sequence[Detections], validated: bool
) -> tuple[FittedScores, JudgedScores]:
    """Return what fits the scores of detections, and these scores; only the thresholds unless `validated`."""
    judged = JudgedScores.of(found, scored)
    fit = fit_temperature(judged) if validated else TemperatureFit(1.0, math.nan, math.nan)
    curves = voc_metrics.curves(found, scored, len(class_names))
    thresholds = class_thresholds([scaled_curve(curve, fit.temperature) for curve in curves])
    named = dict(zip(class_names, thresholds, strict=False))  # there may be none
    if not validated:
        return FittedScores("training", len(scored), named), judged
    report = score(found, scored, class_names, thresholds or None, fit.temperature)
    before, after = (Reliability.of(judged, temperature).error() for temperature in (1.0, fit.temperature))
    fitted = FittedScores(
        "validation",
        len(scored),
        named,
        fit.temperature,
        fit.error_before,
        fit.error_after,
        before,
        after,
        report.ap50_interval,
        report.ap_interval,
    )
    return fitted, judged
