"""Write annotated pictures in another format: VOC XML, YOLO txt or COCO JSON.

IN is whatever training takes. OUT is a new folder, which appears when it is complete. It gets the pictures, the splits
in their order, and the boxes, classes and difficult marks, but no outlines, poses or other attributes.

Difficult objects are kept, because they are real, and training takes what is left out for background. YOLO has no mark
for them, so there they become objects like the others.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from yolo.cli.command import Command
from yolo.config import ConvertDataConfig
from yolo.shell import command, quoted
from yolo.wording import counted, printable

if TYPE_CHECKING:
    from yolo.data.writing.whole_dataset import WholeDataset

EXAMPLES = (
    ("python -m yolo convert-data my-pictures my-pictures-yolo --format yolo", "for Ultralytics and others"),
    ("python -m yolo convert-data my-pictures my-pictures-coco --format coco --pictures link", "without copies"),
)
COMMAND = Command("convert-data", ConvertDataConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.data import data_folder
    from yolo.data.writing import conversion, new_folder, whole_dataset

    assert config.format is not None  # it is required
    new_folder.refuse_inside(config.output, config.data)
    folder = data_folder.DataFolder.of(config)
    new_folder.refuse_among(config.output, folder.layouts)
    data = whole_dataset.gather(folder)
    data_folder.log_remarks(data.dataset)
    dropped = conversion.difficult_objects(data) if config.difficult == "drop" else 0
    if dropped:
        data = conversion.without_difficult(data)
    copied = conversion.convert(data, config.output, config.format, config.pictures == "link")
    print(printable(f"written to {config.output} as {conversion.NAMES[config.format]}: {described(data)}"))
    for loss in conversion.losses(data, config.format):
        print(printable(loss))
    if dropped:
        print(f"{counted(dropped, 'difficult object')} left out, as asked by --difficult drop")
    if copied:
        print(f"{counted(copied, 'picture')} copied, as the system could not link them")
    print("to train on them:")
    print(f"{command('train')} --data {quoted(config.output)}")


def described(data: "WholeDataset") -> str:
    """Return the numbers of a dataset: `5 pictures (1 without objects), 9 objects of 2 classes; train 4, val 1`."""
    numbers = [len(one.labels) for one in data.dataset.annotations]
    bare = numbers.count(0)
    pictures = counted(len(numbers), "picture") + (f" ({bare} without objects)" if bare else "")
    sizes = ", ".join(f"{place} {len(chosen)}" for place, chosen in data.places.items())
    classes = counted(len(data.dataset.class_names), "class")
    return f"{pictures}, {counted(sum(numbers), 'object')} of {classes}; {sizes}"
