"""Train one detector and detect in the test pictures, as a process of its own, with the Python that has the detector.

    python benchmarks/ap_per_minute/training_process.py job.json

The job is a JSON object: `kind` ("ours" or "ultralytics"), `settings` of the training, `folder` for its files, the
paths of the `pictures` to detect in, and the `output` file. That file gets the seconds and processor seconds of the
training alone, versions, and the detections. Nothing of this repository is imported but the detector itself.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Found = dict[str, list[Any]]  # `names`, `scores` and `boxes` of one picture: left, top, right, bottom in its pixels
Detect = Callable[[list[str]], Iterator[Found]]

LOWEST_SCORE, MOST_DETECTIONS = 0.001, 100  # COCO's evaluation takes no more than 100 in a picture


def main() -> None:
    job: Job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    train, packages = KINDS[job["kind"]]
    detect, seconds, processor = train(job)
    result = {
        "seconds": seconds,
        "processor": processor,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
        "found": list(detect(job["pictures"])),
    }
    Path(job["output"]).write_text(json.dumps(result), encoding="utf-8")


def train_ours(job: Job) -> tuple[Detect, float, float]:
    """Train by the command `train` of the checkout in PYTHONPATH.

    Returns:
        The detector, and the seconds and processor seconds of the training.
    """
    from yolo.cli import set_up

    set_up()
    from yolo.cli import train
    from yolo.inference.detector import Detector
    from yolo.training import engine  # noqa: F401  # TensorFlow, before the clock starts

    flags = ["--runs", job["folder"], "--name", "run", *job["settings"]]
    _, seconds, processor = timed(lambda: train.main(flags))

    def detect(pictures: list[str]) -> Iterator[Found]:
        detector = Detector.load(Path(job["folder"], "run", "best.keras"))
        for picture in pictures:
            found = detector(picture, score_threshold=LOWEST_SCORE, max_detections=MOST_DETECTIONS)
            yield {"names": found.names, "scores": found.scores.tolist(), "boxes": found.boxes.tolist()}

    return detect, seconds, processor


def train_ultralytics(job: Job) -> tuple[Detect, float, float]:
    """Train by `YOLO.train` of the package ultralytics; returns the same as `train_ours`."""
    from ultralytics import YOLO

    settings = {"project": job["folder"], "name": "run"} | job["settings"]
    architecture = settings.pop("model")

    def train() -> Any:
        model = YOLO(architecture)
        model.train(**settings)
        return model

    model, seconds, processor = timed(train)

    def detect(pictures: list[str]) -> Iterator[Found]:
        options = {"conf": LOWEST_SCORE, "max_det": MOST_DETECTIONS, "device": "cpu", "verbose": False}
        for picture in pictures:
            (found,) = model.predict(picture, imgsz=settings["imgsz"], **options)
            boxes = found.boxes
            names = [found.names[int(label)] for label in boxes.cls]
            yield {"names": names, "scores": boxes.conf.tolist(), "boxes": boxes.xyxy.tolist()}

    return detect, seconds, processor


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result of a call, its seconds, and its processor seconds with those of child processes."""
    wall, processor = time.perf_counter(), sum(os.times()[:4])
    result = function()
    return result, time.perf_counter() - wall, sum(os.times()[:4]) - processor


KINDS = {"ours": (train_ours, ("tensorflow", "keras")), "ultralytics": (train_ultralytics, ("ultralytics", "torch"))}

if __name__ == "__main__":
    main()
