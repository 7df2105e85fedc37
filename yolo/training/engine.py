"""One training run, from a configuration or a run folder to `best.keras`."""

import dataclasses
import logging
import time
from pathlib import Path

import keras

from yolo.config import TrainConfig
from yolo.data.training_data import TrainingData
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.inference.detector import Detector
from yolo.inference.runtimes import KerasRuntime
from yolo.memory_tuning import garbage_collector_paused
from yolo.progress import waiting
from yolo.run_folders import BEST, WEIGHTS, name_after, new_run_folder, refuse_taken
from yolo.shell import quoted
from yolo.training import checkpoint
from yolo.training.callbacks import EarlyStopping, EpochProgress, StopWhenNotFinite, Validation
from yolo.training.first_step import quick_start
from yolo.training.initial_network import first_network, open_start
from yolo.training.moving_average import ExponentialMovingAverage
from yolo.training.next_commands import longer_command, resume_command
from yolo.training.phases import epoch_costs, phases, remarks
from yolo.training.preparation import check_start, prepare
from yolo.training.run_augmentation import check_augmentation, choose_augmentation
from yolo.training.run_lock import locked
from yolo.training.run_result import Run, finish
from yolo.training.run_state import SCORE, exhausted, newest, read_state
from yolo.training.sample_preview import draw_samples
from yolo.training.train_phase import compile_trainer, train_phase
from yolo.training.training_model import TrainingModel
from yolo.weights import keras3
from yolo.weights.import_permission import check_imports
from yolo.wording import counted, resolution

__all__ = ["Run", "resume", "train"]

log = logging.getLogger("yolo")


def train(config):
    """Train as `config` says in a new run folder; returns a `Run`."""
    started = time.perf_counter()
    refuse_taken(config.runs, config.name)
    check_start(config)
    choice = choose_augmentation(config)
    with garbage_collector_paused(), waiting("reading the data and building the network"):
        source, config = open_start(config)
        prepared = prepare(config)
        config = prepared.config
        check_augmentation(config, choice.augmentation)
        network = first_network(prepared, source)
    name = config.name or name_after(config.data)
    folder = new_run_folder(config.runs, name, numbered=config.name is None)
    state = {"epoch": 0, "history": [], "halvings": 0, "network": network.get_config(), "data": prepared.digest()}
    with locked(folder):
        with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
            config.save(folder / "config.json")
            choice.keep(folder)
        return _run(prepared, choice.augmentation, network, folder, state, started)


def resume(run, allow_imports=False, data=None, attention="none"):
    """Continue a run after its last whole epoch, as if it had never stopped; returns a `Run`.

    Args:
        run: its folder, or one of the checkpoints in it.
        allow_imports: whether its attention and augmentation may be of modules of the user's, which are then run.
        data: where its data are now, when they have moved.
        attention: blocks that may be of modules of the user's without that, as the user has named them himself.
    """
    started = time.perf_counter()
    run = Path(run)
    folder = run.parent if run.is_file() else run
    with locked(folder):
        with garbage_collector_paused(), waiting("reading the data and building the network"):
            state = read_state(run)
            network = keras3.build(folder, state["network"], allow_imports or attention)
            config = _config(folder, data, allow_imports, attention)
            choice = choose_augmentation(config, folder)
            prepared = prepare(config)
            check_augmentation(prepared.config, choice.augmentation)
        _check_settings(folder, network, prepared.config)
        if state["history"]:
            _check_best(folder, allow_imports or attention)
        if (prepared.digest(), prepared.class_names) != (state["data"], network.class_names):
            raise UserError(
                f"the pictures or annotations in {prepared.config.data} have changed since {folder} was started, so it "
                "cannot go on as if it had never stopped: put back what was there, or train its weights in a new run, "
                f"{longer_command(folder, prepared.config)}"
            )
        if data is not None:
            with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
                prepared.config.save(folder / "config.json")
        resumed = run if run.is_file() else newest(folder)
        return _run(prepared, choice.augmentation, network, folder, state, started, resumed)


def _config(folder, data, allow_imports, attention):
    """The configuration of a run whose data may have moved; what it would import needs leave."""
    config = TrainConfig.read(folder / "config.json", allow_imports=allow_imports)
    check_imports(folder / "config.json", config.attention, allow_imports or attention)
    if data is None and config.data and not Path(config.data).is_dir():
        raise UserError(
            f"the data of {folder} are no longer in {config.data}: say where they are now, "
            f"{resume_command(folder)} --data DIR"
        )
    return config if data is None else dataclasses.replace(config, data=str(data))


