#!/usr/bin/env bash
# albumentations 2.0.8: seeding a pipeline anew for each picture by set_random_seed(i), the obvious way to make an
# augmentation repeatable, gives every transform of the pipeline a generator with the same seed. Their draws then go
# together: here a picture that is mirrored is mostly moved to the left as well. set_random_state with a generator for
# each picture hands one generator to all transforms, and their draws are independent.
#
# Seen on Python 3.11, numpy 2.4.6, correlation of "was mirrored" with the shift over 400 pictures:
#     set_random_seed  -0.63
#     set_random_state -0.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet albumentations==2.0.8 opencv-python-headless==4.13.0.92 "numpy<3"
NO_ALBUMENTATIONS_UPDATE=1 "$folder/env/bin/python" - <<'PY'
import random

import albumentations as A
import numpy as np

PICTURE = np.zeros((8, 8, 3), np.uint8)


def correlation(seed):
    """Of the flip with the shift, over 400 pictures; `seed(pipeline, i)` is called before picture i."""
    pipeline = A.ReplayCompose([A.HorizontalFlip(p=0.5), A.Affine(translate_percent=(-0.2, 0.2), p=1)])
    mirrored, shifts = [], []
    for i in range(400):
        seed(pipeline, i)
        flip, affine = pipeline(image=PICTURE)["replay"]["transforms"]
        mirrored.append(float(flip["applied"]))
        shifts.append(affine["params"]["matrix"][0][2])
    return np.corrcoef(mirrored, shifts)[0, 1]


by_seed = correlation(lambda pipeline, i: pipeline.set_random_seed(i))
by_state = correlation(lambda pipeline, i: pipeline.set_random_state(np.random.default_rng((0, i)), random.Random(i)))
print(f"set_random_seed  {by_seed:.2f}")
print(f"set_random_state {by_state:.2f}")
assert abs(by_seed) > 0.5 and abs(by_state) < 0.15
PY
