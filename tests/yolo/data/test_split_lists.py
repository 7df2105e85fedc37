"""Lists as VOC, labelling tools and scripts write them, and what is taken where none is for training."""

import os

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import data_folder
from yolo.data.split_choice import choose
from yolo.errors import UserError

STEMS = [f"a{i}" for i in range(10)]
LOST = "{} of a list left out because no picture has that name: {}; bring the pictures"


def root_with(root, lists, stems=STEMS):
    voc_root(root, {stem: xml(DOG) for stem in stems}, suffix=".png")
    for name, content in lists.items():
        path = root / "ImageSets" / "Main" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else "\n".join(content).encode())
    return root


def stems(root, split):
    return [str(known.path.relative_to(root / "JPEGImages").with_suffix("").as_posix())
            for known in data_folder.load(root, split).annotations]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ["a1.png", "a2.PNG", "a3.jpg", "a4.xml"],
        [r"D:\data\a1.png", r"C:\a2.jpg", r"..\a3", r"\\server\share\a4.png"],
        ["data/obj/a1.jpg", "/home/me/a2.png", "./a3", "JPEGImages/a4.png"],
        ['"a1.png"', "'a2'", "a3.png", '  "a4"  '],
        ["a1  1", "a2 0", "a3.png -1", "  a4.png\t1  "],
        "a1\r\na2\r\n\r\na3\r\n  \r\na4".encode("utf-16"),
        "\ufeffa1\r\na2\r\na3\r\na4\r\n".encode(),
        b"a1\ra2\ra3\ra4\r",
    ],
    ids=["endings", "Windows", "folders", "quotes", "columns", "UTF-16", "mark of UTF-8", "old Mac"],
)
def test_a_line_may_name_a_picture_in_many_ways(tmp_path, lines):
    root = root_with(tmp_path, {"train": lines})
    assert stems(root, "train") == ["a1", "a2", "a3", "a4"]
    assert data_folder.load(root, "train").problems == ()


def test_a_name_that_looks_like_a_path_or_an_ending_is_taken_as_it_is_first(tmp_path):
    root = root_with(tmp_path, {"train": ["a.jpg", "b 1", "c"]}, ["a", "a.jpg", "b", "b 1", "c"])
    assert stems(root, "train") == ["a.jpg", "b 1", "c"]


@pytest.mark.parametrize(
    ("lines", "taken", "lost"),
    [
        (["cell 1", "cell 2"], ["cell 2"], "cell 1"),
        (["cell 2", "dot", "cell 1"], ["cell 2", "dot"], "cell 1"),
        (["cell 1.png", "cell 2.png"], ["cell 2"], "cell 1.png"),
        (["dot 0", "cell 1"], ["dot 0"], "cell 1"),  # every line ends as a column does, but one is a name
        (["cell", "cell -1"], ["cell"], "cell -1"),
        (["cell 1", "gone 0", "dot -1"], ["cell", "dot"], "gone"),  # a column, and one picture is missing
    ],
)
def test_a_number_after_a_name_is_no_column_where_pictures_are_numbered_so(tmp_path, lines, taken, lost):
    root = root_with(tmp_path, {"train": lines}, ["cell", "cell 2", "dot", "dot 0"])
    assert stems(root, "train") == taken
    assert data_folder.load(root).problems == (LOST.format("1 entry", lost),)


@pytest.mark.parametrize("odd", ["a4", "a4.png", "gone", "# cats"])
def test_a_line_without_a_column_leaves_the_column_of_the_others(tmp_path, odd):
    root = root_with(tmp_path, {"train": ["a0  1", "a1 -1", "a2.png  1", "day/a3 0", odd]})
    assert stems(root, "train") == ["a0", "a1", "a2", "a3", "a4"][: 5 if odd.startswith("a4") else 4]


@pytest.mark.parametrize("sibling", ["cell 7", "cell -1", "day/cell 07"])
def test_a_number_stays_where_one_picture_is_called_as_another_with_a_number(tmp_path, sibling):
    root = root_with(tmp_path, {"train": ["cell 1", "a0 1", "a1"]}, ["cell", sibling, "a0", "a1"])
    assert stems(root, "train") == ["a0", "a1"]
    assert data_folder.load(root).problems == (LOST.format("1 entry", "cell 1"),)


