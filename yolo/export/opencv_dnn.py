"""An exported `.onnx` file in OpenCV's dnn module, by which many programs detect: tried whenever one is written.

    python -m yolo.export.opencv_dnn FILE PICTURES ANSWERS

A process of its own does it, for OpenCV 4.13 crashes on some files, those with self-attention among them.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from yolo.errors import UserError
from yolo.export.compare import compare
from yolo.opencv import cv2


class OpenCVReader:
    """A `.onnx` file as OpenCV reads it: (B, h, w, 3) uint8 RGB -> boxes (B, N, 4) and scores (B, N, C).

    OpenCV 4.13 takes one picture at a time.
    """

    def __init__(self, path):
        self._network = cv2.dnn.readNetFromONNX(np.fromfile(path, np.uint8))  # by content, as its name may be any

    def __call__(self, pictures):
        return tuple(map(np.concatenate, zip(*map(self._one, pictures), strict=True)))

    def _one(self, picture):
        self._network.setInput(picture[None])
        return self._network.forward(["boxes", "scores"])


def verdict(path, precision, reference, pictures):
    """One sentence on a `.onnx` file in OpenCV's dnn.

    Args:
        reference: the runtime it is compared with.
        pictures: (h, w, 3) uint8 of the input size.
    """
    try:
        answers = iter(_answers(path, pictures))
    except UserError as error:
        return f"not for OpenCV's dnn: {error}"
    difference = compare(reference, lambda _: next(answers), pictures)
    if not difference.is_allowed(precision):
        return f"not for OpenCV's dnn, which computes it otherwise: the largest differences are {difference}"
    return f"in OpenCV's dnn the largest differences are {difference}"


def _answers(path, pictures):
    """Boxes (1, N, 4) and scores (1, N, C) of each picture; raises UserError with the reason why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        given, answered = Path(folder) / "pictures.npy", Path(folder) / "answers.npz"
        np.save(given, pictures)
        done = subprocess.run(
            [sys.executable, "-m", __name__, path, given, answered],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            reason = f"cannot read it ({done.stderr.strip()[-200:]})" if done.returncode == 1 else "crashes on it"
            raise UserError(f"OpenCV {cv2.__version__} {reason}")
        with np.load(answered) as found:
            return list(zip(found["boxes"], found["scores"], strict=True))


def main(path, given, answered):
    """Answer for the (P, h, w, 3) pictures in one file into another: boxes (P, 1, N, 4), scores (P, 1, N, C)."""
    try:
        read = OpenCVReader(path)
        boxes, scores = zip(*(read(picture[None]) for picture in np.load(given)), strict=True)
    except cv2.error as error:
        sys.exit(" ".join(error.err.split()).rpartition("error: ")[2])
    np.savez(answered, boxes=boxes, scores=scores)


if __name__ == "__main__":
    main(*sys.argv[1:])
