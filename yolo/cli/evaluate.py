"""Score a model on annotated pictures: AP50 by the rules of VOC, COCO's twelve numbers, and each class by itself."""

import logging
from functools import partial
from pathlib import Path

from yolo.cli import options
from yolo.config import EvaluateConfig
from yolo.errors import UserError

EXAMPLES = (
    ("python -m yolo evaluate --data my-pictures", "the newest run's best model on the test list"),
    ("python -m yolo evaluate --data VOCdevkit --split all --json result.json", "every picture, the numbers to a file"),
)

log = logging.getLogger("yolo")


def main(argv=None):
    parser = options.parser(options.program("evaluate"), __doc__, EXAMPLES)
    options.add_options(parser, EvaluateConfig)
    config = EvaluateConfig(**options.given(parser.parse_args(argv), EvaluateConfig))
    if config.json:
        _make_room(Path(config.json))

    from yolo import runs
    from yolo.data import voc

    weights = config.weights or runs.newest_best(config.runs)
    dataset = voc.load(config.data, config.split)
    for problem in dataset.problems:
        log.warning(problem)

    from yolo.evaluation.evaluate import evaluate
    from yolo.inference.detector import Detector  # TensorFlow takes seconds to import; wrong flags should not
    from yolo.progress import bar

    print(f"weights: {weights}")
    detector = Detector.load(weights, config.classes, config.allow_imports)
    progress = partial(bar, desc="evaluate")
    report = evaluate(detector, dataset.annotations, dataset.class_names, progress=progress)
    print(report.table())
    print(
        f"\nAP50 {report.ap50:.3f} (VOC), AP {report.coco['AP']:.3f} (COCO) on {report.images} pictures "
        f"of {config.data}, split {config.split}, in {report.seconds:.1f} s"
    )
    if config.json:
        _write(Path(config.json), report.to_json())
        print(f"written to {config.json}")


def _make_room(path):
    """Make the folder of a file to be written, so that a wrong name is known before the work; raises UserError."""
    if path.is_dir():
        raise UserError(f"--json wants a file to write; {path} is a folder: add a file name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {path.parent} of --json: {error.strerror or error}.") from error


def _write(path, text):
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}.") from error