def test_a_column_without_which_no_line_names_a_picture_is_told_as_it_is_written(tmp_path):
    root = root_with(tmp_path, {"train": ["a1"], "old": ["x 1", "y 0"]})
    with pytest.raises(UserError, match=LOST.format("2 entries", "x 1, y 0")):
        data_folder.load(root, "old")


def test_pictures_of_one_name_in_two_folders_are_told_apart_by_the_path_in_the_list(tmp_path):
    root = root_with(
        tmp_path, {"train": ["day1/a", "data/day2/a.png", r"x\only.png"]}, ["a", "day1/a", "day2/a", "day2/only"]
    )
    assert stems(root, "train") == ["day1/a", "day2/a", "day2/only"]
    assert stems(root, "all") == ["a", "day1/a", "day2/a", "day2/only"]
    assert data_folder.load(root, "train").problems == ()


def test_lines_without_a_picture_are_counted_and_named_whichever_split_is_read(tmp_path):
    root = root_with(tmp_path, {"train": ["a1", "gone", "lost/b.png"], "val": ["a2", "x 1"]})
    assert data_folder.load(root, "train").problems == (LOST.format("2 entries", "gone, lost/b.png"),)
    assert data_folder.load(root, "all").problems == (LOST.format("3 entries", "gone, lost/b.png, x 1"),)


@pytest.mark.parametrize(
    ("lists", "train", "note"),
    [
        ({"Train": STEMS[:7], "Validation": STEMS[7:]}, STEMS[:7], None),
        ({"trainval": STEMS[:9], "val": STEMS[6:9], "test": STEMS[9:]}, STEMS[:6], "'trainval' is split into train 6"),
        ({"test": STEMS[8:]}, STEMS[:8], "train 8, all that are not in 'test'"),
        ({"val": STEMS[:1], "test": STEMS[8:]}, STEMS[1:8], "train 7, all that are not in 'val' and 'test'"),
        ({"default": STEMS[:9], "test": STEMS[7:]}, STEMS[:7], "train 7, all that are not in 'test'"),
        (
            {"cat_train": ["a0.png 1", "a1.png -1"], "dog_train": ["a1.png 1"], "cat_val": ["a2.png 1"]},
            ["a0", "a1"],
            "those of single classes are joined to train 2, val 1",
        ),
        ({"cat_trainval": ["a0 1", "a1 -1", "a2 1"], "cat_val": ["a1 -1"]}, ["a0", "a2"], "'trainval' is split"),
    ],
)
def test_where_there_is_no_list_for_training_what_is_taken_is_said(tmp_path, lists, train, note):
    root = root_with(tmp_path, lists)
    assert stems(root, "train") == train
    notes = data_folder.load(root, "train").notes
    assert notes == () if note is None else f"no list 'train': {note}" in notes[0]


def test_the_only_list_is_split_by_hash_whatever_it_is_called(tmp_path):
    names = [f"p{i}" for i in range(120)]
    root = root_with(tmp_path, {"default": names[:-1], "labels": ["dog", "cat"]}, names)
    dataset = data_folder.load(root)
    parts = [stems(root, name) for name in ("train", "val", "test")]
    assert sorted(stem for part in parts for stem in part) == sorted(names[:-1])
    sizes = "train {}, val {}, test {}".format(*map(len, parts))
    assert dataset.notes == (f"no list 'train': 119 pictures of default.txt split by a hash of the names into {sizes}",)
    assert len(stems(root, "default")) == 119


def test_trainval_alone_gives_a_tenth_to_val(tmp_path):
    root = root_with(tmp_path, {"trainval": STEMS})
    assert len(stems(root, "train")) == 9
    assert sorted(stems(root, "train") + stems(root, "val")) == STEMS


def test_a_split_that_is_absent_is_answered_with_the_flag_to_add(tmp_path):
    root = root_with(tmp_path, {"train": STEMS[:5], "mine": STEMS[5:]})
    with pytest.raises(UserError, match="no split 'val': choose from mine, train, all, as in --val-split mine"):
        data_folder.DataFolder(root).load("val", flag="--val-split")


