#!/usr/bin/env bash
# Keras 3.15.1: model.load_weights("x.weights.h5") on a compiled model also takes the optimizer's state, by its number of
# variables alone. After compile() by itself the optimizer has two variables, so the usual "compile, load, fit" begins with
# fresh moments, and a warning is all there is; likewise where a schedule stands for a fixed rate, as the rate is one of the
# variables. Where the numbers agree the file's learning rate silently replaces the one given to compile(). They agree
# between kinds of optimizers too: SGD's momentum becomes RMSprop's mean square, negative ones included, and the loss NaN.
#
# Seen on Linux, Python 3.11, tensorflow-cpu 2.21.0, after ten steps at a rate of 0.01:
#     Adam, new rate 0.0001         steps 0   rate 0.0001  1 warning   loss finite
#     the same, optimizer built     steps 10  rate 0.01    0 warnings  loss finite
#     the same, with a schedule     steps 0   rate 0.0001  1 warning   loss finite
#     SGD's file in RMSprop, built  steps 10  rate 0.01    0 warnings  loss NaN
# Remedy: model.optimizer.build(model.trainable_variables) before load_weights, the rate set after it, the number of steps
# (model.optimizer.iterations) looked at, and another file for another optimizer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 "numpy<3"
cd "$folder"
export TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=
"$folder/env/bin/python" - 2>"$folder/errors" <<'PY' || { cat "$folder/errors" >&2 && false; }
import math
import warnings

import keras
import numpy as np
from keras.optimizers import SGD, Adam, RMSprop, schedules

INPUTS = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
WANTED = INPUTS.sum(axis=1, keepdims=True)


def compiled(optimizer):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def resumed(name, old, new, build=True):
    before, after = compiled(old), compiled(new)
    before.fit(INPUTS, WANTED, epochs=5, verbose=0)
    before.save_weights("x.weights.h5")
    if build:
        after.optimizer.build(after.trainable_variables)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        after.load_weights("x.weights.h5")
    seen = int(after.optimizer.iterations), round(float(after.optimizer.learning_rate), 6), len(caught)
    loss = after.fit(INPUTS, WANTED, epochs=4, verbose=0).history["loss"][-1]
    heard, end = "warning " if len(caught) == 1 else "warnings", "NaN" if math.isnan(loss) else "finite"
    print(f"{name:<29} steps {seen[0]:<3} rate {seen[1]:<7} {seen[2]} {heard}  loss {end}")
    return *seen, math.isnan(loss)


schedule = schedules.CosineDecay(1e-4, 1000)
assert resumed("Adam, new rate 0.0001", Adam(0.01), Adam(1e-4), build=False) == (0, 1e-4, 1, False)
assert resumed("the same, optimizer built", Adam(0.01), Adam(1e-4)) == (10, 0.01, 0, False)
assert resumed("the same, with a schedule", Adam(0.01), Adam(schedule)) == (0, 1e-4, 1, False)
assert resumed("SGD's file in RMSprop, built", SGD(0.01, momentum=0.9), RMSprop(1e-3)) == (10, 0.01, 0, True)
PY
