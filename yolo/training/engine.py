"""Train: one run, from the settings of a user or from the folder of an earlier run to `best.keras`."""

import dataclasses
import logging
import os
import time
from pathlib import Path

import keras

from yolo.config import TrainConfig
from yolo.data.augmentation import Augmentation
from yolo.data.data_paths import name_after
from yolo.data.training_batches import TrainingData
from yolo.errors import os_errors_as_user_errors
from yolo.garbage_collection import garbage_collector_paused
from yolo.inference.detector import Detector
from yolo.inference.runtimes import KerasRuntime
from yolo.machine import quota_remark, usable_cores
from yolo.nets.model import YoloV4Tiny
from yolo.opencv import opencv_threads
from yolo.progress import waiting
from yolo.run_folders import WEIGHTS, new_run_folder, refuse_taken
from yolo.training import checkpoint
from yolo.training.callbacks import EarlyStopping, EpochProgress, StopWhenNotFinite, Validation
from yolo.training.checkpoint import Checkpoint
from yolo.training.first_step import quick_start
from yolo.training.initial_network import initial_network
from yolo.training.moving_average import ExponentialMovingAverage
from yolo.training.next_commands import resume_command
from yolo.training.phases import describe_start, epoch_costs
from yolo.training.plan import TrainingPlan
from yolo.training.plan_from_settings import check_start, make_plan, open_initial
from yolo.training.run_augmentation import check_augmentation, choose_augmentation
from yolo.training.run_datasets import Datasets
from yolo.training.run_lock import locked
from yolo.training.run_result import Run, finish
from yolo.training.run_state import SCORE, RunState, exhausted, newest, read_state
from yolo.training.sample_preview import draw_samples
from yolo.training.saved_run import check_best, check_unchanged, open_plan
from yolo.training.teacher import ask, resolve_teacher
from yolo.training.train_phase import compile_trainer, train_phase
from yolo.training.training_model import TrainingModel
from yolo.weights import keras3_archive
from yolo.wording import counted

__all__ = ["Run", "resume", "train"]

log = logging.getLogger("yolo")


def train(config: TrainConfig) -> Run:
    """Train with these settings in a new run folder.

    Example:
        >>> run = train(TrainConfig(data="shapes", weights="none", epochs=1, input_size=(64, 64), workers=1))
        >>> run.best_model.as_posix(), run.epochs
        ('runs/shapes/best.keras', 1)
        >>> resume(run.folder).epochs  # nothing is left to be trained
        1

    Raises:
        UserError: the settings, the data or the weights cannot be used; the message says what to do.
    """
    started = time.perf_counter()
    refuse_taken(config.runs, config.name)
    model = check_start(config)
    teacher = resolve_teacher(config)
    flips = {"horizontal_flip": config.horizontal_flip, "vertical_flip": config.vertical_flip}
    choice = choose_augmentation(config.augment, flips, config.allow_imports)
    with garbage_collector_paused(), waiting("reading the data and building the network"):
        initial = open_initial(config, model)
        plan, data = make_plan(config, initial)
        check_augmentation(plan, choice.augmentation)
        network = initial_network(plan.network, initial, plan.seed, plan.strict)
    lessons = ask(teacher, data, config.allow_imports)
    data = lessons.applied(data)
    folder = new_run_folder(config.runs, config.name or name_after(plan.data), numbered=config.name is None)
    state: RunState = {
        "epoch": 0,
        "history": [],
        "halvings": 0,
        "network": network.get_config(),
        "data": data.digest(),
    }
    with locked(folder):
        with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
            plan.save(folder)
            choice.keep(folder)
            lessons.keep(folder)
        return _run(plan, data, choice.augmentation, network, folder, state, started)


def resume(
    run: str | Path, allow_imports: bool = False, data: str | Path | None = None, attention: str = "none"
) -> Run:
    """Continue a run after its last whole epoch, as if it had never stopped.

    Args:
        run: its folder, or one of the checkpoints in it.
        allow_imports: whether its attention and augmentation may come from the user's modules, which are then run.
        data: the new place of its data, if they were moved.
        attention: blocks that may come from the user's modules without `allow_imports`, as the user has named them.

    Raises:
        UserError: the run cannot go on as if it had never stopped; the message says what to do.
    """
    started = time.perf_counter()
    run = Path(run)
    folder = run.parent if run.is_file() else run
    allowed = allow_imports or attention
    with locked(folder):
        with garbage_collector_paused(), waiting("reading the data and building the network"):
            state = read_state(run)
            network = keras3_archive.build(folder, state["network"], allowed)
            plan, datasets = open_plan(folder, network, data)
            flips = {"horizontal_flip": plan.horizontal_flip, "vertical_flip": plan.vertical_flip}
            choice = choose_augmentation(plan.augment, flips, allow_imports, folder)
            check_augmentation(plan, choice.augmentation)
        if state["history"]:
            check_best(folder, allowed)
        check_unchanged(folder, plan, datasets, state)
        if data is not None:
            with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
                plan.save(folder)
        resumed = run if run.is_file() else newest(folder)
        return _run(plan, datasets, choice.augmentation, network, folder, state, started, resumed)


