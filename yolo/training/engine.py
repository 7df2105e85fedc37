"""One training run, from a configuration or a run folder to `best.keras`."""

import dataclasses
import logging
import time
from pathlib import Path

import keras
import tensorflow as tf

from yolo.config import TrainConfig
from yolo.data.pipeline import TrainingData
from yolo.errors import UserError, told
from yolo.inference.detector import Detector
from yolo.inference.runtimes import KerasRuntime
from yolo.machine import threads
from yolo.memory import uncollected
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.progress import waiting
from yolo.runs import name_after, new_run_folder, refuse_taken
from yolo.training import checkpoint
from yolo.training.augmenting import check_augmentation, choose_augmentation
from yolo.training.averaging import AverageWeights
from yolo.training.callbacks import NotFiniteError, Progress, StopEarly, StopWhenBroken, Validate
from yolo.training.commands import longer_command, resume_command
from yolo.training.first_step import FirstStep
from yolo.training.lock import locked
from yolo.training.optimizers import make_optimizer
from yolo.training.phases import epoch_costs, phases, remarks
from yolo.training.preparation import check_start, prepare
from yolo.training.preview import draw_samples
from yolo.training.result import Run, finish
from yolo.training.start import first_network, open_start
from yolo.training.state import HALVINGS, SCORE, exhausted, newest
from yolo.training.trainer import Trainer
from yolo.weights.keras3 import build
from yolo.weights.permission import check_imports
from yolo.wording import counted

__all__ = ["Run", "resume", "train"]

log = logging.getLogger("yolo")


def train(config):
    """Train as `config` says in a new run folder; returns a `Run`."""
    started = time.perf_counter()
    refuse_taken(config.runs, config.name)
    check_start(config)
    choice = choose_augmentation(config)
    with uncollected(), waiting("reading the data and building the network"):
        source, config = open_start(config)
        prepared = prepare(config)
        config = prepared.config
        check_augmentation(config, choice.augmentation)
        network = first_network(prepared, source)
    name = config.name or name_after(config.data)
    folder = new_run_folder(config.runs, name, numbered=config.name is None)
    state = {"epoch": 0, "history": [], "halvings": 0, "network": network.get_config(), "data": prepared.digest()}
    with locked(folder):
        with told(f"cannot write into the run folder {folder}"):
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
        with uncollected(), waiting("reading the data and building the network"):
            state = checkpoint.read_state(run)
            network = build(folder, state["network"], allow_imports or attention)
            config = _config(folder, data, allow_imports, attention)
            choice = choose_augmentation(config, folder)
            prepared = prepare(config)
            check_augmentation(prepared.config, choice.augmentation)
        if (prepared.digest(), prepared.class_names) != (state["data"], network.class_names):
            raise UserError(
                f"the pictures or annotations in {prepared.config.data} have changed since {folder} was started, so it "
                "cannot go on as if it had never stopped: put back what was there, or train its weights in a new run, "
                f"{longer_command(folder, prepared.config)}"
            )
        if data is not None:
            with told(f"cannot write into the run folder {folder}"):
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


def _run(prepared, augmentation, network, folder, state, started, resumed=None):
    """Train what is left; `resumed` is the checkpoint to go on from, or None."""
    config = prepared.config
    data = _training_data(prepared, augmentation)
    with uncollected(), waiting("building the network"):
        averaged = network.copy(dtype="float32")
        trainer = Trainer(network, averaged)
        _compile(trainer, config, data.steps, state["halvings"])
    if resumed:
        checkpoint.load(trainer, resumed)
        checkpoint.adopt(resumed, state, config)
        log.info(f"resuming {folder} after epoch {state['epoch']} of {config.epochs}")
    else:
        with told(f"cannot write into the run folder {folder}"):
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
        for phase in phases(config):
            if phase.input_size != data.input_size:  # else the pictures kept in memory serve on
                data = dataclasses.replace(data, input_size=phase.input_size)
            _train_phase(trainer, config, phase, data, callbacks, saver)
        return finish(prepared, folder, state, data.lost, started)
    except (KeyboardInterrupt, SystemExit):
        if newest(folder):
            safe = f"epoch {saver.whole} of {config.epochs}" if saver.whole else "the start"
            log.warning(f"stopped; {safe} is safe, go on with: {resume_command(folder)}")
        raise


def _compile(trainer, config, steps, halvings):
    """Give the trainer a new optimizer."""
    optimizer = make_optimizer(
        trainer.network,
        config.optimizer,
        config.epochs * steps,
        config.warmup_steps,
        config.learning_rate,
        config.weight_decay,
        halvings,
    )
    trainer.compile(optimizer, jit_compile=False)


def _train_phase(trainer, config, phase, data, callbacks, saver):
    """Train the epochs of a phase that are left, going back where the loss becomes no number."""
    state = saver.state
    while (first := max(phase.first, state["epoch"])) < phase.last and not trainer.stop_training:
        _freeze(trainer.network, phase.frozen)
        trainer.compile(trainer.optimizer, jit_compile=False)
        first_step, progress = FirstStep(), next(each for each in callbacks if isinstance(each, Progress))
        try:
            trainer.fit(
                data.batches(first, phase.last, config.workers or threads()),
                initial_epoch=first,
                epochs=phase.last,
                steps_per_epoch=data.steps,
                callbacks=[first_step, *callbacks],
                shuffle=False,
                verbose=0,
            )
            return
        except NotFiniteError as trouble:
            _freeze(trainer.network, False)
            _go_back(trainer, config, data.steps, saver, trouble)
        except tf.errors.OpError as error:
            if data.lost.all_gone:
                raise UserError(f"{data.lost.all_gone} Go on later with {resume_command(saver.folder)}") from error
            raise
        finally:
            first_step.end()
            progress.close()


def _go_back(trainer, config, steps, saver, trouble):
    """Return to the last whole epoch with half the learning rate, exactly as a resumed run would."""
    state, file = saver.state, newest(saver.folder)
    if state["halvings"] == HALVINGS:
        raise NotFiniteError(trouble.cause, file, f"halving the learning rate {HALVINGS} times did not help; ")
    state["halvings"] += 1
    place = f"epoch {state['epoch']}" if state["epoch"] else "the start"
    log.warning(
        f"{trouble.cause}: going back to {place}, with half the learning rate from now on "
        f"({state['halvings']} of at most {HALVINGS} times)"
    )
    _compile(trainer, config, steps, state["halvings"])
    checkpoint.load(trainer, file)
    saver.save()


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
    callbacks = [StopWhenBroken(data.pictures, folder / checkpoint.WEIGHTS), AverageWeights(config.average)]
    if prepared.validation:
        detector = Detector(KerasRuntime(averaged, ready=False))
        callbacks.append(Validate(detector, prepared.validation, data.lost))
    callbacks.append(Progress(config.epochs, config.batch_size, epoch_costs(config)))
    callbacks.append(saver)
    callbacks.append(StopEarly(history, SCORE, config.patience, phases(config)[-1].first))
    if config.tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(folder / "tensorboard", write_graph=False))
    return callbacks


def _freeze(network, frozen):
    """Frozen layers keep their weights, and their batch norm uses the statistics it has."""
    for layer in network.layers:
        if layer.name.startswith(BACKBONE_PREFIXES):
            layer.trainable = not frozen
