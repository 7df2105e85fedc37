"""Files in the format of COCO JSON: what is read, and what is left out with its line."""

import contextlib
import io
import json

import numpy as np
import pytest
from pycocotools.coco import COCO

from tests.yolo.data.folders import write_text
from tests.yolo.data.formats.coco_sets import CATEGORIES, coco, image, thing, write_coco
from yolo.data.formats import coco_json
from yolo.data.formats.coco_objects import key_of
from yolo.errors import UserError


def written(path):
    """name -> what the file says about each picture that has objects."""
    file = coco_json.read(path)
    found = file.objects.annotations(file.categories, {one.number: one.size for one in file.pictures})
    return {one.name: found[one.number] for one in file.pictures if one.number in found}


def fours(numbers):
    return [tuple(numbers[i : i + 4]) for i in range(0, len(numbers), 4)]


@pytest.mark.parametrize("order", ["images annotations categories", "annotations categories images"])
def test_arrays_may_come_in_any_order(tmp_path, order):
    content = coco([image(7, "a.jpg"), image(8, "b.jpg")], [thing(8, [1, 2, 3, 4.5], 18), thing(7, [0, 0, 9, 9], 1)])
    path = tmp_path / "a.json"
    path.write_text(json.dumps({key: content[key] for key in order.split()}))
    found = written(path)
    assert found["a.jpg"].names == ["dog"]
    assert found["b.jpg"].names == ["traffic light"]
    assert fours(found["b.jpg"].numbers) == [(1, 2, 4, 6.5)]
    assert found["b.jpg"].size == [32, 24]
    assert (found["b.jpg"].counts, found["b.jpg"].signs) == ({}, [])


def test_what_is_read_is_what_pycocotools_reads(tmp_path):
    rng = np.random.default_rng(5)
    keys = [int(key) for key in rng.choice(10_000, 60, replace=False)]
    categories = [{"id": int(key), "name": f"class {key}"} for key in rng.choice(500, 20, replace=False)]
    images = [
        image(key, f"{key}.jpg", width=int(rng.integers(9, 999)), height=int(rng.integers(9, 999))) for key in keys
    ]
    things = [
        thing(
            int(rng.choice(keys[:50])),
            [round(float(side), 3) for side in rng.random(4) * 300 + 0.01],
            int(rng.choice([category["id"] for category in categories])),
            id=number,
            iscrowd=int(rng.random() < 0.2),
        )
        for number in range(1, 400)
    ]
    path = write_coco(tmp_path / "a.json", images, things, categories)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = COCO(str(path))
    found = written(path)
    assert [one.name for one in coco_json.read(path).pictures] == [one["file_name"] for one in theirs.dataset["images"]]
    assert [*coco_json.read(path).categories] == sorted(theirs.cats)
    for key, one in theirs.imgs.items():
        objects = theirs.loadAnns(theirs.getAnnIds([key]))
        assert (one["file_name"] in found) == bool(objects)
        if objects:
            mine = found[one["file_name"]]
            assert mine.size == [one["width"], one["height"]]
            assert mine.names == [theirs.cats[each["category_id"]]["name"] for each in objects]
            assert mine.difficult == [each["iscrowd"] == 1 for each in objects]
            x, y, width, height = np.array([each["bbox"] for each in objects]).T
            assert np.array_equal(np.array(fours(mine.numbers)).T, [x, y, x + width, y + height])


def test_classes_come_in_the_order_of_their_ids_numbers_before_words(tmp_path):
    categories = [{"id": key, "name": f"c{key}"} for key in (18, "b", 3, "2", "a", 0)]
    path = write_coco(tmp_path / "a.json", [image(1, "a.jpg")], [thing(1, [0, 0, 1, 1], "18")], categories)
    assert [*coco_json.read(path).categories.values()] == ["c0", "c2", "c3", "c18", "ca", "cb"]
    assert written(path)["a.jpg"].names == ["c18"]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (1, 1),
        (1.0, 1),
        ("1", 1),
        ("01", "01"),
        ("a", "a"),
        (-3, -3),
        (1.5, 1.5),
        ("", ""),
        ("²", "²"),
        ("9" * 30, "9" * 30),
    ],
)
def test_ids_are_equal_as_numbers_and_as_texts(value, key):
    assert key_of(value) == key


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}, float("nan")])
def test_other_values_are_no_ids(value):
    assert key_of(value) is None


