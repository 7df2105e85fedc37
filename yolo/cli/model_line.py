"""Print what a command says of the model that it has loaded."""

from typing import TYPE_CHECKING

from yolo.wording import counted, resolution

if TYPE_CHECKING:
    from yolo.inference.runtimes.runtime import Runtime
    from yolo.nets.model import YoloV4Tiny
    from yolo.weights.model_file import ModelFile


def print_model(file: "ModelFile", model: "YoloV4Tiny | Runtime") -> None:
    """Print the classes, size and resize mode of a model whose file says them; of others the reader has told."""
    if file.format.describes_itself:
        mode = "stretched" if model.resize_mode == "stretch" else "letterboxed"
        size = resolution(model.input_size)
        print(f"{counted(len(model.class_names), 'class')}, {size}, pictures {mode}, all from {file.path.name}")
