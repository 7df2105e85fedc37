"""Which class names are taken for two spellings of one."""

import pytest

from yolo.data.similar_classes import similar_names


@pytest.mark.parametrize(
    ("one", "other"),
    [("Car", "car"), ("car", "cars"), ("bus", "buses"), ("traffic light", "Traffic-Light"), ("hard_hat", "hardhat")],
)
def test_two_spellings_are_told_with_their_numbers(one, other):
    (doubt,) = similar_names({one: 3, other: 1, "person": 9})
    assert doubt.count == 1
    assert set(doubt.names[0].split(" = ")) == {f"{one} 3", f"{other} 1"}


def test_all_spellings_of_a_class_are_one_group():
    (doubt,) = similar_names({"rbc": 40, "RBCs": 4, "dog": 9, "cats": 2, "RBC": 400, "cat": 7})
    assert (doubt.count, doubt.names) == (2, ("RBC 400 = RBCs 4 = rbc 40", "cat 7 = cats 2"))


def test_exchanged_letters_are_told():
    assert len(similar_names({"circle": 289, "cirlce": 1})) == 1
    assert similar_names({"circle": 289, "cirlce": 200}) == (), "or they are two classes"
    assert similar_names({"dog": 289, "dgo": 1}) == (), "short words are similar by chance"
    assert similar_names({"house": 289, "horse": 1}) == ()
    assert similar_names({"abcde": 289, "bacdf": 1}) == ()


def test_a_rare_slip_of_the_keyboard_is_told():
    assert len(similar_names({"helmet": 500, "helmt": 2})) == 1
    assert len(similar_names({"apple": 12, "aple": 1})) == 1
    assert similar_names({"apple": 12, "aple": 2}) == ()


@pytest.mark.parametrize(
    "names", [("cat", "car"), ("class 1", "class 2"), ("with_mask", "without_mask"), ("left", "right")]
)
def test_different_names_are_not(names):
    assert similar_names(dict(zip(names, (500, 2), strict=True))) == ()


def test_the_classes_of_voc_and_coco_are_all_different(repository):
    for name in ("voc_classes.txt", "coco_classes.txt"):
        lines = (repository / "model_data" / name).read_text(encoding="utf-8").splitlines()
        assert similar_names({line: 1 + 99 * i for i, line in enumerate(lines)}) == ()
