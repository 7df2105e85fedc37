"""Folders of lists: what is written is read again, for data of any format and wherever they lie."""

import json
import shutil

import pytest

from tests.yolo.data.folders import DOG, link, voc_root, write_picture, write_text, xml
from yolo.data import data_folder, list_folder
from yolo.data.formats import recognize
from yolo.data.writing import conversion, whole_dataset
from yolo.errors import UserError

CAT = ("cat", 2, 2, 9, 9)


@pytest.fixture
def data(tmp_path):
    """Six pictures of which two are for training in the lists that are there."""
    annotations = {f"{name} 1": xml(DOG, CAT) for name in "abc"} | {"d": xml(CAT), "é": xml(DOG), "empty": xml()}
    return voc_root(tmp_path / "data", annotations, {"train": "a 1\nb 1\n", "val": "d\n"})


def write(folder, data, **lists):
    """Write lists of the pictures with these stems, separated by commas."""
    paths = {stem: path for layout in recognize.find(data) for stem, path in layout.pictures.items()}
    folder.mkdir()
    lines = {
        name: [list_folder.line_of(paths[stem], data) for stem in filter(None, stems.split(","))]
        for name, stems in lists.items()
    }
    list_folder.write(folder, data, lines, {"seed": 3})
    return folder


def stems(folder, split):
    return [annotation.path.stem for annotation in data_folder.load(folder, split).annotations]


def test_lists_are_read_in_place_of_those_in_the_data(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="é,c 1,d", val="empty", test="a 1")
    assert data_folder.splits(folder) == ("test", "train", "val")
    assert stems(folder, "train") == ["é", "c 1", "d"]
    assert stems(folder, "val") == ["empty"]
    assert stems(folder, "test") == ["a 1"]
    assert sorted(stems(folder, "all")) == sorted(stems(data, "all"))
    assert data_folder.load(folder, "train").class_names == ("cat", "dog")


def test_a_list_holds_paths_relative_to_the_data_and_the_settings_stand_beside(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="d,a 1")
    assert (folder / "train.txt").read_bytes() == b"JPEGImages/d.jpg\nJPEGImages/a 1.jpg\n"
    assert json.loads((folder / "listed-data.json").read_text()) == {"data": str(data), "seed": 3}


def test_boxes_are_those_of_the_data(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="a 1")
    (one,) = data_folder.load(folder, "train").annotations
    other = next(each for each in data_folder.load(data, "all").annotations if each.path == one.path)
    assert one.boxes.tolist() == other.boxes.tolist()
    assert one.labels.tolist() == other.labels.tolist()


def test_pictures_in_no_list_are_counted_and_lines_without_a_picture_are_named(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="a 1,d")
    with (folder / "train.txt").open("a") as file:
        file.write("JPEGImages/gone.jpg\n")
    found = data_folder.load(folder, "train")
    assert f"4 pictures in no list of {folder}" in found.notes
    assert any("JPEGImages/gone.jpg" in problem for problem in found.problems)
    assert len(found) == 2


