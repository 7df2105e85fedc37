"""Train a detector: `python train.py --help`."""

from yolo.cli import run

if __name__ == "__main__":
    run("train")
