"""One training run, from a configuration or a run folder to `best.keras`."""

import dataclasses
import logging
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras

from yolo.config import TrainConfig
from yolo.data.augment import Augmentation
from yolo.data.pipeline import TrainingData
from yolo.errors import UserError
from yolo.evaluation.evaluate import evaluate
from yolo.evaluation.plots import precision_recall, training_curves
from yolo.evaluation.report import Report
from yolo.inference.detector import Detector
from yolo.inference.runtimes import KerasRuntime
from yolo.machine import threads
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.progress import bar
from yolo.runs import BEST, new_run_folder, refuse_taken
from yolo.training import checkpoint
from yolo.training.averaging import AverageWeights
from yolo.training.callbacks import Progress, StopEarly, StopWhenBroken, Validate, exhausted
from yolo.training.optimizers import make_optimizer
from yolo.training.phases import phases, remarks, size_changes
from yolo.training.preparation import check_start, prepare
from yolo.training.preview import draw_samples
from yolo.training.start import first_network, open_start
from yolo.training.trainer import Trainer
from yolo.weights.keras3 import build

log = logging.getLogger("yolo")

SCORE = "val_ap"  # chooses the best epoch: a mean over ten thresholds jumps less on a small set than AP50


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        folder: `runs/<name>`.
        best: AP50 of the kept model on the validation set, or None without one.
        best_model: path of the kept model.
        epochs: epochs trained.
        seconds: wall time of this call.
        report: the `Report` on the test set, or None without one.
        test_is_unseen: whether no test picture took part in training.
    """

    folder: Path
    best: float | None
    best_model: Path
    epochs: int
    seconds: float
    report: Report | None
    test_is_unseen: bool


def train(config):
    """Train as `config` says in a new run folder; returns a `Run`."""
    started = time.perf_counter()
    refuse_taken(config.runs, config.name)
    check_start(config)
    source, config = open_start(config)
    prepared = prepare(config)
    config = prepared.config
    network = first_network(prepared, source)
    name = config.name or Path(config.data).name
    folder = new_run_folder(config.runs, name, numbered=config.name is None)
    config.save(folder / "config.json")
    state = {"epoch": 0, "history": [], "network": network.get_config(), "data": prepared.digest()}
    return _run(prepared, network, folder, state, started)


def resume(folder, allow_imports=False):
    """Continue the run in `folder` after its last whole epoch, as if it had never stopped; returns a `Run`.

    Args:
        allow_imports: whether its attention may be a `module:Class`, whose module is then run.
    """
    started = time.perf_counter()
    folder = Path(folder)
    state = checkpoint.read_state(folder)
    network = build(folder, state["network"], allow_imports)
    prepared = prepare(TrainConfig.read(folder / "config.json"))
    if (prepared.digest(), prepared.class_names) != (state["data"], network.class_names):
        raise UserError(
            f"the pictures or annotations in {prepared.config.data} have changed since {folder} was started, so it "
            "cannot go on as if it had never stopped; start a new run."
        )
    return _run(prepared, network, folder, state, started)


def _run(prepared, network, folder, state, started):
    config = prepared.config
    data = _training_data(prepared)
    averaged = network.copy(dtype="float32")
    trainer = Trainer(network, averaged)
    optimizer = make_optimizer(
        network,
        config.optimizer,
        config.epochs * data.steps,
        config.warmup_steps,
        config.learning_rate,
        config.weight_decay,
    )
    trainer.compile(optimizer, jit_compile=False)
    if (folder / checkpoint.WEIGHTS).exists():
        trainer.load_weights(folder / checkpoint.WEIGHTS)
        log.info(f"resuming {folder} after epoch {state['epoch']} of {config.epochs}")
    else:
        draw_samples(data, prepared.class_names, folder / "samples")
        log.info(
            f"{folder}: {len(prepared.train)} training pictures, {len(prepared.class_names)} classes "
            f"({', '.join(prepared.class_names)}), {config.epochs} epochs of {data.steps} steps"
            f"{remarks(config)}, {config.precision}"
        )
    detector = Detector(KerasRuntime(averaged))
    callbacks = _callbacks(prepared, data, detector, folder, state)
    # a run that stopped early may be resumed
    trainer.stop_training = exhausted(state["history"], SCORE, config.patience, phases(config)[-1].first)
    for phase in phases(config):
        first = max(phase.first, state["epoch"])
        if first < phase.last and not trainer.stop_training:
            _freeze(network, phase.frozen)
            trainer.compile(optimizer, jit_compile=False)
            if phase.input_size != data.input_size:  # else the pictures kept in memory serve on
                data = dataclasses.replace(data, input_size=phase.input_size)
            trainer.fit(
                data.batches(first, phase.last, config.workers or threads()),
                initial_epoch=first,
                epochs=phase.last,
                steps_per_epoch=data.steps,
                callbacks=callbacks,
                shuffle=False,
                verbose=0,
            )
    return _finish(prepared, folder, state, started)


def _training_data(prepared):
    config = prepared.config
    height, width = config.input_size
    needed = len(prepared.train) * height * width * 3
    return TrainingData(
        prepared.train.annotations,
        config.input_size,
        config.resize,
        config.batch_size,
        Augmentation(horizontal_flip=config.horizontal_flip, vertical_flip=config.vertical_flip),
        mosaic=config.mosaic,
        mixup=config.mixup,
        gentle_from=round(config.epochs * (1 - config.gentle_epochs)),
        seed=config.seed,
        cache=config.cache == "yes" or (config.cache == "auto" and needed < 1e9),
    )


def _callbacks(prepared, data, detector, folder, state):
    """Keras calls them in this order: each reads what those before it have written into the logs."""
    config = prepared.config
    callbacks = [StopWhenBroken(data.pictures, folder / checkpoint.WEIGHTS), AverageWeights(config.average)]
    if prepared.validation:
        callbacks.append(Validate(detector, prepared.validation))
    callbacks.append(Progress(config.epochs, config.batch_size))
    callbacks.append(checkpoint.Checkpoint(folder, state, SCORE if prepared.validation else None))
    callbacks.append(StopEarly(state["history"], SCORE, config.patience, phases(config)[-1].first))
    if config.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "tensorboard", write_graph=False))
    return callbacks


def _freeze(network, frozen):
    """Frozen layers keep their weights, and their batch norm uses the statistics it has."""
    for layer in network.layers:
        if layer.name.startswith(BACKBONE_PREFIXES):
            layer.trainable = not frozen


def _finish(prepared, folder, state, started):
    """Score the kept model on the test set and write what was found."""
    best_model = folder / BEST
    report = None
    results = folder / "eval"
    training_curves(state["history"], results / "training.png", size_changes(prepared.config))
    if prepared.test:
        detector = Detector.load(best_model, allow_imports=True)  # what this very run has trained with
        progress = partial(bar, desc=f"scoring {prepared.config.test_split}")
        report = evaluate(detector, prepared.test.annotations, prepared.class_names, progress=progress)
        (results / f"{prepared.config.test_split}.json").write_text(report.to_json(), encoding="utf-8")
        precision_recall(report, results / f"{prepared.config.test_split}.png")
    history = state["history"]
    best = max(history, key=lambda row: row[SCORE])["val_ap50"] if prepared.validation else None
    seconds = time.perf_counter() - started
    return Run(folder, best, best_model, state["epoch"], seconds, report, prepared.test_is_unseen)
