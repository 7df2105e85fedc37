"""Find objects in pictures, videos, webcams and streams: `python predict.py --help`."""

from yolo.cli import run

if __name__ == "__main__":
    run("predict")
