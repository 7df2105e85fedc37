"""Print one line about the model that a command has loaded."""

from typing import TYPE_CHECKING

from yolo.wording import counted, resolution, span

if TYPE_CHECKING:
    from yolo.inference.runtimes.runtime import Runtime
    from yolo.nets.model import YoloV4Tiny
    from yolo.weights.resolve_model import ModelFile


def print_model(file: "ModelFile", model: "YoloV4Tiny | Runtime") -> None:
    """Print the settings in a file that contains them. Readers of other files have done it."""
    if file.format.describes_itself:
        mode = "stretched" if model.resize_mode == "stretch" else "letterboxed"
        size = resolution(model.input_size)
        parts = [counted(len(model.class_names), "class"), size, f"pictures {mode}"]
        if model.score_thresholds:
            parts.append(f"score thresholds {span(model.score_thresholds)}")
        print(f"{', '.join(parts)}, all from {file.path.name}")
