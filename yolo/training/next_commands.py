"""Write the commands that a run suggests to its user, from its configuration and without TensorFlow."""

import contextlib
from pathlib import Path

from yolo.config import TrainConfig
from yolo.data import augment_choice
from yolo.errors import UserError
from yolo.run_folders import BEST, CONFIG
from yolo.settings_base import flag_name
from yolo.shell import command, data_flags, quoted

ALLOW_IMPORTS = " --allow-imports"


def resume_command(path: Path) -> str:
    """Return the command that resumes a run.

    Args:
        path: its folder, or a checkpoint in it.
    """
    flags = ""
    with contextlib.suppress(UserError):  # the command itself reports a configuration that cannot be read
        config = TrainConfig.read((path if path.is_dir() else path.parent) / CONFIG)
        flags = ALLOW_IMPORTS if import_flag(config) or augment_choice.imports(config.augment) else ""
    return f"{command('train')} --resume {quoted(path)}{flags}"


def longer_command(folder: Path, config: TrainConfig) -> str:
    """Return the command for a new run that trains the weights of a run further: the same data, network, augmentation.

    A run that was stopped before its first epoch has no such weights, and is started anew from its initial weights.
    """
    weights, settings = "", ["labels", "teacher", "unlabelled", "attention", "levels"]
    settings += ["horizontal_flip", "vertical_flip", "mosaic", "mixup"]
    if (folder / BEST).is_file():
        weights = f" --weights {quoted(folder)}"
    else:
        settings += ["weights", "cfg", "anchors_file"]
    flags = "".join(
        f" {flag_name(name)} {quoted(getattr(config, name))}"
        for name in settings
        if getattr(config, name) != getattr(TrainConfig, name)
    )
    if config.input_size != TrainConfig.input_size:
        flags += f" --input-size {config.input_size[0]} {config.input_size[1]}"
    if config.augment != TrainConfig.augment:
        is_shipped = config.augment in augment_choice.shipped()
        flags += (
            f" --augment {quoted(config.augment if is_shipped else augment_choice.kept_in(folder, config.augment))}"
        )
    flags += ALLOW_IMPORTS if augment_choice.imports(config.augment) else import_flag(config)
    return f"{command('train')} {data_flags(config)}{weights}{flags} --epochs {config.epochs or 'N'}"


def use_commands(
    model: Path, config: TrainConfig, pictures: Path | None = None, held_back: str | None = None
) -> list[str]:
    """Return the commands that use the model of a run.

    Args:
        pictures: a folder of pictures, if one is known.
        held_back: the list to evaluate the model on, if there is one.
    """
    weights = f"--weights {quoted(model)}{import_flag(config)}"
    commands = [f"{command('predict')} {quoted(pictures) if pictures else 'PICTURES'} {weights}"]
    if held_back:
        commands.append(f"{command('evaluate')} {data_flags(config)} --split {quoted(held_back)} {weights}")
    return commands


def import_flag(config: TrainConfig) -> str:
    """Return the flag that allows the imports of the attention of a run, or nothing if it needs none."""
    if not any(mark in config.attention for mark in ":{"):  # without Keras, which takes seconds to import
        return ""
    from yolo.weights.code_permission import imports

    return ALLOW_IMPORTS if imports(config.attention) else ""
