"""The datasets of the comparison, in VOC's format for this project and in Ultralytics' for the others."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from yolo.data import data_folder
from yolo.data.dataset import Dataset
from yolo.data.demo import demo_set

ROOT = Path(__file__).resolve().parents[2]
TRAIN_SPLITS = {"bccd": "trainval", "fruit300": "train", "demo": "train"}  # by the name of the dataset


@dataclass(frozen=True)
class ComparedData:
    """A dataset to train on and to score on.

    Attributes:
        name: in the table.
        folder: in VOC's format.
        train_split: the split to train on.
        train: the number of its pictures.
        yaml: describes the same pictures to Ultralytics.
        test: the pictures to score on, which take no part in training.
    """

    name: str
    folder: Path
    train_split: str
    train: int
    yaml: Path
    test: Dataset

    @property
    def pictures(self) -> list[str]:
        """Return the paths of the test pictures."""
        return [str(known.path.resolve()) for known in self.test.annotations]


def prepare(name: str, shared: Path, work: Path) -> ComparedData:
    """Return a dataset, after writing what is to be written of it.

    Args:
        name: one of TRAIN_SPLITS.
        shared: the folder with the data that are not drawn.
        work: the folder to write into; what lies there of an earlier call is written anew.
    """
    folder, converted, train_split = shared / name, work / f"{name}-yolo", TRAIN_SPLITS[name]
    if name == "demo":
        folder = work / name
        shutil.rmtree(folder, ignore_errors=True)
        demo_set.write(folder)
    shutil.rmtree(converted, ignore_errors=True)
    command = [sys.executable, "-m", "yolo", "convert-data", str(folder), str(converted), "--format", "yolo"]
    subprocess.run(command, cwd=ROOT, check=True)
    train, test = (data_folder.load(folder, split) for split in (train_split, "test"))
    description = work / f"{name}.yaml"
    description.write_text(describe(converted, train_split, test.class_names), encoding="utf-8")
    return ComparedData(name, folder, train_split, len(train), description, test)


def describe(converted: Path, train_split: str, class_names: tuple[str, ...]) -> str:
    """Return the text of a `data.yaml` for Ultralytics, whose validation pictures are one training picture.

    It validates the last epoch whatever it is told. Nothing is chosen by that, so one picture wastes least time.
    """
    splits = ["train", "val"] if train_split == "trainval" else [train_split]
    first = (converted / "train.txt").read_text(encoding="utf-8").split("\n")[0]
    (converted / "one.txt").write_text(first + "\n", encoding="utf-8")
    lists = {"train": [f"{split}.txt" for split in splits], "val": "one.txt"}
    return yaml.safe_dump({"path": str(converted), **lists, "names": dict(enumerate(class_names))})
