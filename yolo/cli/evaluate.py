"""Score a model on annotated pictures: AP50 by the rules of VOC, COCO's twelve numbers, and the score of each class."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from yolo import run_folders
from yolo.cli import model_line
from yolo.cli.calibration_pictures import UNKNOWN
from yolo.cli.command import Command
from yolo.cli.output_paths import make_room, write
from yolo.cli.tta_line import print_tta
from yolo.config import EvaluateConfig
from yolo.malloc_tuning import keep_freed_memory
from yolo.overwriting import json_with, refuse_foreign
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo evaluate --data my-pictures", "the newest run's best model on the test list"),
    ("python -m yolo evaluate --data my-pictures --tta", "with test-time augmentation, as predict --tta detects"),
    ("python -m yolo evaluate --data VOCdevkit --split all --json result.json", "every picture, the numbers to a file"),
)
COMMAND = Command("evaluate", EvaluateConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.weights.resolve_model import resolve_model

    weights = config.weights or run_folders.newest_best(config.runs)
    model = resolve_model(weights, config.classes, config.cfg, config.anchors_file)
    if config.json:
        make_room(Path(config.json), (model.path, config.classes, config.cfg, config.anchors_file))
        refuse_foreign(config.json, "an evaluation", json_with("ap50", "coco", "per_class"))

    from yolo.data import data_folder

    dataset = data_folder.DataFolder.of(config).load(config.split)

    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector  # TensorFlow takes seconds to import; wrong flags should not
    from yolo.inference.runtimes import open_runtime
    from yolo.progress import bar

    print(f"weights: {model.name}{'' if config.weights else run_folders.describe_newest(weights)}")
    keep_freed_memory()
    detector = Detector(open_runtime(model, config.allow_imports), tta=config.tta)
    model_line.print_model(model, detector.runtime)
    if config.tta:
        print_tta(detector.class_names)
    dataset = dataset.only(detector.class_names, UNKNOWN)
    data_folder.log_remarks(dataset)
    progress = partial(bar, desc="evaluate")
    report = evaluate(detector, dataset.annotations, dataset.class_names, progress=progress)
    print(report.table())
    print(
        f"\n{report.headline()} on {counted(report.images, 'picture')} "
        f"of {config.data}, split {config.split}{', with --tta' if report.tta else ''}, in {report.seconds:.1f} s"
    )
    if config.json:
        write(Path(config.json), report.to_json())
        print(f"written to {config.json}")