def test_an_edited_list_with_line_ends_of_windows_a_mark_blanks_and_repeats_is_read(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="a 1")
    text = "JPEGImages/a 1.jpg  \r\n\r\n  JPEGImages/d.jpg\r\nJPEGImages/../JPEGImages/d.jpg\r\n"
    (folder / "train.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert stems(folder, "train") == ["a 1", "d"]


def test_moved_data_are_found_when_their_new_path_is_written_into_the_file(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="a 1")
    shutil.move(data, tmp_path / "moved")
    with pytest.raises(
        UserError, match=r"listed-data\.json names the data .*data, and nothing is there: correct the path\."
    ):
        data_folder.load(folder)
    (folder / "listed-data.json").write_text('{"data": "../moved"}')
    assert stems(folder, "train") == ["a 1"]


def test_pictures_of_one_name_in_two_years_of_a_devkit_are_told_apart(tmp_path):
    for year in ("VOC2007", "VOC2012"):
        voc_root(tmp_path / "kit" / year, {"a": xml(DOG), "b": xml(DOG)}, {"train": "a\n"})
    paths = [path for layout in recognize.find(tmp_path / "kit") for path in layout.pictures.values()]
    lines = [list_folder.line_of(path, tmp_path / "kit") for path in paths if path.stem == "b"]
    assert lines == ["VOC2007/JPEGImages/b.jpg", "VOC2012/JPEGImages/b.jpg"]
    (tmp_path / "lists").mkdir()
    list_folder.write(tmp_path / "lists", tmp_path / "kit", {"train": lines[1:], "val": lines[:1]}, {})
    (train,) = data_folder.load(tmp_path / "lists", "train").annotations
    assert "VOC2012" in train.path.parts


def test_data_behind_a_link_are_read_through_it(data, tmp_path):
    link(tmp_path / "link", data)
    folder = write(tmp_path / "lists", tmp_path / "link", train="a 1,d")
    assert stems(folder, "train") == ["a 1", "d"]


@pytest.mark.parametrize("format", conversion.WRITERS)
def test_data_in_any_format_can_be_given_lists(data, tmp_path, format):
    if not any(known.name.lower().startswith(format) for known in recognize.FORMATS):
        pytest.skip(f"no reader of {format}")
    conversion.convert(whole_dataset.gather(data_folder.DataFolder(data)), tmp_path / "other", format)
    other = tmp_path / "other"
    paths = {path.stem: path for layout in recognize.find(other) for path in layout.pictures.values()}
    lines = {split: [list_folder.line_of(paths[stem], other)] for split, stem in (("train", "d"), ("val", "a 1"))}
    (tmp_path / "lists").mkdir()
    list_folder.write(tmp_path / "lists", other, lines, {})
    assert stems(tmp_path / "lists", "train") == ["d"]
    assert stems(tmp_path / "lists", "val") == ["a 1"]
    assert data_folder.load(tmp_path / "lists").class_names == data_folder.load(other).class_names


def test_the_note_on_a_split_by_hash_is_not_repeated_of_other_lists(tmp_path):
    data = voc_root(tmp_path / "data", {f"{i}": xml(DOG) for i in range(30)})
    assert any("hash" in note for note in data_folder.load(data).notes)
    folder = write(tmp_path / "lists", data, train="1,2", val="3")
    assert not any("hash" in note for note in data_folder.load(folder).notes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", r'listed-data\.json must name the data, as in \{"data": "/home/me/pictures"\}; got \[\]\.'),
        ('{"data": 3}', r"listed-data\.json must name the data, .* got \{'data': 3\}\."),
        ('{"data": "a\\u0000"}', r"listed-data\.json must name the data"),
        ('{"data"', r"the file .*listed-data\.json is no JSON: .*"),
        (
            '{"data": "."}',
            r"listed-data\.json names .*lists, which is a folder of lists itself: name the data of that one\.",
        ),
    ],
)
def test_a_damaged_file_is_one_sentence(data, tmp_path, text, sentence):
    folder = write(tmp_path / "lists", data, train="a 1")
    (folder / "listed-data.json").write_text(text)
    with pytest.raises(UserError, match=sentence):
        data_folder.load(folder)


def test_a_folder_without_lists_is_one_sentence(data, tmp_path):
    folder = write(tmp_path / "lists", data)
    with pytest.raises(UserError, match=r"lists holds no list such as train\.txt: write it anew with"):
        data_folder.load(folder)


@pytest.mark.parametrize("name", ["a\nb.jpg", " a.jpg", "a.jpg ", "a\x85b.jpg", "a\rb.jpg"])
def test_a_name_that_no_list_can_hold_is_refused(tmp_path, name):
    with pytest.raises(UserError, match=r"^no list can hold the name '.*': rename it without line breaks and outer"):
        list_folder.line_of(tmp_path / name, tmp_path)


def test_a_name_that_is_no_utf_8_is_refused(tmp_path):
    with pytest.raises(UserError, match="is no UTF-8"):
        list_folder.line_of(tmp_path / "a\udcff.jpg", tmp_path)


def test_a_picture_beside_a_file_of_data_is_relative_to_the_folder_of_the_file(tmp_path):
    write_text(tmp_path / "annotations" / "all.json", "{}")
    write_picture(tmp_path / "images" / "a.jpg")
    assert (
        list_folder.line_of(tmp_path / "images" / "a.jpg", tmp_path / "annotations" / "all.json") == "../images/a.jpg"
    )


def test_only_data_in_one_place_are_split(data, tmp_path):
    folder = write(tmp_path / "lists", data, train="a 1")
    with pytest.raises(UserError, match=r"holds the lists of a split: give the data that they are of, .*data\.$"):
        list_folder.only_data(str(folder))
    with pytest.raises(UserError, match=r"names 2: join them first, as with python -m yolo convert-data"):
        list_folder.only_data(f"{data},{tmp_path / 'other'}")
    assert list_folder.only_data(str(data)) == data
