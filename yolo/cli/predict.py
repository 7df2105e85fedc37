"""Find objects in pictures, folders, videos, webcams and streams.

SOURCE is a picture, a folder of pictures and videos, a glob ("photos/**" includes all subfolders), a video file, a
webcam (0 or /dev/video0), an rtsp:// or http:// address, or a pipeline of GStreamer. Files are processed one after the
other, then all webcams and streams side by side.

The exit code is 0 if everything was done, 1 if something could not be read, decoded or written (it is named, and the
rest is done), and 2 if nothing could be done.
"""

import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.class_lists import choose_classes
from yolo.cli import model_line
from yolo.cli.command import Command
from yolo.cli.found_text import VideoSummary, described
from yolo.cli.output_paths import make_room, refuse_file_name
from yolo.cli.source_loop import process_sources
from yolo.cli.tta_line import print_tta
from yolo.config import DetectConfig
from yolo.errors import UserError
from yolo.malloc_tuning import keep_freed_memory
from yolo.overwriting import refuse_foreign
from yolo.run_folders import describe_newest, has_best, newest_best
from yolo.wording import counted, printable

if TYPE_CHECKING:
    from yolo.inference.detector import Detector
    from yolo.inference.pipeline import DetectionPipeline
    from yolo.inference.sink import Sink
    from yolo.inference.sources import FrameSource
    from yolo.inference.stage_profile import Profile
    from yolo.weights.resolve_model import ModelFile

CROPS = "crops"  # folder in --output
DETECTING = ("prepare", "network", "nms")  # the stages whose time is printed for every picture
DEFAULT = "coco"  # the weights if there is no run yet
EXAMPLES = (
    ("{program} dog.jpg", "with the newest run's best model; the annotated copy is in detections/"),
    ("{program} dog.jpg --weights coco", "with published weights, downloaded once"),
    (
        "{program} photos/ --json found.jsonl --crops",
        "all pictures of a folder, also as JSON, and the objects cut out",
    ),
    (
        "{program} photos/ --save-txt --save-pictures --no-save",
        "labels to correct in a labeling tool, with the pictures, as a data set",
    ),
    ("{program} 0 --show --no-save", "the webcam in a window"),
    ("{program} 0 rtsp://camera/stream", "a webcam and a stream side by side, each with a copy of its own"),
)
COMMAND = Command("predict", DetectConfig, __doc__, EXAMPLES)

log = logging.getLogger("yolo")


def main(argv: Sequence[str] | None = None) -> int:
    config = COMMAND.parse(argv)

    from yolo.inference.sources import open_and_count  # TensorFlow takes seconds to import; mistakes are found first

    sources, unopened = open_and_count(config.sources, config.reconnect)
    model, origin = chosen_model(config)
    make_room_for_results(config, model)
    print(f"weights: {printable(model.name)}{origin}")
    detector = load_detector(model, config)
    model_line.print_model(model, detector.runtime)
    if config.tta:
        print_tta(detector.class_names)
    labels = wanted_labels(config.labels, detector.class_names)
    warm_up(detector)
    return detect(sources, unopened, detector, labels, config)


def make_room_for_results(config: DetectConfig, model: "ModelFile") -> None:
    """Make the folders of the results; raise UserError if something cannot be written or shown."""
    from yolo.inference.output_files import make_folder
    from yolo.inference.sinks import LINES, begins_with_a_line
    from yolo.inference.window import check_display

    if config.json:
        make_room(Path(config.json), (model.path, config.classes, config.cfg, config.anchors_file))
        refuse_foreign(config.json, LINES, begins_with_a_line)
    if config.save_conf and not config.save_txt:
        raise UserError("--save-conf adds scores to the files of --save-txt: give both.")
    if config.crops or label_kinds(config) or not config.no_save:
        make_folder(refuse_file_name(config.output))
    if config.show:
        check_display()


def load_detector(model: "ModelFile", config: DetectConfig) -> "Detector":
    """Return a detector with these settings."""
    from yolo.inference.detector import Detector
    from yolo.inference.runtimes import open_runtime

    keep_freed_memory()
    return Detector(
        open_runtime(model, config.allow_imports),
        score_threshold=config.score_threshold,
        iou_threshold=config.iou_threshold,
        max_detections=config.max_detections,
        tta=config.tta,
    )


