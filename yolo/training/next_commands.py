"""The commands that a run proposes, made of its configuration, without TensorFlow."""

import contextlib

from yolo.config import TrainConfig
from yolo.data import augment_choice
from yolo.errors import UserError
from yolo.run_folders import CONFIG
from yolo.settings_base import flag_name
from yolo.shell import command, data_flags, quoted

LEAVE = " --allow-imports"


def resume_command(path):
    """Return the command that goes on with a run.

    Args:
        path: its folder, or a checkpoint in it.
    """
    flags = ""
    with contextlib.suppress(UserError):  # a configuration that cannot be read is told of by that command
        config = TrainConfig.read((path if path.is_dir() else path.parent) / CONFIG)
        flags = LEAVE if attention_leave(config) or augment_choice.imports(config.augment) else ""
    return f"{command('train')} --resume {quoted(path)}{flags}"


def longer_command(folder, config):
    """Return the command that trains the weights of a run further, in a new one, on the same data and looks of it."""
    flags = "".join(
        f" {flag_name(name)} {quoted(getattr(config, name))}"
        for name in ("labels", "horizontal_flip", "vertical_flip", "mosaic", "mixup")
        if getattr(config, name) != getattr(TrainConfig, name)
    )
    if config.augment != TrainConfig.augment:
        is_shipped = config.augment in augment_choice.shipped()
        flags += (
            f" --augment {quoted(config.augment if is_shipped else augment_choice.kept_in(folder, config.augment))}"
        )
    leave = LEAVE if augment_choice.imports(config.augment) else attention_leave(config)
    start = f"{command('train')} {data_flags(config)} --weights {quoted(folder)}"
    return f"{start}{flags}{leave} --epochs {config.epochs or 'N'}"


def use_commands(model, config, pictures=None, held_back=None):
    """Return the commands that use the model of a run.

    Args:
        pictures: a folder of pictures, or None where none is known.
        held_back: the list to evaluate the model on, or None.
    """
    weights = f"--weights {quoted(model)}{attention_leave(config)}"
    commands = [f"{command('predict')} {quoted(pictures) if pictures else 'PICTURES'} {weights}"]
    if held_back:
        commands.append(f"{command('evaluate')} {data_flags(config)} --split {quoted(held_back)} {weights}")
    return commands


def attention_leave(config):
    """Return the flag that making the attention of a run takes, or nothing."""
    if not any(mark in config.attention for mark in ":{"):  # told without Keras, which takes seconds to import
        return ""
    from yolo.weights.code_permission import imports

    return LEAVE if imports(config.attention) else ""
