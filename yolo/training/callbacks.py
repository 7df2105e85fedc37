"""Beside the steps of a run: the score of each epoch, the bar and the line, stopping early or in trouble."""

import logging
import math
import time
from functools import partial

import keras
from keras import ops

from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.progress import bar

log = logging.getLogger("yolo")


class Validate(keras.callbacks.Callback):
    """Scores the averaged weights after each epoch by the code that also evaluates and detects: val_ap50, val_ap."""

    def __init__(self, detector, dataset):
        super().__init__()
        self.detector = detector
        self.dataset = dataset

    def on_epoch_end(self, epoch, logs=None):
        known, names = self.dataset.annotations, self.dataset.class_names
        progress = partial(bar, desc="validation")
        asked = {"score_threshold": 0.001, "max_detections": 100}  # quicker; AP changes by 0.0003
        report = evaluate(self.detector, known, names, **asked, warn=epoch == 0, progress=progress)
        logs["val_ap50"] = _number(report.ap50)
        logs["val_ap"] = _number(report.coco["AP"])


class Progress(keras.callbacks.Callback):
    """A bar while an epoch runs, a line when it is over. Put before `Validate`'s readers, after `Validate` itself."""

    def __init__(self, epochs, batch_size):
        super().__init__()
        self.epochs = epochs
        self.batch_size = batch_size

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()
        self.bar = bar(total=self.params["steps"], desc=f"epoch {epoch + 1}/{self.epochs}", unit="step")

    def on_train_batch_end(self, batch, logs=None):
        self.bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
        self.bar.update()
        self.trained = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.bar.close()
        rate = self.params["steps"] * self.batch_size / (self.trained - self.started)
        scores = "".join(f"  {name[4:].upper()} {logs[name]:.3f}" for name in ("val_ap50", "val_ap") if name in logs)
        parts = "  ".join(f"{name} {logs[name]:.3f}" for name in ("loss", "box", "objectness", "class"))
        log.info(f"epoch {epoch + 1:>3}/{self.epochs}  {parts}{scores}  {rate:.1f} pictures/s")


class StopWhenBroken(keras.callbacks.Callback):
    """Ends the run as soon as the loss or a weight is no number, before anything of it is saved.

    Args:
        pictures: `pictures(epoch, step)` names the pictures of a batch.
        last_good: the weights file of the last whole epoch, or of the start.
    """

    def __init__(self, pictures, last_good):
        super().__init__()
        self.pictures = pictures
        self.last_good = last_good

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if not math.isfinite(logs["loss"]):
            self._stop(f"the loss became {logs['loss']}", range(max(batch - 1, 0), batch + 1))

    def on_epoch_end(self, epoch, logs=None):
        if not all(ops.all(ops.isfinite(weight)) for weight in self.model.network.weights):
            self._stop("weights became nan or inf", [self.params["steps"] - 1])  # of which no later loss will tell

    def _stop(self, trouble, suspects):
        """The suspects of a broken loss are its batch and the one before it, which may have broken the weights."""
        by = " or ".join(f"batch {batch + 1} ({self._names(batch)})" for batch in suspects)
        raise UserError(
            f"{trouble} in epoch {self.epoch + 1} by {by}; the last good weights are in {self.last_good}: look at "
            "these pictures, or try a lower --learning-rate or --precision float32."
        )

    def _names(self, batch):
        return ", ".join(path.name for path in self.pictures(self.epoch, batch))


class StopEarly(keras.callbacks.Callback):
    """Ends the run once it is `exhausted`; reads the history that the checkpoint keeps."""

    def __init__(self, history, score, patience, counted_from):
        super().__init__()
        self.history = history
        self.score = score
        self.patience = patience
        self.counted_from = counted_from

    def on_epoch_end(self, epoch, logs=None):
        if exhausted(self.history, self.score, self.patience, self.counted_from):
            log.info(f"no better score for {self.patience} epochs: stopped early")
            self.model.stop_training = True


def exhausted(history, score, patience, counted_from):
    """Whether `patience` epochs went by without a better score; never where `patience` is 0.

    Epochs before `counted_from`, with smaller pictures or a frozen backbone, are no waiting. Their scores count.
    """
    scores = [row[score] for row in history] if patience else []
    return bool(scores) and len(scores) - max(scores.index(max(scores)) + 1, counted_from) >= patience


def _number(score):
    """A score that can be compared: NaN and None, where nothing could be scored, become 0."""
    return float(score) if score is not None and math.isfinite(score) else 0.0
