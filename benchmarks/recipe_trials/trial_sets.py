"""The pictures of the trials: training pictures of the shared datasets, of which a part is held out to score on."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.held_out_split import split


@dataclass(frozen=True)
class TrialSet:
    """Training pictures of a dataset in VOC's format.

    Attributes:
        folder: the name of the dataset.
        lists: those that are joined.
        folds: the number of parts, of which one is held out.
        epochs: of a training, unless the arm has more.
        only_class: the name that every object gets, or None for its own.
    """

    folder: str
    lists: tuple[str, ...]
    folds: int
    epochs: int
    only_class: str | None = None

    def write(self, shared: Path, seed: int, folder: Path) -> Path:
        """Make a data folder with the lists `fit` and `held`; return it.

        Args:
            shared: the folder with the datasets.
            seed: chooses the fold that is held out.
            folder: the folder to make.
        """
        split(shared / self.folder, folder, self.lists, self.folds, seed % self.folds)
        if self.only_class is not None:
            rename_objects(folder, self.only_class)
        return folder


SETS: dict[str, TrialSet] = {
    "bccd": TrialSet("bccd", ("train", "val"), folds=5, epochs=10),
    "fruit300": TrialSet("fruit300", ("train",), folds=5, epochs=10),
    "one class": TrialSet("fruit300", ("train",), folds=3, epochs=16, only_class="fruit"),
}


def rename_objects(folder: Path, class_name: str) -> None:
    """Replace the link to the annotations by copies in which all objects are of one class."""
    linked = folder / "Annotations"
    origin = linked.resolve()
    linked.unlink()
    linked.mkdir()
    for part in ("fit", "held"):
        for name in (folder / f"ImageSets/Main/{part}.txt").read_text(encoding="utf-8").split():
            tree = ElementTree.parse(origin / f"{name}.xml")
            for known in tree.iterfind("object/name"):
                known.text = class_name
            tree.write(linked / f"{name}.xml", encoding="utf-8")
