"""Classify drawn digits with triple attention: one image, two losses, three kinds of attention.

    python examples/triple_attention.py [--backbone small|densenet121] [--steps N] [--no-attention]

The digits are shifted, turned, scaled and noisy, and a classifier learns them from random weights. Channel-wise
attention (squeeze and excitation) weights the channels, element-wise attention gives every class a map of the places it
looks at, and scale-wise attention weights the levels of the backbone. The scores of the classes within their maps are a
second output with a loss of its own:

    loss = loss of the classes + 0.5 * loss of the scores

The program prints the three losses during training, and the accuracy on drawings that were not used for it.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

if TYPE_CHECKING:
    import keras

CLASSES = 10
BATCH_SIZE = 32
SCORE_WEIGHT = 0.5
SIZES = {"small": 32, "densenet121": 64}  # height and width of the images in pixels
STEPS = {"small": 150, "densenet121": 40}


def draw(digit: int, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return an image of a digit, light on dark: (size, size, 1), from 0 to 1."""
    canvas = np.zeros((64, 64), np.uint8)
    thickness = int(rng.integers(3, 6))
    cv2.putText(canvas, str(digit), (18, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 255, thickness, cv2.LINE_AA)
    motion = cv2.getRotationMatrix2D((32, 32), rng.uniform(-20, 20), rng.uniform(0.7, 1.2) * size / 64)
    motion[:, 2] += size / 2 - 32 + rng.uniform(-0.12, 0.12, size=2) * size
    image = cv2.warpAffine(canvas, motion, (size, size), flags=cv2.INTER_AREA) / 255
    return np.clip(image + rng.normal(scale=0.1, size=(size, size)), 0, 1).astype(np.float32)[..., None]


def draw_batch(count: int, size: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return images (count, size, size, 1) and their labels (count, CLASSES), which are 1 for the digit, else 0."""
    digits = rng.integers(CLASSES, size=count)
    return np.stack([draw(digit, size, rng) for digit in digits]), np.eye(CLASSES, dtype=np.float32)[digits]


def small(size: int) -> "tuple[keras.Model, list[str]]":
    """Return a backbone of three convolutions, and the names of the layers that end the last two scales."""
    from keras import Input, Sequential, layers

    backbone = Sequential([Input((size, size, 1))], name="small")
    for number, filters in enumerate((16, 32, 64), start=1):
        backbone.add(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        backbone.add(layers.BatchNormalization(name=f"norm{number}"))
        backbone.add(layers.ReLU(name=f"relu{number}"))
        backbone.add(layers.MaxPooling2D(name=f"pool{number}"))
    return backbone, ["pool2", "pool3"]


def densenet121(size: int) -> "tuple[keras.Model, list[str]]":
    """Return the paper's backbone with random weights, and the names of the layers that end the last three scales."""
    from keras import applications

    backbone = applications.DenseNet121(weights=None, include_top=False, input_shape=(size, size, 1))
    return backbone, ["conv3_block12_concat", "conv4_block24_concat", "relu"]


def build(name: str, with_attention: bool, steps: int) -> "keras.Model":
    """Return the classifier, compiled for so many steps.

    Its outputs are "classes" and "scores", without attention only "classes".
    """
    import keras

    from attention import WeightedCrossEntropy, triple_classifier

    backbone, levels = {"small": small, "densenet121": densenet121}[name](SIZES[name])
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.8  # its statistics settle in a few steps instead of thousands
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


def train(
    model: "keras.Model", size: int, steps: int, rng: np.random.Generator
) -> Iterator[tuple[int, dict[str, float]]]:
    """Train on new drawings, and yield the number of every step with its losses by name."""
    for step in range(1, steps + 1):
        images, labels = draw_batch(BATCH_SIZE, size, rng)
        model.reset_metrics()  # otherwise Keras returns means since the first step
        yield step, model.train_on_batch(images, dict.fromkeys(model.output, labels), return_dict=True)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--backbone",
        choices=SIZES,
        default="small",
        help="network below the attention: three convolutions (seconds), or DenseNet-121 as in the paper (minutes)",
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
        help="for comparison: the same backbone with only pooling and softmax, and one loss",
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
            named = {"loss": losses["loss"]} | losses  # the sum comes first
            print(f"step {step:4d}  " + "  ".join(f"{name} {value:.3f}" for name, value in named.items()), flush=True)
    images, labels = draw_batch(500, size, np.random.default_rng(2))
    predictions = model.predict(images, verbose=0)["classes"]
    accuracy = np.mean(predictions.argmax(axis=1) == labels.argmax(axis=1))
    print(f"accuracy on {len(images)} unseen drawings: {accuracy:.1%}")


if __name__ == "__main__":
    main()
