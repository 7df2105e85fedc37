"""Open the files of a run that is resumed, and refuse changes that would make it another run."""

import dataclasses
import logging
from pathlib import Path
from typing import Any

from yolo.config import TrainConfig
from yolo.data.data_paths import absolute, missing
from yolo.errors import UserError
from yolo.nets.model import YoloV4Tiny
from yolo.run_folders import BEST, CONFIG, WEIGHTS
from yolo.settings_base import flag_name
from yolo.shell import quoted
from yolo.training.lessons import TEACHER, taught_before
from yolo.training.next_commands import longer_command, resume_command
from yolo.training.plan import PLAN, TrainingPlan, changed_settings
from yolo.training.plan_from_settings import choices_of_the_machine, load_data, plan_of, plan_of_earlier_version
from yolo.training.run_datasets import Datasets
from yolo.training.run_state import RunState
from yolo.weights import keras3_archive

IN_NETWORK = {"attention": "attention", "input_size": "input_size", "resize": "resize_mode", "precision": "dtype"}

log = logging.getLogger("yolo")


def open_plan(folder: Path, network: YoloV4Tiny, moved: str | Path | None) -> tuple[TrainingPlan, Datasets]:
    """Return the plan of a run and its data.

    A run of an earlier version has no plan file: its plan is made from its settings, which contain every choice.

    Args:
        network: the network that the checkpoint belongs to.
        moved: the new place of the data, or None if they were not moved.

    Raises:
        UserError: the data are gone, or the settings beside the plan were changed since the run began.
    """
    config = TrainConfig.read(folder / CONFIG)
    plan = TrainingPlan.read(folder) if (folder / PLAN).is_file() else None
    place = absolute(moved) if moved else str((plan or config).data)
    if gone := missing(place):
        if moved:
            raise UserError(f"there are no data in {gone}: give the place of the data of {folder}.")
        raise UserError(
            f"the data of {folder} are no longer in {gone}: say where they are now, "
            f"{resume_command(folder)} --data DATA"
        )
    arguments = network.get_config()
    if plan is None:
        own = {name: arguments[argument] for name, argument in IN_NETWORK.items()}
        _refuse(folder, config, [flag_name(name) for name, value in own.items() if getattr(config, name) != value])
        return plan_of_earlier_version(dataclasses.replace(config, data=place), arguments)
    _refuse(folder, config, changed_settings(plan, config))
    if any(arguments.get(name) != value for name, value in plan.network.items()):
        raise UserError(f"{folder / PLAN} has another network than the checkpoint beside it: put back what was there.")
    if moved is None and config.data != plan.data:
        log.warning(f"{folder / CONFIG} names other data, {config.data}; the run goes on with {plan.data}")
    planned = plan
    plan = dataclasses.replace(plan, data=place, settings=plan.settings | {"data": place})
    data = load_data(plan)
    if plan.is_taught:
        data = taught_before(folder, data)
    free = choices_of_the_machine(config, len(data.learned))
    _check_plan(folder, dataclasses.replace(planned, **free), free, len(data.learned))
    return dataclasses.replace(plan, **free), data


def check_best(folder: Path, allow_imports: bool | str) -> None:
    """Raise UserError if the best weights of a run, which it needs at its end, cannot be read."""
    try:
        keras3_archive.load(folder / BEST, allow_imports)
    except UserError as error:
        raise UserError(
            f"{folder} has lost its best weights ({str(error).rstrip('.')}): put back {BEST}, or start a new run from "
            f"the last ones, --weights {quoted(folder / WEIGHTS)}."
        ) from error


def check_unchanged(folder: Path, plan: TrainingPlan, data: Datasets, state: RunState) -> None:
    """Raise UserError if the checkpoint of a run was trained with other data or other classes."""
    network = state["network"]
    if (data.digest(), list(data.class_names)) != (state["data"], list(network["class_names"])):
        lessons = f", or {folder / TEACHER}," if plan.is_taught else ""
        raise UserError(
            f"the pictures or annotations in {plan.data}{lessons} have changed since {folder} was started, so it "
            "cannot go on as if it had never stopped: put back what was there, or train its weights in a new run, "
            f"{longer_command(folder, dataclasses.replace(TrainConfig.read(folder / CONFIG), data=plan.data))}"
        )


def _check_plan(folder: Path, plan: TrainingPlan, free: dict[str, Any], pictures: int) -> None:
    """Raise UserError unless the plan follows from its settings, but for the `free` choices, see `open_plan`."""
    try:
        again = plan_of(TrainConfig(**plan.settings), plan.splits, plan.class_list, plan.network, pictures)
    except (TypeError, UserError) as error:
        raise UserError(f"{folder / PLAN} is no plan of a run ({error}): put back what was there.") from error
    changed = [name for name, value in vars(dataclasses.replace(again, **free)).items() if value != getattr(plan, name)]
    if changed:
        raise UserError(f"{folder / PLAN} was changed, in {', '.join(changed)}: put back what was there.")


def _refuse(folder: Path, config: TrainConfig, changed: list[str]) -> None:
    """Raise UserError if some settings of a run, named by their flags, were changed since it began."""
    if changed:
        raise UserError(
            f"{folder / CONFIG} was changed since the run began, in {', '.join(changed)}: a run is resumed as it was "
            f"planned. Set that back, or train its weights in a new run, {longer_command(folder, config)}"
        )