def test_a_list_in_no_encoding_we_know_is_named(tmp_path):
    root = root_with(tmp_path, {"train": "bär".encode("cp1252")})
    with pytest.raises(UserError, match=r"train\.txt"):
        data_folder.load(root)


def test_30_pictures_are_split_20_5_5_and_it_is_said(tmp_path):
    root = voc_root(tmp_path, {f"p{i}": xml(DOG) for i in range(30)})
    write_picture(root / "JPEGImages" / "bare.jpg")
    dataset = data_folder.load(root)
    assert [len(data_folder.load(root, name)) for name in ("train", "val", "test", "trainval")] == [20, 5, 5, 25]
    assert dataset.notes == ("no list 'train': 30 pictures split by a hash of the names into train 20, val 5, test 5",)


def test_a_data_set_whose_test_list_holds_everything_has_nothing_to_train_on():
    choice = choose({"test": ("a", "b")}, {"a", "b"}, {"a", "b"})
    assert "train" not in choice.splits


def test_lists_may_lie_in_imagesets_itself(tmp_path):
    root = root_with(tmp_path, {})
    write_text(root / "ImageSets" / "train.txt", "a1\na2\n")
    assert stems(root, "train") == ["a1", "a2"]


def test_lists_in_capitals_are_read(tmp_path):
    root = root_with(tmp_path, {})
    write_text(root / "ImageSets" / "Main" / "TRAIN.TXT", "a1\na2\n")
    write_text(root / "ImageSets" / "Main" / "VAL.TXT", "a3\n")
    assert (stems(root, "train"), stems(root, "val")) == (["a1", "a2"], ["a3"])


@pytest.mark.parametrize("name", ["notes", "test", "val"])
def test_a_list_that_cannot_be_read_is_named_and_left_out_unless_it_is_asked_for(tmp_path, name):
    source = data_folder.DataFolder(root_with(tmp_path, {"train": STEMS[:6], name: "bär".encode("cp1252")}))
    assert source.splits == ("train",)
    (said,) = source.load("train").problems
    assert said.startswith(f"the list '{name}' is left out: the list ")
    assert f"{name}.txt is no text in UTF-8" in said
    with pytest.raises(UserError, match=rf"{name}\.txt is no text in UTF-8"):
        source.load(name)


def test_a_list_on_which_the_choice_for_training_depends_must_be_readable(tmp_path):
    root = root_with(tmp_path, {"test": STEMS[:6], "val": "bär".encode("cp1252")})
    with pytest.raises(UserError, match=r"val\.txt"):
        data_folder.DataFolder(root)


def test_a_name_in_another_folder_that_ends_as_a_column_does_is_found(tmp_path):
    root = root_with(tmp_path, {"train": ["IMG 0", "IMG 1.png", "IMG 2", "IMG 1"]}, ["b/IMG 0", "b/IMG 1", "b/IMG 2"])
    assert stems(root, "train") == ["b/IMG 0", "b/IMG 1", "b/IMG 2"]
    assert data_folder.load(root, "train").problems == ()


def test_lists_beside_the_folder_of_pictures_are_taken_and_it_is_said(tmp_path):
    root = root_with(tmp_path, {})
    write_text(root / "train.txt", "JPEGImages/a1.png\n/home/me/a2.png\n")
    write_text(root / "Valid.txt", "a3\n")
    write_text(root / "classes.txt", "dog\n")
    assert (stems(root, "train"), stems(root, "val")) == (["a1", "a2"], ["a3"])
    assert f"Valid.txt, train.txt in {root} taken as lists" in data_folder.load(root).notes
    write_text(root / "ImageSets" / "Main" / "train.txt", "a5\n")
    assert stems(root, "train") == ["a5"]


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_list_that_is_no_file_is_told_and_not_waited_for(tmp_path, kind):
    root = voc_root(tmp_path, dict.fromkeys("abc", xml(DOG)), {"val": "a\n"})
    path = root / "ImageSets" / "Main" / "train.txt"
    if kind == "folder":
        path.mkdir()
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("this system has no named pipes")
    with pytest.raises(UserError, match=r"the list .*train\.txt is no regular file"):
        data_folder.load(root, "val")
