"""Measure how much time detection in a picture takes outside the network: reading, letterboxing and NMS.

    python benchmarks/picture_path.py dog.jpg street.jpg --weights runs/x/best.keras [--repeats 100]

The script prints a Markdown table of medians in milliseconds for batches of one picture. The overhead is the whole path
minus the network with its decode. Both are measured in turns, so that a busy machine disturbs them alike.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from yolo import picture_files
from yolo.inference.detector import Detector
from yolo.malloc_tuning import keep_freed_memory
from yolo.tables import markdown, markdown_row
from yolo.timing import interleave, milliseconds, warm_then_measure

Call = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument("--weights", required=True, metavar="FILE", help="any that predict.py takes")
    parser.add_argument("--classes", metavar="FILE", help="class names for weights that carry none")
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--score-threshold", type=float, default=0.25)
    arguments = parser.parse_args()
    keep_freed_memory()  # as predict.py does
    detector = Detector.load(arguments.weights, arguments.classes, score_threshold=arguments.score_threshold)
    headings = ("picture", "read", "letterbox", "network", "NMS", "whole path", "overhead", "ratio", "found")
    print(markdown([headings]))
    for path in arguments.pictures:
        image = picture_files.read(path)
        prepared, placements = detector.prepare([image])
        boxes, scores = detector.runtime(prepared)
        stages: dict[str, Call] = {
            "read": partial(picture_files.read, path),
            "letterbox": partial(detector.prepare, [image]),
            "network": partial(detector.runtime, prepared),
            "NMS": partial(detector.find, boxes, scores, placements),
            "whole path": partial(read_and_detect, detector, path),
        }
        took = medians(stages, arguments.repeats)
        overhead = took["whole path"] - took["network"]
        cells = [f"{took[stage]:.2f}" for stage in stages]
        cells += [f"{overhead:+.2f}", f"{took['whole path'] / took['network']:.2f}", str(len(detector(image)))]
        print(markdown_row([f"{Path(path).name} {image.shape[0]}x{image.shape[1]}", *cells]), flush=True)


def read_and_detect(detector: Detector, path: str) -> object:
    return detector(picture_files.read(path))


def medians(stages: dict[str, Call], repeats: int) -> dict[str, float]:
    """Return the median milliseconds of each stage, measured in turns."""
    for stage in stages.values():
        stage()
    turns = interleave([partial(measure, stage) for stage in stages.values()], repeats)
    return {name: statistics.median(taken) for name, taken in zip(stages, turns, strict=True)}


def measure(call: Call, number: int) -> float:
    """Return the milliseconds of a call in a round."""
    return warm_then_measure(milliseconds, call)


if __name__ == "__main__":
    main()
