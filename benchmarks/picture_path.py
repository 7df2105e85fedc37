"""What a picture costs beside the network: reading, letterboxing, decoding of the maps, NMS.

    python benchmarks/picture_path.py dog.jpg street.jpg [--weights runs/x/best.keras] [--repeats 100]

Prints a Markdown table of medians in milliseconds, batch 1. The overhead is the whole path minus the bare network,
measured in turns so that a busy machine disturbs both alike. Without --weights the network has random weights, 80
classes and 416 x 416: the time is the same, but it finds nothing for NMS to do.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo import images, letterbox
from yolo.inference.nms import nms


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument("--weights", metavar="FILE", help=".keras file")
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--score-threshold", type=float, default=0.25)
    arguments = parser.parse_args()

    import tensorflow as tf

    from yolo.inference.detector import Detector
    from yolo.inference.runtimes import KerasRuntime
    from yolo.nets.model import YoloV4Tiny
    from yolo.weights.files import load_network

    if arguments.weights:
        model = load_network(arguments.weights)
    else:
        model = YoloV4Tiny([f"class {number}" for number in range(80)])
    runtime = KerasRuntime(model)
    detector = Detector(runtime, arguments.score_threshold)
    network = tf.function(lambda x: model(x, training=False))
    floats = tf.random.uniform((1, *runtime.input_size, 3))

    columns = ("read", "letterbox", "network", "network + decode", "NMS", "whole path", "overhead", "ratio", "found")
    print(f"| picture | {' | '.join(columns)} |")
    print("|---" * (len(columns) + 1) + "|")
    for path in arguments.pictures:
        image = images.read(path)
        canvas, _ = letterbox.fit(image, runtime.input_size, runtime.resize_mode)
        boxes, scores = runtime(canvas[None])
        stages = {
            "read": lambda path=path: images.read(path),
            "letterbox": lambda image=image: letterbox.fit(image, runtime.input_size, runtime.resize_mode),
            "network": lambda: network(floats)[0].numpy(),
            "network + decode": lambda canvas=canvas: runtime(canvas[None]),
            "NMS": lambda boxes=boxes[0], scores=scores[0]: nms(
                boxes, scores, arguments.score_threshold, detector.iou_threshold, 300
            ),
            "whole path": lambda path=path: detector(images.read(path)),
        }
        took = medians(stages, arguments.repeats)
        overhead = took["whole path"] - took["network"]
        cells = [f"{took[stage]:.2f}" for stage in stages]
        cells += [f"{overhead:+.2f}", f"{took['whole path'] / took['network']:.2f}", str(len(detector(image)))]
        print(f"| {Path(path).name} {image.shape[0]}x{image.shape[1]} | {' | '.join(cells)} |")


def medians(stages, repeats):
    """Functions by name -> median milliseconds by name, every function called once in each round."""
    times = {name: [] for name in stages}
    for turn in range(repeats + 5):
        for name, function in stages.items():
            start = time.perf_counter()
            function()
            if turn >= 5:  # the first rounds warm caches up
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    main()
