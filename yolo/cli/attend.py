"""Show what the attention blocks do to pictures and videos, and why a detection was made.

SOURCE is a picture, a folder of pictures and videos, a glob, a video file, a webcam number (0), or an rtsp:// or
http:// address. The exit code is 1 if something could not be read or written, as for predict.
"""

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.cli import model_line
from yolo.cli.command import Command
from yolo.cli.output_paths import refuse_file_name
from yolo.cli.source_loop import process_sources
from yolo.config import AttendConfig
from yolo.errors import UserError
from yolo.overwriting import json_with, refuse_foreign
from yolo.wording import counted, shown_from

if TYPE_CHECKING:
    from yolo.explain.explainer import Explainer
    from yolo.explain.explanation_files import ExplanationFiles
    from yolo.explain.gate_report import GateReport
    from yolo.inference.sources import FrameSource
    from yolo.structures import Detections

REPORT = "gates.json"  # file in --output
EXAMPLES = (
    ("python -m yolo attend dog.jpg", "with the newest run's best model; the result is attention-maps/dog.png"),
    ("python -m yolo attend dog.jpg --detection 2", "why the detection with the second highest score was made"),
    ("python -m yolo attend photos/ --no-save", "only the report on dead and saturated gates"),
    ("python -m yolo attend traffic.mp4 --heat p4", "a video in the colors of the spatial gates of p4"),
)
COMMAND = Command("attend", AttendConfig, __doc__, EXAMPLES)

log = logging.getLogger("yolo")


def main(argv: Sequence[str] | None = None) -> int:
    config = COMMAND.parse(argv)

    from yolo.inference.output_files import make_folder  # TensorFlow takes seconds to import; mistakes are found first
    from yolo.inference.sources import open_and_count
    from yolo.run_folders import describe_newest, newest_best
    from yolo.weights.resolve_model import Purpose, resolve_model

    sources, unopened = open_and_count(config.sources)
    if not config.no_save:
        refuse_file_name(config.output)
    reported = is_reported(config, sources)
    if reported:
        refuse_foreign(Path(config.output) / REPORT, "a report on gates", json_with("pictures", "rules", "places"))
    weights = config.weights or newest_best(config.runs)
    model = resolve_model(weights, config.classes, config.cfg, config.anchors_file, Purpose.NETWORK)
    print(f"weights: {model.name}{'' if config.weights else describe_newest(weights)}")

    from yolo.explain.explainer import Explainer
    from yolo.explain.explanation_files import ExplanationFiles
    from yolo.explain.gate_report import GateReport
    from yolo.weights.load_network import open_network

    index = (config.detection or 1) - 1
    network = open_network(model, config.allow_imports)
    model_line.print_model(model, network)
    explainer = Explainer(
        network,
        config.method,
        index,
        config.heat,
        score_threshold=config.score_threshold,
        iou_threshold=config.iou_threshold,
    )
    report = GateReport(explainer.gates.blocks)
    if not report.blocks:
        print("this model has no attention, so there are no gates to show")
    files = [path for source in sources for path in source.paths]
    with contextlib.ExitStack() as stack:
        copies = [] if config.no_save else [stack.enter_context(ExplanationFiles(config.output, files))]
        sinks: list[GateReport | ExplanationFiles] = [*[report] * reported, *copies]
        unread = process_sources(sources, lambda source: explain(source, explainer, sinks, config), unopened)
    if not config.no_save:
        print(f"saved in {config.output}" if copies[0].written else "nothing could be saved")
    if reported and report.blocks:
        path = make_folder(config.output) / REPORT
        report.save(path)
        print(f"{report.text()}\nall gates in {path}")
    return 1 if unread or any(sink.failures for sink in copies) else 0


def is_reported(config: AttendConfig, sources: "Sequence[FrameSource]") -> bool:
    """Return whether a report on gates is written.

    Raises:
        UserError: --report is given for a single picture, or there would be nothing to do.
    """
    pictures = sum(source.total or 0 for source in sources if not source.fps)
    several = pictures > 1 or any(source.fps for source in sources)
    if config.report and not several:
        raise UserError("--report compares pictures: give at least two, or a video.")
    if config.no_save and not config.report and pictures < 2:
        raise UserError("--no-save leaves nothing to do: leave it out, or add --report.")
    return config.report or pictures > 1


def explain(
    source: "FrameSource",
    explainer: "Explainer",
    sinks: "Sequence[GateReport | ExplanationFiles]",
    config: AttendConfig,
) -> None:
    """Explain every frame of a source.

    Raises:
        UserError: the source is one picture, and the detection to explain is not in it.
    """
    from yolo.progress import bar

    unit = "frame" if source.fps else "picture"
    frames = lacking = 0
    watched = bar(source, total=source.total, unit=unit)
    for frame in watched:
        explanation = explainer(frame)
        frames += 1
        if not config.no_save:
            found = explanation.detections
            if config.detection and not len(explanation.explained):
                if source.total == 1 and not source.fps:
                    raise UserError(
                        f"{frame.source} has no detection {config.detection}: {len(found)} were found "
                        f"{shown_from(explainer.detector.score_thresholds)} ({numbered(found)})."
                    )
                lacking += 1
            if not source.fps:
                watched.write(f"{frame.source}: {numbered(found)}")
        for sink in sinks:
            sink.write(explanation)
    if lacking:
        have = "has" if lacking == 1 else "have"
        print(f"{lacking} of {counted(frames, unit)} of {source.name} {have} no detection {config.detection}")


def numbered(detections: "Detections") -> str:
    """Return the detections with the numbers that --detection takes: `1 dog 0.98, 2 car 0.41`."""
    rows = zip(detections.names, detections.scores, strict=True)
    return ", ".join(f"{number} {name} {score:.2f}" for number, (name, score) in enumerate(rows, 1)) or "nothing found"
