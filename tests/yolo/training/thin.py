"""What most tests of training run on: a detector with four convolutions and a data set of small painted pictures."""

import numpy as np
from keras import layers

from tests.yolo.data.folders import write_text, xml
from tests.yolo.data.painted import painted
from yolo import picture_files
from yolo.nets import model
from yolo.nets.blocks import Upsample
from yolo.nets.neck import ObjectnessPrior

SIZE = (64, 96)
NAMES = ("grün", "rot")


def thin_networks(monkeypatch):
    """From now on `YoloV4Tiny` is as shallow as can be; inputs, outputs, names and everything else stay."""
    monkeypatch.setattr(model, "backbone", _backbone)
    monkeypatch.setattr(model, "neck", _neck)


def _backbone(x, convolutions, attention):
    x = convolutions.unit(x, 4, 3, "stem_1", strides=2)
    x = layers.MaxPooling2D(8, name="c4_pool", dtype=convolutions.dtype)(x)
    feat1 = convolutions.unit(x, 8, 3, "c4")
    feat0 = Upsample(name="c3", dtype=convolutions.dtype)(x)
    return feat0, feat1, convolutions.unit(feat1, 8, 3, "c5", strides=2)


def _neck(features, convolutions, outputs, attention):
    bias = ObjectnessPrior(0.01)
    *finer, feat2 = features
    p5 = attention(convolutions.unit(feat2, 8, 1, "p5"), "p5")
    levels = zip(("p5_out", "p4_out", "p3_out"), (p5, *reversed(finer)), strict=False)
    return [convolutions.linear(x, outputs, name, bias) for name, x in levels]


def painted_set(root, pictures=12, lists=True):
    """A VOC root of painted pictures: red things of class rot, green ones of class grün, none in every sixth.

    Lists: train has all but the last six pictures, val the three after that, test the last three.
    """
    rng = np.random.default_rng(0)
    stems = [f"bild {i:02d}" for i in range(pictures)]
    for i, stem in enumerate(stems):
        boxes = rng.integers(0, (40, 20), (2, 2))
        boxes = np.concatenate([boxes, boxes + rng.integers(12, 40, (2, 2))], axis=1)[: 0 if i % 6 == 5 else 2]
        (root / "JPEGImages").mkdir(parents=True, exist_ok=True)
        picture_files.write(root / "JPEGImages" / f"{stem}.png", painted(*boxes, height=60, width=80).image)
        objects = [
            (name, x1 + 1, y1 + 1, x2, y2) for name, (x1, y1, x2, y2) in zip(("rot", "grün"), boxes, strict=False)
        ]
        write_text(root / "Annotations" / f"{stem}.xml", xml(*objects))
    if lists:
        for name, chosen in (("train", stems[:-6]), ("val", stems[-6:-3]), ("test", stems[-3:])):
            write_text(root / "ImageSets" / "Main" / f"{name}.txt", "\n".join(chosen))
    return root
