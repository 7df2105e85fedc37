"""Try an exported `.onnx` file in OpenCV's dnn module, with which many programs detect, whenever one is written.

    python -m yolo.export.opencv_dnn FILE IMAGES OUTPUTS

This runs in its own process, because OpenCV 4.13 crashes on some files, for example on some with self-attention.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yolo.array_types import CandidateBoxes, CandidateScores, Image, Images
from yolo.errors import UserError
from yolo.export.compare import RuntimeFunction, compare
from yolo.inference.runtimes.runtime import RuntimeOutput
from yolo.opencv import cv2


class OpenCVReader:
    """A `.onnx` file as OpenCV reads it: a function from images to boxes and scores.

    OpenCV 4.13 takes one image at a time.
    """

    def __init__(self, path: str | Path) -> None:
        self._network = cv2.dnn.readNetFromONNX(np.fromfile(path, np.uint8))  # OpenCV cannot open all names of files

    def __call__(self, images: Images) -> tuple[CandidateBoxes, CandidateScores]:
        boxes, scores = zip(*map(self._detect, images), strict=True)
        return np.concatenate(boxes), np.concatenate(scores)

    def _detect(self, image: Image) -> RuntimeOutput:
        self._network.setInput(image[None])
        boxes, scores = self._network.forward(["boxes", "scores"])
        return np.asarray(boxes, np.float32), np.asarray(scores, np.float32)


def verdict(path: str | Path, precision: str, reference: RuntimeFunction, images: Sequence[Image]) -> str:
    """Return a sentence about a `.onnx` file in OpenCV's dnn module.

    Args:
        reference: the runtime that it is compared with.
        images: images of the input size.
    """
    try:
        outputs = iter(_outputs(path, images))
    except UserError as error:
        return f"not for OpenCV's dnn: {error}"
    difference = compare(reference, lambda _: next(outputs), images)
    if not difference.is_allowed(precision):
        return f"not for OpenCV's dnn, which computes it otherwise: the largest differences are {difference}"
    return f"in OpenCV's dnn the largest differences are {difference}"


def _outputs(path: str | Path, images: Sequence[Image]) -> list[RuntimeOutput]:
    """Return the output for each image, as a batch of one; raises UserError with the reason when OpenCV fails."""
    with tempfile.TemporaryDirectory() as folder:
        images_file, outputs_file = Path(folder) / "images.npy", Path(folder) / "outputs.npz"
        np.save(images_file, np.stack(images))
        done = subprocess.run(
            [sys.executable, "-m", __name__, path, images_file, outputs_file],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            reason = f"cannot read it ({done.stderr.strip()[-200:]})" if done.returncode == 1 else "crashes on it"
            raise UserError(f"OpenCV {cv2.__version__} {reason}")
        with np.load(outputs_file) as outputs:
            return list(zip(outputs["boxes"], outputs["scores"], strict=True))


def main(path: str, images_file: str, outputs_file: str) -> None:
    """Read P images (P, h, w, 3) from a file; write boxes (P, 1, N, 4) and scores (P, 1, N, C) to another."""
    try:
        reader = OpenCVReader(path)
        boxes, scores = zip(*(reader(image[None]) for image in np.load(images_file)), strict=True)
    except cv2.error as error:
        sys.exit(" ".join(error.err.split()).rpartition("error: ")[2])
    np.savez(outputs_file, boxes=boxes, scores=scores)


if __name__ == "__main__":
    main(*sys.argv[1:])
