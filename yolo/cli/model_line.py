"""Print what a command says of the model that it has loaded."""

from pathlib import Path

from yolo.run_folders import best_in
from yolo.weights.locate import says_all
from yolo.wording import counted, resolution


def print_model(path, model):
    """Print the classes, size and resize mode of a model whose file says them; of others the reader has told.

    Args:
        model: a `YoloV4Tiny` or a runtime.
    """
    if says_all(path):
        mode = "stretched" if model.resize_mode == "stretch" else "letterboxed"
        size = resolution(model.input_size)
        print(
            f"{counted(len(model.class_names), 'class')}, {size}, pictures {mode}, all from {Path(best_in(path)).name}"
        )
