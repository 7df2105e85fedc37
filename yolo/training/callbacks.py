"""Callbacks of a run: the score of each epoch, its progress, early stopping, and a stop when numbers become nan."""

import logging
import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

import keras
from keras import ops

from yolo import picture_files
from yolo.data.dataset import Dataset
from yolo.data.lost_pictures import LostPictures
from yolo.errors import UserError
from yolo.evaluation.evaluate import LOWEST_SCORE, MOST_DETECTIONS, SupportsDetect, evaluate
from yolo.progress import bar, duration
from yolo.structures import Annotation
from yolo.training.run_state import EpochRow, exhausted
from yolo.wording import counted

log = logging.getLogger("yolo")


class NotFiniteError(UserError):
    """The loss or a weight became nan or inf.

    Args:
        cause: what happened when, and which pictures were in the batch.
        last_good: the last checkpoint with good weights.
        tried: the beginning of a sentence that names a remedy without success.
    """

    def __init__(self, cause: str, last_good: Path, tried: str = "") -> None:
        super().__init__(
            f"{cause}; {tried}the last good weights are in {last_good}: look at these pictures, or try a lower "
            "--learning-rate or --precision float32."
        )
        self.cause = cause


class Validation(keras.callbacks.Callback):
    """A callback that scores the averaged weights after each epoch and logs `val_ap50` and `val_ap`.

    Args:
        detector: detects with the averaged weights.
        dataset: the validation pictures.
        lost: the pictures of the run that can no longer be read; they are left out, and new ones are added.
    """

    def __init__(self, detector: SupportsDetect, dataset: Dataset, lost: LostPictures | None = None) -> None:
        super().__init__()
        self.detector = detector
        self.dataset = dataset
        self.lost = lost or LostPictures()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        annotations = [known for known in self.dataset.annotations if known.path not in self.lost]
        report = evaluate(
            self.detector,
            annotations,
            self.dataset.class_names,
            score_threshold=LOWEST_SCORE,
            max_detections=MOST_DETECTIONS,
            warn=epoch == 0,
            resamples=0,
            progress=partial(bar, desc="validation"),
        )
        if report.images < len(annotations):
            self._note_lost(annotations)
        logs["val_ap50"] = _number(report.ap50)
        logs["val_ap"] = _number(report.coco["AP"])

    def _note_lost(self, annotations: Sequence[Annotation]) -> None:
        for known in annotations:
            try:
                picture_files.read(known.path)
            except UserError as error:
                self.lost.add(known.path, error, "validation goes on without it")


class EpochProgress(keras.callbacks.Callback):
    """A callback that shows a bar during an epoch and logs a line after it. It comes after `Validation`.

    TensorFlow traces the first step of a `fit`, so the time of that step does not count in the rate.

    Args:
        epochs: their number.
        batch_size: pictures in a batch.
        costs: the time of each epoch relative to the others, to estimate the time left.
    """

    def __init__(self, epochs: int, batch_size: int, costs: Sequence[float] | None = None) -> None:
        super().__init__()
        self.epochs = epochs
        self.batch_size = batch_size
        self.costs = costs or [1] * epochs
        self.traced = True
        self.seconds = self.done = 0.0  # the time measured so far, and the sum of its `costs`
        self.bar = bar(disable=True)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.traced = False
        self.close()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.started, self.untimed = time.perf_counter(), 0
        total, desc = self.params["steps"], f"epoch {epoch + 1}/{self.epochs}"
        self.bar = bar(total=total, desc=desc, unit="step", delay=0)

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self.bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
        self.bar.update()
        self.trained = time.perf_counter()
        if not self.traced:
            self.traced, self.started, self.untimed = True, self.trained, 1

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        self.close()
        steps = self.params["steps"]
        self.seconds += time.perf_counter() - self.started
        self.done += self.costs[epoch] * (steps - self.untimed) / steps
        scores = "".join(f"  {name[4:].upper()} {logs[name]:.3f}" for name in ("val_ap50", "val_ap") if name in logs)
        parts = "  ".join(f"{name} {logs[name]:.3f}" for name in ("loss", "box", "objectness", "class"))
        speed = f"{self._left(epoch)}{self._rate(steps - self.untimed)}"
        log.info(f"epoch {epoch + 1:>3}/{self.epochs}  {parts}{scores}{speed}")

    def close(self) -> None:
        """Remove the bar of an epoch that is over or was interrupted."""
        self.bar.close()

    def _left(self, epoch: int) -> str:
        rest = sum(self.costs[epoch + 1 :])
        return f"  {duration(self.seconds / self.done * rest)} left" if rest and self.done else ""

    def _rate(self, steps: int) -> str:
        seconds = self.trained - self.started
        return f"  {steps * self.batch_size / seconds:.1f} pictures/s" if steps and seconds > 0 else ""


class StopWhenNotFinite(keras.callbacks.Callback):
    """A callback that raises `NotFiniteError` when the loss or a weight is nan or inf, before weights are saved.

    Args:
        pictures: `pictures(epoch, step)` returns the pictures of a batch.
        last_good: the checkpoint of the last whole epoch, or of the start.
    """

    def __init__(self, pictures: Callable[[int, int], Sequence[Path]], last_good: Path) -> None:
        super().__init__()
        self.pictures = pictures
        self.last_good = last_good

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        if not math.isfinite(logs["loss"]):
            self._stop(f"the loss became {logs['loss']}", range(max(batch - 1, 0), batch + 1))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if not all(ops.all(ops.isfinite(weight)) for weight in self.model.network.weights):
            self._stop("weights became nan or inf", [self.params["steps"] - 1])  # no later loss would show it

    def _stop(self, trouble: str, suspects: Sequence[int]) -> NoReturn:
        """Raise the error; the suspects are the batch of the bad loss and the one before, which changed the weights."""
        by = " or ".join(f"batch {batch + 1} ({self._names(batch)})" for batch in suspects)
        raise NotFiniteError(f"{trouble} in epoch {self.epoch + 1} by {by}", self.last_good)

    def _names(self, batch: int) -> str:
        return ", ".join(path.name for path in self.pictures(self.epoch, batch))


class EarlyStopping(keras.callbacks.Callback):
    """A callback that ends a run which is `exhausted`.

    Args:
        history: the rows of all epochs, to which `Checkpoint` adds.
        score, patience, counted_from: as for `exhausted`.
    """

    def __init__(self, history: list[EpochRow], score: str, patience: int, counted_from: int) -> None:
        super().__init__()
        self.history = history
        self.score = score
        self.patience = patience
        self.counted_from = counted_from

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if exhausted(self.history, self.score, self.patience, self.counted_from):
            log.info(f"no better score for {counted(self.patience, 'epoch')}: stopped early")
            self.model.stop_training = True


def _number(score: float) -> float:
    """Return a score that can be compared: NaN, for pictures without objects, becomes 0."""
    return float(score) if math.isfinite(score) else 0.0