def _run(
    plan: TrainingPlan,
    datasets: Datasets,
    augmentation: Augmentation,
    network: YoloV4Tiny,
    folder: Path,
    state: RunState,
    started: float,
    resumed: Path | None = None,
) -> Run:
    """Train the remaining epochs and finish the run; `resumed` is the checkpoint to go on from, or None."""
    data = _training_data(plan, datasets, augmentation)
    with garbage_collector_paused(), waiting("building the network"):
        averaged = network.copy(dtype="float32")
        trainer = TrainingModel(network, averaged)
        compile_trainer(trainer, plan, data.steps, state["halvings"])
    if resumed:
        checkpoint.load(trainer, resumed)
        checkpoint.adopt(resumed, state, plan)
        log.info(f"resuming {folder} after epoch {state['epoch']} of {plan.epochs}{_limited_threads()}")
    else:
        with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
            draw_samples(data, plan.class_names, folder / "samples")
        log.info(
            f"{folder}: {counted(len(datasets.train), 'training picture')}{_beside(len(datasets.unlabelled))}, "
            f"{counted(len(plan.class_names), 'class')} ({', '.join(plan.class_names)}), "
            f"{counted(plan.epochs, 'epoch')} of {counted(data.steps, 'step')}"
            f"{describe_start(plan.phases, plan.input_size)}, {plan.network['dtype']}{_limited_threads()}"
        )
    validation = datasets.validation
    if validation and not any(len(known.labels) for known in validation.annotations):
        log.warning("the validation pictures hold no object, so every epoch scores 0 and the last one is kept")
    saver = Checkpoint(folder, state, SCORE if validation else None)
    callbacks = _callbacks(plan, datasets, data, averaged, saver)
    # a run that stopped early may be resumed
    trainer.stop_training = exhausted(state["history"], SCORE, plan.patience, plan.full_size_from)
    try:
        with quick_start(), opencv_threads(1):  # the batches are the parallel work
            for phase in plan.phases:
                if phase.input_size != data.input_size:  # else the pictures kept in memory serve on
                    data = dataclasses.replace(data, input_size=phase.input_size)
                train_phase(trainer, plan, phase, data, callbacks, saver)
        return finish(plan, datasets, folder, state, data.lost, started)
    except BaseException as trouble:
        saver.settle_in_trouble()
        if isinstance(trouble, (KeyboardInterrupt, SystemExit)) and newest(folder):
            safe = f"epoch {saver.whole} of {plan.epochs}" if saver.whole else "the start"
            log.warning(f"stopped; {safe} is safe, go on with: {resume_command(folder)}")
        raise


def _limited_threads() -> str:
    """Return a remark on TensorFlow's threads where a quota leaves fewer cores than there are, or nothing."""
    remark = quota_remark()
    number = os.environ.get("TF_NUM_INTRAOP_THREADS") or usable_cores()  # the command line sets it
    return f", threads: {number}{remark}" if remark else ""


def _beside(unlabelled: int) -> str:
    """Return a remark on the number of pictures without labels, or nothing."""
    return f" and {unlabelled} without labels" if unlabelled else ""


def _training_data(plan: TrainingPlan, datasets: Datasets, augmentation: Augmentation) -> TrainingData:
    return TrainingData(
        datasets.learned,
        plan.input_size,
        plan.network["resize_mode"],
        plan.batch_size,
        augmentation,
        mosaic=plan.mosaic,
        mixup=plan.mixup,
        gentle_from=plan.gentle_from,
        seed=plan.seed,
        cache=plan.cache,
        rectangular=plan.rectangular_batches,
    )


def _callbacks(
    plan: TrainingPlan, datasets: Datasets, data: TrainingData, averaged: YoloV4Tiny, saver: Checkpoint
) -> list[keras.callbacks.Callback]:
    """Return the callbacks in the order in which Keras calls them: each reads what the ones before have logged."""
    folder, history = saver.folder, saver.state["history"]
    callbacks: list[keras.callbacks.Callback] = [
        StopWhenNotFinite(data.pictures, folder / WEIGHTS),
        ExponentialMovingAverage(plan.average),
    ]
    if datasets.validation:
        detector = Detector(KerasRuntime(averaged, ready=False))
        callbacks.append(Validation(detector, datasets.validation, data.lost))
    callbacks.append(EpochProgress(plan.epochs, plan.batch_size, epoch_costs(plan.phases)))
    callbacks.append(saver)
    callbacks.append(EarlyStopping(history, SCORE, plan.patience, plan.full_size_from))
    if plan.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "tensorboard", write_graph=False))
    return callbacks
