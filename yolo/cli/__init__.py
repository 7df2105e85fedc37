"""The command line: its verbs, and what all of them have in common.

A user's mistake gives one line on standard error and exit code 2; a fault in the program keeps its traceback.
"""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from yolo import machine, tables
from yolo.cli import standard_streams
from yolo.cli.exit_code import leave
from yolo.cli.quiet_tensorflow import QuietImport
from yolo.errors import UserError, did_you_mean
from yolo.shell import as_called
from yolo.wording import printable

VERBS = {
    "train": ("yolo.cli.train", "train a detector on your pictures"),
    "predict": ("yolo.cli.predict", "find objects in pictures, folders, videos, webcams and streams"),
    "evaluate": ("yolo.cli.evaluate", "score a model on annotated pictures: AP50, COCO's twelve numbers, each class"),
    "attend": ("yolo.cli.attend", "show what the attention does, and why something was found"),
    "ablate": ("yolo.cli.ablate", "find out whether attention helps on your pictures"),
    "anchors": ("yolo.cli.anchors", "choose anchor boxes that fit your annotations"),
    "augment": ("yolo.cli.augment", "draw what an augmentation does to your pictures, and time it"),
    "summary": ("yolo.cli.summary", "print what the network costs: shapes, parameters, GFLOPs, with any attention"),
    "export": ("yolo.cli.export", "turn a model into ONNX, LiteRT, OpenVINO or SavedModel, in float32 down to int8"),
    "benchmark": ("yolo.cli.benchmark", "measure how fast detection is here, by every runtime and precision"),
    "convert": ("yolo.cli.convert", "turn a model file into another format: Darknet's, Keras'"),
    "convert-data": ("yolo.cli.convert_data", "write annotated pictures in another format: VOC, YOLO, COCO"),
    "split": ("yolo.cli.split", "split pictures into training, validation and test, with each class in all of them"),
    "demo-data": ("yolo.cli.demo_data", "write the built-in demo set, drawn shapes in VOC's layout"),
    "doctor": ("yolo.cli.doctor", "check this machine, the installation and your data"),
}

# By themselves these packages start a thread for each core, also where a container's quota leaves the time of one
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENCV_FOR_THREADS_NUM", "OMP_NUM_THREADS")

NO_FOLDER = os.path.join(os.path.abspath(__file__), "none")  # below a file, so it never exists and cannot be made

EXAMPLES = """\
examples:
  python -m yolo train
      no flags: write the demo set, train on it, evaluate
  python -m yolo train --data my-pictures --attention cbam
  python -m yolo predict holiday.jpg
  python -m yolo evaluate --data my-pictures --split test
  python -m yolo doctor --data my-pictures

Each verb explains itself: python -m yolo VERB --help"""


class MarkedFormatter(logging.Formatter):
    """A format of one line: the message, with its level before it from warnings on: `warning: 3 pictures left out`."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        return printable(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if record.levelno <= logging.INFO else f"{record.levelname.lower()}: {text}"


def run(verb: str, argv: Sequence[str] | None = None) -> NoReturn:
    """Run a verb and leave the process, see `yolo.cli.exit_code`."""
    set_up()
    leave(lambda: import_module(VERBS[verb][0]).main(argv))


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run `python -m yolo` or `yolov4-tiny`: list the verbs or run one of them, then leave the process."""
    set_up()
    leave(lambda: _dispatch(sys.argv[1:] if argv is None else argv))


def _dispatch(argv: Sequence[str]) -> int | None:
    verb, *rest = argv or ["--help"]
    if verb == "help" and rest:
        verb, rest = rest[0], ["--help"]
    if verb in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if verb == "--version":
        from yolo import __version__

        print(f"yolov4-tiny {__version__}")
        return 0
    if verb not in VERBS:
        hint = did_you_mean(verb, VERBS) or f"; verbs are {', '.join(VERBS)}."
        raise UserError(f"there is no verb '{verb}'{hint}")
    return import_module(VERBS[verb][0]).main(rest)


def _overview() -> str:
    verbs = tables.aligned(((f"  {verb}", summary) for verb, (_, summary) in VERBS.items()), "ll")
    return as_called(f"""\
usage: python -m yolo VERB [options]

A YOLOv4-tiny detector with pluggable attention.

verbs:
{verbs}

{EXAMPLES}""")


def set_up() -> None:
    """Set the environment variables that heavy packages read at their import, and the output of `yolo`'s messages.

    The settings last until the process of the command ends; nothing outside of `yolo.cli` sets these.
    """
    standard_streams.prepare()
    for name in [name for name in os.environ if name.startswith("KERAS_")]:
        del os.environ[name]  # set for other projects: another backend, fewer epochs
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["KERAS_HOME"] = NO_FOLDER  # not ~/.keras, whose keras.json may be damaged or another project's
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # at 2 every machine without a GPU shows a CUDA error
    if limit := machine.thread_limit():
        for name in THREADS:
            os.environ.setdefault(name, str(limit))
    if not any(isinstance(finder, QuietImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, QuietImport("tensorflow"))
    handler = logging.StreamHandler()
    handler.setFormatter(MarkedFormatter())
    logger = logging.getLogger("yolo")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