@pytest.mark.parametrize(
    ("mark", "difficult"),
    [
        ({"iscrowd": 1}, True),
        ({"iscrowd": True}, True),
        ({"iscrowd": "1"}, True),
        ({"ignore": 1}, True),
        ({"iscrowd": 0, "ignore": 0}, False),
        ({"iscrowd": None}, False),
        ({"iscrowd": [1]}, False),
        ({}, False),
    ],
)
def test_crowds_and_ignored_objects_are_difficult(tmp_path, mark, difficult):
    path = write_coco(tmp_path / "a.json", [image(1, "a.jpg")], [thing(1, [0, 0, 1, 1], **mark)])
    assert written(path)["a.jpg"].difficult == [difficult]


def test_each_kind_of_doubtful_object_is_counted_with_the_line_of_the_first(tmp_path):
    objects = [
        thing(1, [1, 1, 5, 5]),
        thing(1, [1, 1, 5]),
        thing(1, [9, 9, 5, 5], 77),
        thing(1, [2, 2, 5, 0]),
        thing(1, [1, 1, 5, 5]),
        thing(1, None, segmentation=[[1, 1, 3, 2]]),
        thing(1, [5, 5, 4, 4, 90]),
        thing(1, [1, 2, "3", 4]),
        thing(1, [2, 2, -5, 3]),
        thing(1, [3, 3, 5, 5], None),
    ]
    lines = ",\n".join(map(json.dumps, objects))
    rest = coco([image(1, "a.jpg")], [])
    write_text(
        tmp_path / "a.json", f'{{"annotations": [\n{lines}],\n{json.dumps(rest)[1:]}'.replace('"annotations": [], ', "")
    )
    found = written(tmp_path / "a.json")["a.jpg"]
    assert fours(found.numbers) == [
        (1, 1, 6, 6),
        (2, 2, 7, 2),
        (1, 1, 6, 6),
        (1, 1, 3, 2),
        (3, 3, 7, 7),
        (2, 2, -3, 5),
    ]
    assert found.counts == {"bad object": 2, "unknown category": 2, "twice": 1, "polygon": 1, "turned box": 1}
    assert found.lines == {
        "bad object": 3,
        "unknown category": 4,
        "without area": 5,
        "twice": 6,
        "polygon": 7,
        "turned box": 8,
        "exchanged": 10,
    }


def test_an_annotation_id_that_is_there_twice_loses_no_object(tmp_path):
    path = write_coco(
        tmp_path / "a.json", [image(1, "a.jpg")], [thing(1, [0, 0, 1, 1], id=1), thing(1, [5, 5, 1, 1], id=1)]
    )
    assert len(written(path)["a.jpg"].names) == 2


def test_objects_of_an_id_that_two_pictures_have_are_given_to_neither(tmp_path):
    images = [image(1, "a.jpg"), image(2007, "b.jpg"), image(2007, "c.jpg")]
    path = write_coco(tmp_path / "a.json", images, [thing(1, [0, 0, 1, 1]), thing(2007, [0, 0, 2, 2])])
    file = coco_json.read(path)
    assert [one.name for one in file.pictures] == ["a.jpg"]
    assert [problem.split(":")[0] for problem in file.problems] == [
        "1 picture with the id of an earlier one left out",
        "1 picture with the id of a later one left out",
        "1 object whose image_id belongs to no picture or to several left out",
    ]


def test_a_file_that_gives_one_id_to_all_pictures_is_refused(tmp_path):
    path = write_coco(tmp_path / "a.json", [image(7, "a.jpg"), image(7, "b.jpg")], [thing(7, [0, 0, 1, 1])])
    with pytest.raises(UserError, match="gives the same id to several pictures"):
        coco_json.read(path)


