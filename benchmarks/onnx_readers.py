"""Whether other readers of an exported ONNX file find the same: AP and differences in ONNX Runtime and OpenCV's dnn.

    python benchmarks/onnx_readers.py best.onnx best-float16.onnx best-int8.onnx --data ../shared/data/voc2012_100

Prints a Markdown table. Boxes are compared among those of a score over 0.05, in pixels of the input.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo import picture_files
from yolo.data import data_folder
from yolo.evaluation.evaluate import evaluate
from yolo.export.compare import compare
from yolo.export.opencv_dnn import OpenCVReader
from yolo.inference.detector import Detector
from yolo.inference.runtimes import OnnxRuntime
from yolo.opencv import cv2
from yolo.tables import markdown, markdown_row

HEADINGS = ("file", "reader", "AP50", "AP", "AP of small objects", "largest difference of boxes, pixels", "of scores")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--data", required=True, metavar="DIR")
    parser.add_argument("--split", default="all")
    arguments = parser.parse_args()
    scored = data_folder.load(arguments.data, arguments.split)
    print(f"{len(scored.annotations)} pictures of {Path(arguments.data).name}, OpenCV {cv2.__version__}\n")
    print(markdown([HEADINGS]))
    for file in arguments.files:
        known = Detector(OnnxRuntime(file))
        other = Detector(OpenCVReader(file))
        for name in ("class_names", "input_size", "resize_mode"):
            setattr(other.runtime, name, getattr(known.runtime, name))
        print(_row(file, "ONNX Runtime", known, scored, "", ""), flush=True)
        pictures = [known.prepare([picture_files.read(found.path)])[0][0] for found in scored.annotations]
        apart = compare(known.runtime, other.runtime, pictures)
        print(_row(file, "OpenCV", other, scored, f"{apart.boxes:.2g}", f"{apart.scores:.2g}"), flush=True)


def _row(file, reader, detector, scored, boxes, scores):
    report = evaluate(detector, scored.annotations, scored.class_names)
    numbers = (report.ap50, report.coco["AP"], report.coco["AP_small"])
    return markdown_row([Path(file).name, reader, *(f"{number:.4f}" for number in numbers), boxes, scores])


if __name__ == "__main__":
    main()
