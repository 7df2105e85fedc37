"""Write a dataset in the layout of YOLO: images, labels beside them, a list for each split, and data.yaml."""

from pathlib import PurePosixPath

from yolo.data.writing.file_names import file_names
from yolo.data.writing.new_files import NewFiles
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.label_files.yolo_txt import data_yaml, label_lines


def write(data: WholeDataset, files: NewFiles) -> None:
    """Write the dataset; the label file of a picture without objects is empty.

    A picture lies in the folder of the first split that it is in, and stands in the lists of all.
    """
    names: dict[int, str] = {}
    for place in dict.fromkeys(data.homes):
        here = file_names(data, (i for i, home in enumerate(data.homes) if home == place))
        names |= {i: f"{place}/{name}" for i, name in here.items()}
    for i, annotation in enumerate(data.dataset.annotations):
        files.picture(annotation.path, f"images/{names[i]}")
        stem = PurePosixPath(names[i]).with_suffix("").as_posix()
        files.text(f"labels/{stem}.txt", [label_lines(annotation, data.sizes[i])])
    for place, positions in data.places.items():
        files.text(f"{place}.txt", (f"./images/{names[i]}\n" for i in positions))
    lists = {place: f"{place}.txt" for place in data.places}
    files.text("data.yaml", [data_yaml(lists, data.dataset.class_names)])
