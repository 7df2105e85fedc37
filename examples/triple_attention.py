"""Triple attention on drawn digits: one picture, two losses, three kinds of attention.

    python examples/triple_attention.py [--backbone small|densenet121] [--steps N] [--no-attention]

Draws digits that are shifted, turned, scaled and noisy, and trains a classifier on them from random weights. Channel-
wise attention (squeeze and excitation) chooses channels, element-wise attention gives every class a map of where it
looks, scale-wise attention weighs the levels of the backbone. What the classes see through their maps is a second
output with a loss of its own, so that

    loss = loss of the classes + 0.5 * loss of the scores

Prints the three as they fall, and the accuracy on drawings that were not trained on.
"""

import argparse
import os
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

CLASSES = 10
BATCH_SIZE = 32
SCORE_WEIGHT = 0.5
SIZES = {"small": 32, "densenet121": 64}  # side of the pictures in pixels
STEPS = {"small": 150, "densenet121": 40}


def draw(digit, size, rng):
    """A digit, light on dark: (size, size, 1) float32 between 0 and 1."""
    canvas = np.zeros((64, 64), np.uint8)
    thickness = int(rng.integers(3, 6))
    cv2.putText(canvas, str(digit), (18, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, thickness, cv2.LINE_AA)
    motion = cv2.getRotationMatrix2D((32, 32), rng.uniform(-20, 20), rng.uniform(0.7, 1.2) * size / 64)
    motion[:, 2] += size / 2 - 32 + rng.uniform(-0.12, 0.12, size=2) * size
    picture = cv2.warpAffine(canvas, motion, (size, size), flags=cv2.INTER_AREA) / 255
    return np.clip(picture + rng.normal(scale=0.1, size=(size, size)), 0, 1).astype(np.float32)[..., None]


def draw_batch(count, size, rng):
    """Pictures (count, size, size, 1) and their labels (count, CLASSES), 1 for the digit that is seen."""
    digits = rng.integers(CLASSES, size=count)
    return np.stack([draw(digit, size, rng) for digit in digits]), np.eye(CLASSES, dtype=np.float32)[digits]


def small(size):
    """Three convolutions; and the names of the layers that end the last two scales."""
    from keras import Input, Sequential, layers

    backbone = Sequential([Input((size, size, 1))], name="small")
    for number, filters in enumerate((16, 32, 64), start=1):
        backbone.add(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        backbone.add(layers.BatchNormalization(name=f"norm{number}"))
        backbone.add(layers.ReLU(name=f"relu{number}"))
        backbone.add(layers.MaxPooling2D(name=f"pool{number}"))
    return backbone, ["pool2", "pool3"]


def densenet121(size):
    """The paper's backbone without its weights; and the names of the layers that end the last three scales."""
    from keras import applications

    backbone = applications.DenseNet121(weights=None, include_top=False, input_shape=(size, size, 1))
    return backbone, ["conv3_block12_concat", "conv4_block24_concat", "relu"]


def build(name, with_attention, steps):
    """The classifier, compiled for that many steps; it gives "classes" and "scores", without attention "classes"."""
    import keras

    from attention import WeightedCrossEntropy, triple_classifier

    backbone, levels = {"small": small, "densenet121": densenet121}[name](SIZES[name])
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.8  # its statistics are to be known after a few steps, not after thousands
    if with_attention:
        model = triple_classifier(backbone, CLASSES, levels, filters=64 if name == "small" else 512)
    else:
        pooled = keras.layers.GlobalAveragePooling2D()(backbone.outputs[0])
        model = keras.Model(backbone.inputs, {"classes": keras.layers.Dense(CLASSES, "softmax")(pooled)})
    losses = {"classes": keras.losses.CategoricalCrossentropy(), "scores": WeightedCrossEntropy()}
    weights = {"classes": 1, "scores": SCORE_WEIGHT}
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss={output: losses[output] for output in model.output},
        loss_weights={output: weights[output] for output in model.output},
    )
    return model


def train(model, size, steps, rng):
    """Train on fresh drawings. Yields (step, losses by name) after every step."""
    for step in range(1, steps + 1):
        pictures, labels = draw_batch(BATCH_SIZE, size, rng)
        model.reset_metrics()  # Keras else gives the means since the first step
        yield step, model.train_on_batch(pictures, dict.fromkeys(model.output, labels), return_dict=True)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--backbone",
        choices=SIZES,
        default="small",
        help="what the attention is put on: three convolutions (seconds), or DenseNet-121 as in the paper (minutes)",
    )
    parser.add_argument(
        "--steps",
        type=int,
        metavar="N",
        help=f"batches of {BATCH_SIZE} drawings to train on (default: {STEPS['small']} for small, "
        f"{STEPS['densenet121']} for densenet121)",
    )
    parser.add_argument(
        "--no-attention",
        action="store_true",
        help="the same backbone with pooling and softmax only, one loss: what to compare with",
    )
    arguments = parser.parse_args(argv)
    steps = STEPS[arguments.backbone] if arguments.steps is None else arguments.steps
    if steps < 1:
        parser.error(f"--steps must be at least 1, got {steps}")
    size = SIZES[arguments.backbone]

    import keras

    keras.utils.set_random_seed(0)
    model = build(arguments.backbone, not arguments.no_attention, steps)
    print(f"{arguments.backbone}, {model.count_params():,} parameters, {size} x {size} pixels")
    for step, losses in train(model, size, steps, np.random.default_rng(1)):
        if step == 1 or step == steps or step % max(steps // 10, 1) == 0:
            named = {"loss": losses["loss"]} | losses  # the whole first
            print(f"step {step:4d}  " + "  ".join(f"{name} {value:.3f}" for name, value in named.items()), flush=True)
    pictures, labels = draw_batch(500, size, np.random.default_rng(2))
    predictions = model.predict(pictures, verbose=0)["classes"]
    accuracy = np.mean(predictions.argmax(axis=1) == labels.argmax(axis=1))
    print(f"accuracy on {len(pictures)} unseen drawings: {accuracy:.1%}")


if __name__ == "__main__":
    main()
