"""Detect with an exported ONNX file in OpenCV and NumPy alone, as in a program without this project.

python -m yolo export --weights best.keras
python examples/opencv_onnx.py best.onnx photo.jpg --size 416 416
"""

import argparse

import cv2
import numpy as np
from numpy.typing import NDArray


def detect(
    network: cv2.dnn.Net,
    image: NDArray[np.uint8],
    size: tuple[int, int],
    stretch: bool = False,
    score_threshold: float = 0.25,
    iou_threshold: float = 0.5,
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.int64]]:
    """Return the objects in an image: boxes (n, 4) x1, y1, x2, y2 in its pixels, scores (n,), class indices (n,).

    Args:
        network: a network from `cv2.dnn.readNetFromONNX`.
        image: (H, W, 3) BGR.
        size: height and width of the network's input, as in training.
        stretch: whether training stretched pictures to that size; else they keep their shape, between gray bars.
    """
    height, width = image.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    rows, columns = size if stretch else (round(height * scale), round(width * scale))
    top, left = (size[0] - rows) // 2, (size[1] - columns) // 2
    canvas = np.full((*size, 3), 128, np.uint8)
    canvas[top : top + rows, left : left + columns] = cv2.resize(image, (columns, rows))

    network.setInput(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB)[None])  # (1, h, w, 3) uint8 RGB, so not by blobFromImage
    boxes, scores = network.forward(["boxes", "scores"])  # (1, N, 4) x1, y1, x2, y2 in pixels of the canvas; (1, N, C)

    labels, best = scores[0].argmax(axis=1), scores[0].max(axis=1)
    corner_and_size = np.concatenate([boxes[0, :, :2], boxes[0, :, 2:] - boxes[0, :, :2]], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxesBatched(corner_and_size, best, labels, score_threshold, iou_threshold), np.int64)
    offset = np.array([left, top] * 2, np.float32)
    ratio = np.array([columns / width, rows / height] * 2, np.float32)
    in_image = (boxes[0, kept] - offset) / ratio
    clipped = np.clip(in_image, 0, [width, height] * 2)
    visible = (clipped[:, 2:] > clipped[:, :2]).all(axis=1)  # the others lie in the gray bars
    return clipped[visible], best[kept][visible], labels[kept][visible]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("--size", nargs=2, type=int, default=(416, 416), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--stretch", action="store_true", help="for weights that come from Darknet")
    arguments = parser.parse_args()
    image = cv2.imread(arguments.picture)
    if image is None:
        parser.error(f"cannot read {arguments.picture}")
    network = cv2.dnn.readNetFromONNX(arguments.model)
    found = detect(network, image, arguments.size, arguments.stretch)
    for box, score, label in zip(*found, strict=True):
        print(f"class {label}, score {score:.2f}, box {' '.join(f'{value:.0f}' for value in box)}")


if __name__ == "__main__":
    main()
