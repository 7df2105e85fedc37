"""Damage exported models at random and detect with them: whatever comes, Python must not end in a traceback.

    python tests/fuzz/exports.py --count 100 [--resealed]

Prints how often each format was refused, answered, or ended the process within its library. With --resealed the
checksum fits the damage, so that the libraries see it. Exit code 1 when there was a traceback.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
SIZE = (64, 96)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="damaged files of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resealed", action="store_true")
    parser.add_argument("--worker", nargs="+", metavar="FILE", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        return detect(arguments.worker)
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, files in exported(Path(folder)).items():
            rng = np.random.default_rng(arguments.seed)
            copies = [damaged(files, rng, arguments.resealed, i) for i in range(arguments.count)]
            outcomes = Counter(answers(copies))
            faults += sum(number for outcome, number in outcomes.items() if outcome.startswith("FAULT"))
            print(name, dict(outcomes), flush=True)
    return int(faults > 0)


def exported(folder):
    """A small detector in every format: for each the files that are damaged, the one that is loaded first."""
    from tests.yolo.export.detectors import noise, spread
    from yolo.export.formats import FORMATS, export
    from yolo.nets.model import YoloV4Tiny

    network = spread(YoloV4Tiny(("a", "b"), input_size=SIZE))
    found = {}
    for name in FORMATS:
        done = export(network, name, "float32", folder / name, "model", list(noise(2)))
        main, *others = sorted(done.files, key=lambda file: file != done.path)
        found[name] = [main / "saved_model.pb", main / "metadata.json"] if main.is_dir() else [main, *others]
    return found


def damaged(files, rng, resealed, number):
    """A folder with copies of the files, one of them damaged; returns the path to load."""
    from yolo.inference import checksum

    folder = files[0].parent / f"damaged-{number}"
    folder.mkdir()
    contents = {file.name: file.read_bytes() for file in files}
    victim = files[rng.integers(len(files))].name
    contents[victim] = mutated(contents[victim], rng)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    sealed, *others = sorted(folder.iterdir(), key=lambda file: file.suffix in (".bin", ".pb"))
    if resealed and (found := checksum.PATTERN.search(contents[sealed.name])):
        sealed.write_bytes(contents[sealed.name].replace(found[0], checksum.PLACEHOLDER.encode()))
        checksum.seal(sealed, others)
    return folder if sealed.name == "metadata.json" else sealed


def mutated(content, rng):
    """The bytes with some of them changed, left out, put twice, or cut off."""
    content = bytearray(content)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(content))) if rng.random() < 0.5 else int(rng.integers(min(len(content), 20_000)))
        length = int(2 ** rng.uniform(0, 8))
        match rng.integers(5):
            case 0:
                content[at] ^= 1 << int(rng.integers(8))
            case 1:
                content[at : at + length] = rng.bytes(length)
            case 2:
                del content[at : at + length]
            case 3:
                content[at:at] = content[at : at + length]
            case _ if rng.random() < 0.2:
                del content[at + 1 :]
    return bytes(content)


def answers(files):
    """What became of each file; a process that is ended by a library is begun anew with the next."""
    waiting = list(files)
    while waiting:
        done = subprocess.run(
            [sys.executable, __file__, "--worker", *waiting],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            cwd=ROOT,
        )
        lines = done.stdout.splitlines()
        yield from lines
        if len(lines) < len(waiting):
            yield f"the library ended the process ({done.returncode})"
        waiting = waiting[len(lines) + 1 :]


def detect(files):
    """Detect with each file and print in one line what came of it."""
    from yolo import Detector
    from yolo.errors import UserError

    for file in files:
        try:
            Detector.load(file)(np.zeros((*SIZE, 3), np.uint8))
            outcome = "answered"
        except UserError:
            outcome = "refused"
        except Exception as error:
            outcome = f"FAULT {type(error).__name__}: {' '.join(str(error).split())[:100]}"
        print(outcome, flush=True)


if __name__ == "__main__":
    sys.exit(main())