def test_entries_that_cannot_be_used_are_told_with_their_lines(tmp_path):
    images = [
        image(1, "a.jpg"),
        image(None, "b.jpg"),
        {"id": 3},
        image("1", "a.jpg"),
        5,
        image(6, "", coco_url="x/d.jpg"),
    ]
    things = [thing(1, [0, 0, 1, 1]), thing(3, [0, 0, 1, 1]), 7, {"bbox": [1, 2, 3, 4], "category_id": 1}]
    categories = [*CATEGORIES, {"id": 4}, {"name": "x"}, {"id": 1, "name": "y"}, {"id": 9, "name": " dog\n"}]
    text = json.dumps(coco(images, things, categories))
    for part in ("}, {", "}, 5", "5, {", "}, 7", "7, {"):
        text = text.replace(part, part.replace(", ", ",\n"))
    write_text(tmp_path / "a.json", text)
    file = coco_json.read(tmp_path / "a.json")
    assert [one.name for one in file.pictures] == ["a.jpg", "x/d.jpg"]
    assert [one.line for one in file.pictures] == [1, 6]
    assert file.problems == (
        "3 pictures without an id or a file_name left out: a.json:2, a.json:3, a.json:5",
        "1 picture listed again left out: a.json:4",
        "2 categories without an id or a name left out: a.json:12, a.json:13",
        "1 category with the id of an earlier one left out: a.json:14",
        "3 objects whose image_id belongs to no picture or to several left out: a.json:7, a.json:8, a.json:9",
        "2 categories in a.json are called 'dog' and taken as one class",
    )


@pytest.mark.parametrize(
    ("sides", "size"),
    [
        ({"width": 640.0, "height": 480}, [640, 480]),
        ({"width": None}, [0, 0]),
        ({"width": "640"}, [0, 0]),
        ({"width": -1}, [0, 0]),
        ({"height": float("nan")}, [0, 0]),
        ({"height": 10**400}, [0, 0]),
    ],
)
def test_a_size_that_is_none_is_not_stated(tmp_path, sides, size):
    path = write_coco(tmp_path / "a.json", [image(1, "a.jpg", **sides)], [])
    assert coco_json.read(path).pictures[0].size == size


def test_names_without_meaning_for_a_terminal_or_a_disk_are_made_harmless(tmp_path):
    path = write_coco(
        tmp_path / "a.json",
        [image(1, "a\u0000\ud800.jpg")],
        [],
        [{"id": 1, "name": "  a \u001b[31m\ud800  b\t"}, {"id": 2, "name": 5}],
    )
    file = coco_json.read(path)
    assert file.pictures[0].name == "a??.jpg"
    assert [*file.categories.values()] == ["a [31m b", "5"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (coco([image(1, "a.jpg")], []), "coco"),
        ({"info": {}, "licenses": [{"id": 1}], **coco([{"id": 1, "coco_url": "http://x/a.jpg"}], [])}, "coco"),
        ({"annotations": [thing(1, [1, 2, 3, 4])]}, "coco"),
        ([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}], "detections"),
        ([{"image": "a.jpg", "annotations": []}], "other"),  # CreateML
        ([], "other"),
        ({}, "other"),
        ({"version": "5.4.1", "flags": {}, "shapes": [], "imagePath": "a.jpg"}, "other"),  # LabelMe
        ({"categories": {"label": {"labels": []}}, "items": []}, "other"),  # datumaro
        ({"images": ["a.jpg"], "annotations": "none", "categories": [{"id": 1, "name": "x"}]}, "other"),
        ({"features": [{"type": "Feature"}] * 20_000, "images": [image(1, "a.jpg")]}, "other"),
    ],
)
def test_the_first_elements_tell_the_format(tmp_path, content, kind):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    assert coco_json.look(path) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"images": [image(1, "a.jpg")], "annotations": [{"image_id": 1, "caption": "a dog"}]}, "holds no categories"),
        ({"images": [image(1, "a.jpg")], "categories": list(CATEGORIES)}, "holds no annotations"),
        (coco([], []), "holds no pictures"),
        (coco([image(1, "a.jpg")], [{"image_id": 1, "segments_info": []}]), "names no category of its annotations"),
    ],
)
def test_files_for_another_purpose_are_told_from_those_of_objects(tmp_path, content, reason):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    with pytest.raises(coco_json.NoObjectsError) as error:
        coco_json.read(path)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"images": {"1": {"file_name": "a.jpg"}}}', "'images' in line 1 is no array"),
        ('{"images": [],\n"annotations": [],\n"images": []}', "'images' in line 3 stands there twice"),
        ('{"images": [{"id": 1, "file_name": "a.jpg"}],\n"annotations": [{"bbox": [1,', "it ends in line 2, cut short"),
    ],
)
def test_damage_is_told_with_its_line(tmp_path, text, fault):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(UserError, match=f"cannot read .*{fault}; export it again"):
        coco_json.read(path)
