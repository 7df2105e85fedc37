"""`python predict.py SOURCE ...`: find objects in pictures, videos, webcams and streams; see --help."""

from yolo.cli import run

if __name__ == "__main__":
    run("predict")
