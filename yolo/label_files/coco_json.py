"""Write annotations in the JSON format of COCO, https://cocodataset.org/#format-data.

Numbers of pictures, objects and classes begin at 1: pycocotools takes an object with the number 0 for not found.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from yolo.array_types import Scores
from yolo.label_files.exact_numbers import decimal, exact
from yolo.structures import Annotation


def image_line(number: int, file_name: str, size: tuple[int, int]) -> str:
    """Return the entry of a picture; `size` is its height and width."""
    return json.dumps({"id": number, "file_name": file_name, "width": size[1], "height": size[0]})


def object_lines(annotation: Annotation, picture: int, first: int, scores: Scores | None = None) -> list[str]:
    """Return the entries of the objects in a picture.

    A difficult object is `iscrowd`, the one mark with which pycocotools lets it be found or not, and `ignore`.

    Args:
        picture: the number of the picture.
        first: the number of the first object.
        scores: if given, each is added to its entry.
    """
    lines = []
    rows = zip(annotation.labels.tolist(), annotation.difficult.tolist(), exact(annotation.boxes).tolist(), strict=True)
    for i, (label, difficult, (left, top, right, bottom)) in enumerate(rows):
        width, height = right - left, bottom - top
        box = ", ".join(map(decimal, (left, top, width, height)))
        marks = '"iscrowd": 1, "ignore": 1' if difficult else '"iscrowd": 0'
        score = "" if scores is None else f', "score": {scores[i]:.5f}'
        lines.append(
            f'{{"id": {first + i}, "image_id": {picture}, "category_id": {label + 1}, "bbox": [{box}], '
            f'"area": {decimal(width * height)}, {marks}, "segmentation": []{score}}}'
        )
    return lines


def document(
    description: str, class_names: Sequence[str], images: Iterable[str], objects: Iterable[str]
) -> Iterator[str]:
    """Yield the text of a file piece by piece, with an entry on each line; names that are not ASCII are escaped.

    Args:
        description: who has written it.
        images: the entries of the pictures.
        objects: the entries of the objects; this is iterated after `images`.
    """
    classes = (
        json.dumps({"id": number, "name": name, "supercategory": ""}) for number, name in enumerate(class_names, 1)
    )
    yield f'{{"info": {json.dumps({"description": description})},\n"licenses": []'
    for key, lines in (("categories", classes), ("images", images), ("annotations", objects)):
        yield f',\n"{key}": ['
        for number, line in enumerate(lines):
            yield f"{',' if number else ''}\n{line}"
        yield "\n]"
    yield "}\n"
