"""Compare the AP of exported ONNX files in ONNX Runtime and in OpenCV's dnn module, and their boxes and scores.

    python benchmarks/onnx_readers.py best.onnx best-float16.onnx best-int8.onnx --data ../shared/data/voc2012_100

The script prints a Markdown table. Boxes with a score above 0.05 are compared, in pixels of the input.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo import picture_files
from yolo.array_types import CandidateBoxes, CandidateScores, Images
from yolo.data import data_folder
from yolo.data.dataset import Dataset
from yolo.evaluation.evaluate import evaluate
from yolo.export.compare import compare
from yolo.export.opencv_dnn import OpenCVReader
from yolo.inference.detector import Detector
from yolo.inference.runtimes import OnnxRuntime
from yolo.inference.runtimes.runtime import Runtime
from yolo.opencv import cv2
from yolo.tables import markdown, markdown_row

HEADINGS = ("file", "reader", "AP50", "AP", "AP of small objects", "largest difference of boxes, pixels", "of scores")


class OpenCVRuntime(Runtime):
    """A runtime that computes by OpenCV.

    Args:
        described: a runtime with the same file, which knows the settings of the detector.
    """

    def __init__(self, path: str, described: Runtime) -> None:
        super().__init__(described)
        self._reader = OpenCVReader(path)

    def _compute(self, pictures: Images) -> tuple[CandidateBoxes, CandidateScores]:
        return self._reader(pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--data", required=True, metavar="DIR")
    parser.add_argument("--split", default="all")
    arguments = parser.parse_args()
    scored = data_folder.load(arguments.data, arguments.split)
    print(f"{len(scored.annotations)} pictures of {Path(arguments.data).name}, OpenCV {cv2.__version__}\n")
    print(markdown([HEADINGS]))
    for file in arguments.files:
        detector = Detector(OnnxRuntime(file))
        other = Detector(OpenCVRuntime(file, detector.runtime))
        print(_row(file, "ONNX Runtime", detector, scored, "", ""), flush=True)
        images = [detector.prepare([picture_files.read(one.path)])[0][0] for one in scored.annotations]
        difference = compare(detector.runtime, other.runtime, images)
        print(_row(file, "OpenCV", other, scored, f"{difference.boxes:.2g}", f"{difference.scores:.2g}"), flush=True)


def _row(file: str, reader: str, detector: Detector, scored: Dataset, boxes: str, scores: str) -> str:
    report = evaluate(detector, scored.annotations, scored.class_names)
    numbers = (report.ap50, report.coco["AP"], report.coco["AP_small"])
    return markdown_row([Path(file).name, reader, *(f"{number:.4f}" for number in numbers), boxes, scores])


if __name__ == "__main__":
    main()
