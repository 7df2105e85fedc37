"""Train one phase of a run, and go back to the last whole epoch when the loss becomes nan or inf."""

import logging
from pathlib import Path

import keras
import tensorflow as tf

from yolo.data.augment_choice import kept_in
from yolo.data.training_batches import TrainingData
from yolo.data.transform_errors import TransformError
from yolo.errors import UserError
from yolo.machine import threads
from yolo.nets.backbone import BACKBONE_PREFIXES
from yolo.nets.model import YoloV4Tiny
from yolo.training import checkpoint
from yolo.training.callbacks import EpochProgress, NotFiniteError
from yolo.training.first_step import FirstStep
from yolo.training.next_commands import resume_command
from yolo.training.optimizer import make_optimizer
from yolo.training.phases import Phase
from yolo.training.plan import TrainingPlan
from yolo.training.run_state import HALVINGS, newest
from yolo.training.training_model import TrainingModel
from yolo.wording import counted

log = logging.getLogger("yolo")


def compile_trainer(trainer: TrainingModel, plan: TrainingPlan, steps: int, halvings: int) -> None:
    """Give the trainer a new optimizer.

    Args:
        steps: batches in an epoch.
        halvings: how often the learning rate was halved.
    """
    optimizer = make_optimizer(
        trainer.network,
        plan.optimizer,
        plan.epochs * steps,
        plan.warmup_steps,
        plan.learning_rate,
        plan.weight_decay,
        halvings,
    )
    trainer.compile(optimizer, jit_compile=False)


def train_phase(
    trainer: TrainingModel,
    plan: TrainingPlan,
    phase: Phase,
    data: TrainingData,
    callbacks: list[keras.callbacks.Callback],
    saver: checkpoint.Checkpoint,
) -> None:
    """Train the remaining epochs of a phase, and go back to the last whole epoch when the loss becomes nan or inf.

    Args:
        saver: one of the callbacks; its state contains the progress of the run.

    Raises:
        UserError: a batch cannot be made, or going back did not help; the message says how to go on.
        MemoryError: there is too little memory for a batch.
    """
    state = saver.state
    while (first := max(phase.first, state["epoch"])) < phase.last and not trainer.stop_training:
        _freeze(trainer.network, phase.frozen)
        trainer.compile(trainer.optimizer, jit_compile=False)
        first_step, progress = FirstStep(), next(each for each in callbacks if isinstance(each, EpochProgress))
        try:
            trainer.fit(
                data.batches(first, phase.last, plan.workers or threads()),
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
            _go_back(trainer, plan, data.steps, saver, trouble)
            continue
        except tf.errors.OpError:
            if not data.refused:
                raise
        finally:
            first_step.end()
            progress.close()
        # Not in `except`: the error holds batches that TensorFlow still prepares, so the process would abort at its end
        raise _ended(data.refused[min(data.refused)], plan, saver.folder)


def _ended(refusal: Exception, plan: TrainingPlan, folder: Path) -> Exception:
    """Return the UserError of a run that ends because a batch cannot be made; its message says how to go on.

    A MemoryError stays what it is; the command reports it.
    """
    if isinstance(refusal, MemoryError):
        return refusal
    first = "Go on later"
    if isinstance(refusal, TransformError):
        first = f"Do so in {kept_in(folder, plan.augment)}, then go on"
    return UserError(f"{refusal} {first} with {resume_command(folder)}")


def _go_back(
    trainer: TrainingModel, plan: TrainingPlan, steps: int, saver: checkpoint.Checkpoint, trouble: NotFiniteError
) -> None:
    """Return to the last whole epoch with half the learning rate, exactly as a resumed run would."""
    saver.settle()
    state, file = saver.state, newest(saver.folder)
    if file is None:  # someone has removed the checkpoints
        raise trouble
    if state["halvings"] == HALVINGS:
        raise NotFiniteError(
            trouble.cause, file, f"halving the learning rate {counted(HALVINGS, 'time')} did not help; "
        )
    state["halvings"] += 1
    place = f"epoch {state['epoch']}" if state["epoch"] else "the start"
    log.warning(
        f"{trouble.cause}: going back to {place}, with half the learning rate from now on "
        f"({state['halvings']} of at most {counted(HALVINGS, 'time')})"
    )
    compile_trainer(trainer, plan, steps, state["halvings"])
    checkpoint.load(trainer, file)
    saver.save()


def _freeze(network: YoloV4Tiny, frozen: bool) -> None:
    """Freeze or unfreeze the backbone; frozen layers keep their weights and their batch norm statistics."""
    for layer in network.layers:
        if layer.name.startswith(BACKBONE_PREFIXES):
            layer.trainable = not frozen
