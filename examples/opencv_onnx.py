"""Detect with an exported ONNX file by OpenCV and NumPy alone, as a program without this project would.

python -m yolo export --weights best.keras
python examples/opencv_onnx.py best.onnx photo.jpg --size 416 416
"""

import argparse

import cv2
import numpy as np


def detect(network, picture, size, stretch=False, score_threshold=0.25, iou_threshold=0.5):
    """The objects in a picture (H, W, 3) uint8 BGR: boxes (n, 4) in its pixels, scores (n,), class indices (n,).

    Args:
        network: of `cv2.dnn.readNetFromONNX`.
        size: height and width of the network's input, those of training.
        stretch: whether its pictures were stretched to that in training, instead of kept in shape between grey bars.
    """
    height, width = picture.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    rows, columns = size if stretch else (round(height * scale), round(width * scale))
    top, left = (size[0] - rows) // 2, (size[1] - columns) // 2
    canvas = np.full((*size, 3), 128, np.uint8)
    canvas[top : top + rows, left : left + columns] = cv2.resize(picture, (columns, rows))

    network.setInput(cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB)[None])  # (1, h, w, 3) uint8 RGB: no blobFromImage
    boxes, scores = network.forward(["boxes", "scores"])  # (1, N, 4) x1, y1, x2, y2 in the canvas; (1, N, C)

    labels, best = scores[0].argmax(axis=1), scores[0].max(axis=1)
    corner_and_size = np.concatenate([boxes[0, :, :2], boxes[0, :, 2:] - boxes[0, :, :2]], axis=1)
    kept = np.asarray(cv2.dnn.NMSBoxesBatched(corner_and_size, best, labels, score_threshold, iou_threshold), int)
    offset, ratio = np.float32([left, top] * 2), np.float32([columns / width, rows / height] * 2)
    in_picture = (boxes[0, kept] - offset) / ratio
    clipped = np.clip(in_picture, 0, [width, height] * 2)
    visible = (clipped[:, 2:] > clipped[:, :2]).all(axis=1)  # the rest lies wholly in the grey bars
    return clipped[visible], best[kept][visible], labels[kept][visible]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("--size", nargs=2, type=int, default=(416, 416), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--stretch", action="store_true", help="for weights that come from Darknet")
    arguments = parser.parse_args()
    network = cv2.dnn.readNetFromONNX(arguments.model)
    found = detect(network, cv2.imread(arguments.picture), arguments.size, arguments.stretch)
    for box, score, label in zip(*found, strict=True):
        print(f"class {label}, score {score:.2f}, box {' '.join(f'{value:.0f}' for value in box)}")


if __name__ == "__main__":
    main()
