"""Write a dataset in the layout of PASCAL VOC: JPEGImages, Annotations, and lists in ImageSets/Main."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from yolo.data.writing.file_names import file_names
from yolo.data.writing.new_files import NewFiles
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.label_files.voc_xml import annotation_xml, label_map


def write(data: WholeDataset, files: NewFiles) -> None:
    """Write the dataset; the file of a picture without objects holds none."""
    names = file_names(data, range(len(data.sizes)))
    stems = [PurePosixPath(names[i]).with_suffix("").as_posix() for i in range(len(names))]
    for i, annotation in enumerate(data.dataset.annotations):
        files.picture(annotation.path, f"JPEGImages/{names[i]}")
        named = replace(annotation, path=Path("JPEGImages", names[i]))
        files.text(f"Annotations/{stems[i]}.xml", [annotation_xml(named, data.sizes[i], data.dataset.class_names)])
    for split, positions in data.splits.items():
        files.text(f"ImageSets/Main/{split}.txt", (f"{stems[i]}\n" for i in positions))
    files.text("labelmap.txt", label_map(data.dataset.class_names))