def _check_settings(folder, network, config):
    """Raise UserError where the configuration of a run was changed in what its checkpoint cannot follow."""
    if tuple(config.input_size) != tuple(network.input_size):
        raise UserError(
            f"{folder / 'config.json'} asks for {resolution(config.input_size)}, but the run was begun at "
            f"{resolution(network.input_size)}: set 'input_size' back, or train its weights in a new run, "
            f"{longer_command(folder, config)}"
        )


def _check_best(folder, allow_imports):
    """Raise UserError where the best weights of a run cannot be read, which its end would need."""
    try:
        keras3.load(folder / BEST, allow_imports)
    except UserError as error:
        raise UserError(
            f"{folder} has lost its best weights ({str(error).rstrip('.')}): put back {BEST}, or start a new run from "
            f"the last ones, --weights {quoted(folder / WEIGHTS)}."
        ) from error


def _run(prepared, augmentation, network, folder, state, started, resumed=None):
    """Train what is left; `resumed` is the checkpoint to go on from, or None."""
    config = prepared.config
    data = _training_data(prepared, augmentation)
    with garbage_collector_paused(), waiting("building the network"):
        averaged = network.copy(dtype="float32")
        trainer = TrainingModel(network, averaged)
        compile_trainer(trainer, config, data.steps, state["halvings"])
    if resumed:
        checkpoint.load(trainer, resumed)
        checkpoint.adopt(resumed, state, config)
        log.info(f"resuming {folder} after epoch {state['epoch']} of {config.epochs}")
    else:
        with os_errors_as_user_errors(f"cannot write into the run folder {folder}"):
            draw_samples(data, prepared.class_names, folder / "samples")
        log.info(
            f"{folder}: {counted(len(prepared.train), 'training picture')}, "
            f"{counted(len(prepared.class_names), 'class')} ({', '.join(prepared.class_names)}), "
            f"{counted(config.epochs, 'epoch')} of {counted(data.steps, 'step')}"
            f"{remarks(config)}, {config.precision}"
        )
    if prepared.validation and not any(len(known.labels) for known in prepared.validation.annotations):
        log.warning("the validation pictures hold no object, so every epoch scores 0 and the last one is kept")
    saver = checkpoint.Checkpoint(folder, state, SCORE if prepared.validation else None)
    callbacks = _callbacks(prepared, data, averaged, saver)
    # a run that stopped early may be resumed
    trainer.stop_training = exhausted(state["history"], SCORE, config.patience, phases(config)[-1].first)
    try:
        with quick_start():
            for phase in phases(config):
                if phase.input_size != data.input_size:  # else the pictures kept in memory serve on
                    data = dataclasses.replace(data, input_size=phase.input_size)
                train_phase(trainer, config, phase, data, callbacks, saver)
        return finish(prepared, folder, state, data.lost, started)
    except BaseException as trouble:
        saver.settle_in_trouble()
        if isinstance(trouble, (KeyboardInterrupt, SystemExit)) and newest(folder):
            safe = f"epoch {saver.whole} of {config.epochs}" if saver.whole else "the start"
            log.warning(f"stopped; {safe} is safe, go on with: {resume_command(folder)}")
        raise


def _training_data(prepared, augmentation):
    config = prepared.config
    height, width = config.input_size
    needed = len(prepared.train) * height * width * 3
    return TrainingData(
        prepared.train.annotations,
        config.input_size,
        config.resize,
        config.batch_size,
        augmentation,
        mosaic=config.mosaic,
        mixup=config.mixup,
        gentle_from=round(config.epochs * (1 - config.gentle_epochs)),
        seed=config.seed,
        cache=config.cache == "yes" or (config.cache == "auto" and needed < 1e9),
    )


def _callbacks(prepared, data, averaged, saver):
    """Keras calls them in this order: each reads what those before it have written into the logs."""
    config, folder, history = prepared.config, saver.folder, saver.state["history"]
    callbacks = [StopWhenNotFinite(data.pictures, folder / WEIGHTS), ExponentialMovingAverage(config.average)]
    if prepared.validation:
        detector = Detector(KerasRuntime(averaged, ready=False))
        callbacks.append(Validation(detector, prepared.validation, data.lost))
    callbacks.append(EpochProgress(config.epochs, config.batch_size, epoch_costs(config)))
    callbacks.append(saver)
    callbacks.append(EarlyStopping(history, SCORE, config.patience, phases(config)[-1].first))
    if config.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "tensorboard", write_graph=False))
    return callbacks
