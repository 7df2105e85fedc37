"""Data sets in the format of COCO JSON, written by hand for the tests."""

import json

from tests.yolo.data.folders import write_picture, write_text

CATEGORIES = ({"id": 1, "name": "dog"}, {"id": 3, "name": "cat"}, {"id": 18, "name": "traffic light"})


def image(key, name, **more):
    return {"id": key, "file_name": name, "width": 32, "height": 24} | more


def thing(picture, bbox, category=1, **more):
    """An element of `annotations` without id and area, as labelformat writes it."""
    return {"image_id": picture, "category_id": category, "bbox": bbox} | more


def coco(images, annotations, categories=CATEGORIES):
    return {"images": list(images), "annotations": list(annotations), "categories": list(categories)}


def write_coco(path, *content, pictures=(), indent=None):
    """Write a file, `coco(*content)`, and pictures of 32 x 24 pixels below the folder of the file."""
    write_text(path, json.dumps(coco(*content), indent=indent))
    for name in pictures:
        write_picture(path.parent / name)
    return path
