"""Beside the steps of a run: the score of each epoch, the bar and the line, stopping early or in trouble."""

import logging
import math
import time
from functools import partial

import keras
from keras import ops

from yolo import picture_files
from yolo.data.lost_pictures import LostPictures
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.progress import bar, duration
from yolo.training.run_state import exhausted
from yolo.wording import counted

log = logging.getLogger("yolo")


class NotFiniteError(UserError):
    """The loss or a weight became nan or inf.

    Attributes:
        cause: when, and by which pictures; the message adds what to do.
    """

    def __init__(self, cause, last_good, tried=""):
        super().__init__(
            f"{cause}; {tried}the last good weights are in {last_good}: look at these pictures, or try a lower "
            "--learning-rate or --precision float32."
        )
        self.cause = cause


class Validation(keras.callbacks.Callback):
    """Scores the averaged weights after each epoch by the code that also evaluates and detects: val_ap50, val_ap.

    Args:
        lost: the `LostPictures` of the run; those are left out from then on.
    """

    def __init__(self, detector, dataset, lost=None):
        super().__init__()
        self.detector = detector
        self.dataset = dataset
        self.lost = lost or LostPictures()

    def on_epoch_end(self, epoch, logs=None):
        known = [each for each in self.dataset.annotations if each.path not in self.lost]
        progress = partial(bar, desc="validation")
        names = self.dataset.class_names
        asked = {"score_threshold": 0.001, "max_detections": 100}  # quicker; AP changes by 0.0003
        report = evaluate(self.detector, known, names, **asked, warn=epoch == 0, progress=progress)
        if report.images < len(known):
            self._note_lost(known)
        logs["val_ap50"] = _number(report.ap50)
        logs["val_ap"] = _number(report.coco["AP"])

    def _note_lost(self, known):
        for each in known:
            try:
                picture_files.read(each.path)
            except UserError as error:
                self.lost.add(each.path, error, "validation goes on without it")


class EpochProgress(keras.callbacks.Callback):
    """A bar while an epoch runs, a line when it is over. Put before `Validation`'s readers, after `Validation` itself.

    The first step of a `fit` is traced before it runs, so it tells nothing of the rate and is left out of it.

    Args:
        costs: how long each epoch takes relative to the others, to tell how long the rest will take.
    """

    def __init__(self, epochs, batch_size, costs=None):
        super().__init__()
        self.epochs = epochs
        self.batch_size = batch_size
        self.costs = costs or [1] * epochs
        self.traced = True
        self.seconds = self.done = 0.0  # measured so far, and what they were worth in `costs`
        self.bar = None

    def on_train_begin(self, logs=None):
        self.traced = False
        self.close()

    def on_epoch_begin(self, epoch, logs=None):
        self.started, self.untimed = time.perf_counter(), 0
        total, desc = self.params["steps"], f"epoch {epoch + 1}/{self.epochs}"
        self.bar = bar(total=total, desc=desc, unit="step", delay=0)

    def on_train_batch_end(self, batch, logs=None):
        self.bar.set_postfix(loss=f"{logs['loss']:.3f}", refresh=False)
        self.bar.update()
        self.trained = time.perf_counter()
        if not self.traced:
            self.traced, self.started, self.untimed = True, self.trained, 1

    def on_epoch_end(self, epoch, logs=None):
        self.close()
        steps = self.params["steps"]
        self.seconds += time.perf_counter() - self.started
        self.done += self.costs[epoch] * (steps - self.untimed) / steps
        scores = "".join(f"  {name[4:].upper()} {logs[name]:.3f}" for name in ("val_ap50", "val_ap") if name in logs)
        parts = "  ".join(f"{name} {logs[name]:.3f}" for name in ("loss", "box", "objectness", "class"))
        speed = f"{self._left(epoch)}{self._rate(steps - self.untimed)}"
        log.info(f"epoch {epoch + 1:>3}/{self.epochs}  {parts}{scores}{speed}")

    def close(self):
        """Remove the bar of an epoch that is over or was broken off."""
        if self.bar is not None:
            self.bar.close()

    def _left(self, epoch):
        rest = sum(self.costs[epoch + 1 :])
        return f"  {duration(self.seconds / self.done * rest)} left" if rest and self.done else ""

    def _rate(self, steps):
        seconds = self.trained - self.started
        return f"  {steps * self.batch_size / seconds:.1f} pictures/s" if steps and seconds > 0 else ""


class StopWhenNotFinite(keras.callbacks.Callback):
    """Raises `NotFiniteError` as soon as the loss or a weight is no number, before anything of it is saved.

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
        raise NotFiniteError(f"{trouble} in epoch {self.epoch + 1} by {by}", self.last_good)

    def _names(self, batch):
        return ", ".join(path.name for path in self.pictures(self.epoch, batch))


class EarlyStopping(keras.callbacks.Callback):
    """Ends the run once it is `exhausted`; reads the history that the checkpoint keeps."""

    def __init__(self, history, score, patience, counted_from):
        super().__init__()
        self.history = history
        self.score = score
        self.patience = patience
        self.counted_from = counted_from

    def on_epoch_end(self, epoch, logs=None):
        if exhausted(self.history, self.score, self.patience, self.counted_from):
            log.info(f"no better score for {counted(self.patience, 'epoch')}: stopped early")
            self.model.stop_training = True


def _number(score):
    """A score that can be compared: NaN and None, where nothing could be scored, become 0."""
    return float(score) if score is not None and math.isfinite(score) else 0.0
