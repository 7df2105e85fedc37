"""Write a dataset in the layout of COCO: annotations/instances_train.json and images/train, and so for each split."""

from collections.abc import Iterator, Sequence

from yolo.data.writing.file_names import file_names
from yolo.data.writing.new_files import NewFiles
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.label_files.coco_json import document, image_line, object_lines


def write(data: WholeDataset, files: NewFiles) -> None:
    """Write the dataset; a picture in two splits is written for both, as each file has its own folder."""
    for place, positions in data.places.items():
        names = file_names(data, positions)
        for i in positions:
            files.picture(data.dataset.annotations[i].path, f"images/{place}/{names[i]}")
        images = (image_line(number, names[i], data.sizes[i]) for number, i in enumerate(positions, 1))
        text = document("written by yolov4-tiny", data.dataset.class_names, images, _objects(data, positions))
        files.text(f"annotations/instances_{place}.json", text)


def _objects(data: WholeDataset, positions: Sequence[int]) -> Iterator[str]:
    """Yield the entries of the objects in the pictures at these positions, which are numbered from 1."""
    written = 0
    for number, i in enumerate(positions, 1):
        lines = object_lines(data.dataset.annotations[i], number, written + 1)
        yield from lines
        written += len(lines)
