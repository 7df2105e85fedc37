"""Find objects in pictures, folders, videos, webcams and streams.

SOURCE is a picture, a folder of pictures, a glob, a video file, a webcam number (0), or an rtsp:// or http:// address.
"""

import contextlib
import logging
import time
from collections import Counter
from pathlib import Path

from yolo.cli import options
from yolo.config import DetectConfig
from yolo.errors import UserError, did_you_mean
from yolo.runs import BEST, newest_best

CROPS = "crops"  # folder in --output
DEFAULT = "coco"  # weights of those who have trained nothing yet

log = logging.getLogger("yolo")


def main(argv=None):
    program = options.program("predict")
    parser = options.parser(
        program,
        __doc__,
        examples=[
            (f"{program} dog.jpg", "with the newest run's best model, an annotated copy in detections/"),
            (f"{program} dog.jpg --weights coco", "with published weights, downloaded once"),
            (f"{program} photos/ --json found.jsonl --crops", "all pictures of a folder, also as JSON and cut out"),
            (f"{program} 0 --show --no-save", "the webcam in a window"),
        ],
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="what to look at, one or more")
    options.add_options(parser, DetectConfig)
    arguments = parser.parse_args(argv)
    config = DetectConfig(**options.given(arguments, DetectConfig))

    from yolo.inference.sources import open_sources  # and all that may be wrong before TensorFlow takes its seconds
    from yolo.inference.window import check_display

    sources = open_sources(arguments.sources)
    if config.show:
        check_display()
    weights, origin = chosen_weights(config)
    print(f"weights: {weights}{origin}")

    from yolo.inference.detector import Detector

    detector = Detector.load(
        weights,
        config.classes,
        config.allow_imports,
        score_threshold=config.score_threshold,
        iou_threshold=config.iou_threshold,
    )
    labels = wanted_labels(config.labels, detector.class_names)
    try:
        with contextlib.ExitStack() as stack:
            files = [path for source in sources for path in source.paths]
            sinks = [stack.enter_context(sink) for sink in open_sinks(config, files)]
            look_at_all(sources, detector, labels, sinks)
    except KeyboardInterrupt:
        print(f"\nuntil now: {results(config)}")  # the files are closed and complete
        raise
    print(results(config))


def chosen_weights(config):
    """The model file, and whence it is when none is asked for: the newest run's, else the published COCO weights."""
    if config.weights:
        return config.weights, ""
    if config.runs == DetectConfig.runs and not any(Path(config.runs).glob(f"*/{BEST}")):
        return DEFAULT, f" (the published ones of 80 classes, as '{config.runs}' holds no run yet)"
    return newest_best(config.runs), " (newest run)"


def wanted_labels(text, class_names):
    """`--labels a,b` -> the indices of those classes; of all classes when it is not given."""
    if text is None:
        return list(range(len(class_names)))
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in class_names:
            hint = did_you_mean(name, class_names) or "."
            raise UserError(f"--labels: '{name}' is no class of this model ({', '.join(class_names)}){hint}")
    return [class_names.index(name) for name in names]


def open_sinks(config, files):
    """What the settings ask to be made of the detections, opened one by one; the source `files` are kept safe."""
    from yolo.inference import sinks
    from yolo.inference.window import Window

    if not config.no_save:
        yield sinks.AnnotatedCopies(config.output, files)
    if config.crops:
        yield sinks.Crops(Path(config.output) / CROPS, files)
    if config.json:
        yield sinks.JsonLines(config.json, files)
    if config.show:
        yield Window()


def results(config):
    """Where everything is."""
    places = []
    if not config.no_save:
        places.append(f"annotated copies in {config.output}")
    if config.crops:
        places.append(f"objects in {Path(config.output) / CROPS}")
    if config.json:
        places.append(f"JSON lines in {config.json}")
    return ", ".join(places) or "nothing was saved"


def look_at_all(sources, detector, labels, sinks):
    """Detect in one source after the other; those that cannot be read are named, which is an error if all are."""
    from yolo.inference.sources import UnreadableError

    failures = 0
    for source in sources:
        try:
            if not look(source, detector, labels, sinks):
                break
        except UnreadableError as error:
            if len(sources) == 1:
                raise
            log.warning("skipped: %s", error)
            failures += 1
    if failures == len(sources):
        raise UserError(f"none of the {failures} sources can be read.")
    if failures:
        print(f"{failures} of {len(sources)} sources could not be read; they are named above")


def look(source, detector, labels, sinks):
    """Detect in every frame of a source; False when the user closed the window."""
    import numpy as np

    from yolo.inference.sinks import Result
    from yolo.progress import bar

    is_video = source.fps > 0
    watched = bar(source, total=source.total, unit="frame" if is_video else "picture")
    found, frames, network, began = Counter(), 0, 0.0, time.perf_counter()
    for frame in watched:
        start = time.perf_counter()
        detections = detector(frame.image)
        seconds = time.perf_counter() - start
        detections = detections[np.isin(detections.labels, labels)]
        result = Result(frame, detections)
        for sink in sinks:
            sink.write(result)
        found.update(detections.counts())
        frames, network = frames + 1, network + seconds
        if not is_video:
            watched.write(f"{frame.source} {size(frame.image)}: {listed(detections.counts())}, {seconds * 1000:.1f} ms")
        if any(sink.closed for sink in sinks):
            break
    watched.close()
    if source.skipped:
        print(f"{len(source.skipped)} of {source.total} pictures could not be read; they are named above")
    if is_video:
        rate = frames / (time.perf_counter() - began)
        milliseconds = network / frames * 1000
        print(
            f"{source.name} {size(frame.image)}, {frames} frames: {listed(found)}, "
            f"{milliseconds:.1f} ms a frame, {rate:.1f} frames/s with reading and writing"
        )
    return not any(sink.closed for sink in sinks)


def size(image):
    """Height x width: `576x768`."""
    return f"{image.shape[0]}x{image.shape[1]}"


def listed(counts):
    """`{"dog": 2, "car": 1}` -> `2 dog, 1 car`."""
    return ", ".join(f"{number} {name}" for name, number in Counter(counts).most_common()) or "nothing"
