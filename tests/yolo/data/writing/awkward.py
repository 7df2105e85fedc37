"""A data folder with everything that is hard to write, and what can be compared after it was written."""

import numpy as np

from tests.yolo.data.folders import write_text
from yolo import picture_files
from yolo.data.data_folder import DataFolder

OBJECT = (
    "<object><name>{0}</name><difficult>{5}</difficult><bndbox><xmin>{1}</xmin><ymin>{2}</ymin><xmax>{3}</xmax>"
    "<ymax>{4}</ymax></bndbox></object>"
)
PICTURES = {  # stem -> (ending, height, width, objects)
    "cam1/frame 1": (".JPG", 24, 32, [("dog", 1, 1, 32, 24, 0), ("Katze & <Kater>", 3, 4, 3, 4, 1)]),
    "cam2/frame 1": (".png", 40, 30, [("dog", 10.4, 2.25, 29.99999, 33.12345, 0)]),
    "日本": (".jpg", 24, 33, [("dog", 2, 2, 9, 9, 1), ("bird", 5, 6, 20, 21, 0)]),
    "empty": (".jpg", 25, 32, []),
    "a.b": (".bmp", 26, 32, [("bird", 1.5, 1, 8.5, 26, 0)]),
    "unlisted": (".jpg", 27, 32, [("dog", 4, 4, 5, 5, 0)]),
}
LISTS = {"train": "cam2/frame 1\r\ncam1/frame 1\r\nempty\r\n", "val": "日本\na.b", "extra": "a.b\nempty\n"}


def awkward(root):
    """Write the data folder in VOC's format."""
    for number, (stem, (ending, height, width, objects)) in enumerate(PICTURES.items()):
        picture = root / "JPEGImages" / f"{stem}{ending}"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture_files.write(picture, np.full((height, width, 3), 20 * number, np.uint8))
        body = "".join(OBJECT.format(name.replace("&", "&amp;").replace("<", "&lt;"), *rest) for name, *rest in objects)
        write_text(root / "Annotations" / f"{stem}.xml", f"<annotation>{body}</annotation>")
    for name, text in LISTS.items():
        write_text(root / "ImageSets" / "Main" / f"{name}.txt", text)
    return root


def content(folder, split, **settings):
    """For each picture of a split in order: its bytes, the names of its classes, its boxes and its difficult marks."""
    dataset = DataFolder(folder, **settings).load(split)
    return [
        (
            one.path.read_bytes(),
            [dataset.class_names[label] for label in one.labels],
            one.boxes.tolist(),
            one.difficult.tolist(),
        )
        for one in dataset.annotations
    ]
