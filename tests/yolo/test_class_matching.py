"""Which classes of two lists are the same."""

import pytest

from yolo.bundled_data import bundled
from yolo.class_lists import read_names
from yolo.class_matching import OTHER_WORDS, match_classes


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("person", "Person"),
        ("traffic light", "Traffic_Light"),
        ("traffic-light", " traffic  light"),
        ("Ärger", "a\u0308rger"),  # a letter and its dots apart, as macOS writes it in the names of files
        ("straße", "STRASSE"),
        ("aeroplane", "airplane"),
        ("TV", "tvmonitor"),
        ("Motor-Cycle", "motor_cycle"),
        ("Dining_Table", "diningtable"),
    ],
)
def test_a_name_may_be_written_in_another_way(name, other):
    assert match_classes((name,), (other,)) == {name: other}
    assert match_classes((other,), (name,)) == {other: name}


@pytest.mark.parametrize(("name", "other"), [("car", "cars"), ("1-1", "11"), ("cat", "dog"), ("no helmet", "helmet")])
def test_other_names_are_other_classes(name, other):
    assert match_classes((name,), (other,)) == {}


@pytest.mark.parametrize(
    ("names", "others", "same"),
    [
        (("Car", "car"), ("car",), {"car": "car"}),
        (("Car", "CAR"), ("car",), {}),
        (("Car",), ("CAR", "car"), {}),
        (("Car", "car"), ("car", "CAR"), {"car": "car", "Car": "CAR"}),
        (("Sofa", "couch"), ("sofa", "couch"), {"Sofa": "sofa", "couch": "couch"}),
        (("sofa", "couch"), ("couch",), {"couch": "couch"}),
        (("sofa", "Couch"), ("couch",), {"Couch": "couch"}),
        ((), ("car",), {}),
    ],
)
def test_the_name_as_it_is_comes_first_and_what_is_not_clear_is_left_out(names, others, same):
    assert match_classes(names, others) == same


def test_all_classes_of_pascal_voc_are_found_in_the_list_of_darknet_and_in_the_words_of_coco():
    voc, darknet = (read_names(bundled(f"{name}_classes.txt")) for name in ("voc", "coco"))
    coco = tuple(OTHER_WORDS.get(name, name) for name in darknet)
    assert set(OTHER_WORDS) < set(voc)
    assert match_classes(voc, darknet) == {name: name for name in voc}
    assert match_classes(voc, coco) == {name: OTHER_WORDS.get(name, name) for name in voc}
