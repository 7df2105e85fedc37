#!/usr/bin/env bash
# albumentations 2.0.8: GaussNoise draws its noise by OpenCV and seeds OpenCV's generator for it, which is one for the
# thread and not given back. Whatever else draws from it there, such as cv2.kmeans with random centres or
# cv2.randu, gets the same numbers after every picture of a seeded pipeline.
#
# Seen on Python 3.11, two numbers of cv2.randu, asked for twice:
#     by itself          [0.47, 0.77] [0.869, 0.555]
#     after GaussNoise   [0.42, 0.351] [0.42, 0.351]
#     after RandomGamma  [0.439, 0.041] [0.239, 0.61]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet albumentations==2.0.8 opencv-python-headless==4.13.0.92 "numpy<3"
NO_ALBUMENTATIONS_UPDATE=1 "$folder/env/bin/python" - <<'PY'
import albumentations as A
import cv2
import numpy as np

PICTURE = np.full((16, 16, 3), 100, np.uint8)


def drawn():
    numbers = np.zeros((1, 2), np.float32)
    cv2.randu(numbers, 0, 1)
    return [round(float(number), 3) for number in numbers[0]]


def after(transform):
    pairs = []
    for _ in range(2):
        pipeline = A.Compose([transform])
        pipeline.set_random_seed(7)
        pipeline(image=PICTURE)
        pairs.append(drawn())
    return pairs


cv2.setRNGSeed(1)
alone, noise = [drawn(), drawn()], after(A.GaussNoise(p=1))
cv2.setRNGSeed(2)
gamma = after(A.RandomGamma(p=1))
print("by itself         ", *alone)
print("after GaussNoise  ", *noise)
print("after RandomGamma ", *gamma)
assert alone[0] != alone[1] and noise[0] == noise[1] and gamma[0] != gamma[1]
PY