def detect(
    sources: "Sequence[FrameSource]",
    unopened: int,
    detector: "Detector",
    labels: Sequence[int] | None,
    config: DetectConfig,
) -> int:
    """Detect in all sources and return the exit code: 1 if something could not be read or written, else 0."""
    from yolo.inference.pipeline import DetectionPipeline
    from yolo.inference.stage_profile import Profile
    from yolo.inference.window import Window

    files = [path for source in sources for path in source.paths]
    profile = Profile()
    sinks: list[Sink] = []
    try:
        with contextlib.ExitStack() as stack:
            for sink in open_sinks(config, files):
                sinks.append(stack.enter_context(sink))
            windows = [stack.enter_context(Window()) for _ in range(config.show)]
            pipeline = DetectionPipeline(detector, sinks, windows, labels, config.batch_size)
            unread = process_sources(sources, lambda source: detect_in(source, pipeline, profile), unopened)
    except (KeyboardInterrupt, SystemExit):
        print(f"\nstopped early; {results(sinks)}")  # the files are closed and complete
        print_profile(config, profile)
        raise
    unwritten = sum(sink.failures for sink in sinks)
    if unwritten:
        print(f"{counted(unwritten, 'file')} could not be written, see above")
    print(results(sinks))
    print_profile(config, profile)
    return 1 if unread or unwritten else 0


def chosen_model(config: DetectConfig) -> "tuple[ModelFile, str]":
    """Return the model, and a note on its origin if the user named none: the newest run, or published weights."""
    from yolo.weights.resolve_model import resolve_model

    weights: str | Path
    if config.weights:
        weights, origin = config.weights, ""
    elif config.runs == DetectConfig.runs and not has_best(config.runs):
        weights, origin = DEFAULT, f" (the published ones of 80 classes, as '{config.runs}' holds no run yet)"
    else:
        weights = newest_best(config.runs)
        origin = describe_newest(weights)
    return resolve_model(weights, config.classes, config.cfg, config.anchors_file), origin


def wanted_labels(text: str | None, class_names: Sequence[str]) -> list[int] | None:
    """Return the indices of the classes of `--labels`, ascending; None stands for all classes."""
    return sorted({class_names.index(name) for name in choose_classes(text, class_names)}) if text is not None else None


def open_sinks(config: DetectConfig, files: Sequence[Path]) -> "Iterator[Sink]":
    """Yield the sinks of these settings one by one; the `files` of the sources are never overwritten."""
    from yolo.inference import label_sink, sinks

    if not config.no_save:
        yield sinks.AnnotatedCopies(config.output, files, config.webm)
    if config.crops:
        yield sinks.Crops(Path(config.output) / CROPS, files)
    if kinds := label_kinds(config):
        yield label_sink.LabelSink(config.output, kinds, files, config.save_conf)
    if config.json:
        yield sinks.JsonLines(config.json, files, config.tta)


def label_kinds(config: DetectConfig) -> list[str]:
    """Return what `LabelSink` is to write."""
    kinds = {"txt": config.save_txt, "xml": config.save_xml, "coco": config.save_coco, "pictures": config.save_pictures}
    return [kind for kind, wanted in kinds.items() if wanted]


def warm_up(detector: "Detector") -> None:
    """Detect in an empty image, so that the time of the first picture does not include start-up."""
    import numpy as np

    detector(np.zeros((*detector.runtime.input_size, 3), np.uint8))


def print_profile(config: DetectConfig, profile: "Profile") -> None:
    """Print the time of the stages, if --profile is given."""
    if config.profile:
        print(profile.table())


def results(sinks: "Iterable[Sink]") -> str:
    """Return a line on where the results are."""
    return printable(", ".join(sink.outcome() for sink in sinks)) or "nothing was saved, as asked by --no-save"


def detect_in(source: "FrameSource", pipeline: "DetectionPipeline", profile: "Profile") -> bool:
    """Detect in every frame of a source, or until the user closes a window, and return whether one is closed."""
    from yolo.progress import bar

    summaries: defaultdict[str, VideoSummary] = defaultdict(VideoSummary)  # by video: live ones come side by side
    began = time.perf_counter()
    try:
        with (
            bar(total=source.total, unit="frame" if source.fps else "picture") as progress,
            pipeline.over(source) as batches,
        ):
            for batch in batches:
                profile.add(batch)
                milliseconds = sum(batch.seconds[stage][0] for stage in DETECTING) / len(batch.frames) * 1000
                for result in batch.outcome:
                    if source.fps:
                        summaries[result.frame.source].add(result, milliseconds)
                    else:
                        progress.write(f"{described(result)}, {milliseconds:.1f} ms")
                    for window in pipeline.windows:
                        window.write(result)
                progress.update(len(batch.frames))
                if any(window.closed for window in pipeline.windows):
                    break
    finally:
        seconds = time.perf_counter() - began
        for name, summary in summaries.items():
            print(f"{printable(name)} {summary}, {summary.frames / seconds:.1f} frames/s with reading and writing")
    return any(window.closed for window in pipeline.windows)
