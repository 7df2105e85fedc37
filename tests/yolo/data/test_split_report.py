"""The table of a split, and the sentences on what could not be done."""

from collections import Counter

from yolo.data.split_report import missed_sizes, missing_classes, table

CONTENT = {
    "train": [Counter(cell=3, plate=1), Counter(cell=1), Counter()],
    "val": [Counter(cell=2)],
    "test": [Counter(plate=4)],
}


def test_the_table_counts_pictures_and_objects_of_each_class():
    assert [list(row) for row in table(CONTENT, ("plate", "cell", "worm"))] == [
        ["", "train", "objects", "val", "objects", "test", "objects"],
        ["plate", 1, 1, 0, 0, 1, 4],
        ["cell", 2, 4, 1, 2, 0, 0],
        ["worm", 0, 0, 0, 0, 0, 0],
        ["without objects", 1, 0, 0, 0, 0, 0],
        ["all", 3, 5, 1, 2, 1, 4],
    ]


def test_without_bare_pictures_there_is_no_row_for_them():
    assert [row[0] for row in table({"train": [Counter(cell=1)]}, ("cell",))] == ["", "cell", "all"]


def test_a_split_without_a_class_is_told_with_the_number_of_pictures_of_the_class():
    assert list(missing_classes(CONTENT)) == [
        "val shows nothing of 1 class: plate (in 2 pictures)",
        "test shows nothing of 1 class: cell (in 3 pictures)",
    ]


def test_many_missing_classes_are_named_from_the_rarest_on_and_counted():
    content = {"train": [Counter(f"c{i:02d}" for i in range(k)) for k in range(1, 13)], "val": [Counter()]}
    (sentence,) = missing_classes(content)
    assert sentence.startswith("val shows nothing of 12 classes: c11 (in 1 picture), c10 (in 2 pictures), ")
    assert sentence.endswith("c04 (in 8 pictures) and 4 more")


def test_missed_sizes_are_told_with_the_largest_group():
    assert list(missed_sizes(CONTENT, [3, 1, 1], 1, "")) == []
    assert list(missed_sizes(CONTENT, [2, 1, 2], 3, "the group 'street'")) == [
        "train has 3 pictures instead of 2, test has 1 picture instead of 2, because what belongs together is not "
        "divided; the group 'street' alone holds 60% of all pictures"
    ]
