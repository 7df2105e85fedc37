"""The text of `--data` as paths, and back."""

from pathlib import Path

import pytest

from yolo.data.data_paths import absolute, data_paths, joined, missing, name_after


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with `farm`, `a,b`, `c, d` and `street/data.yaml`, which is the working directory."""
    for name in ("farm", "a,b", "c, d", "street"):
        (tmp_path / name).mkdir()
    (tmp_path / "street" / "data.yaml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("farm", ["farm"]),
        (Path("farm"), ["farm"]),
        ("farm,street/data.yaml", ["farm", "street/data.yaml"]),
        (" farm , street/ ,", ["farm", "street"]),
        ("farm,,absent", ["farm", "absent"]),
        ("a,b", ["a,b"]),
        ("a,b,farm", ["a,b", "farm"]),
        ("farm,a,b,c, d", ["farm", "a,b", "c, d"]),
        ("a,farm", ["a", "farm"]),
        ("a, b", ["a", "b"]),  # not the folder `a,b`
        ("", [""]),
        (" , ", [" , "]),
    ],
)
def test_commas_separate_paths_unless_they_belong_to_one_that_exists(here, text, paths):
    assert data_paths(text) == tuple(map(Path, paths))


def test_names_that_no_system_takes_are_paths_that_do_not_exist(here):
    assert data_paths(f"farm,{'x' * 300}") == (Path("farm"), Path("x" * 300))
    assert missing(f"farm,{'x' * 300}") == "x" * 300


def test_what_is_joined_is_read_back_and_absolute_paths_lead_to_the_same(here, monkeypatch):
    paths = (Path("farm"), Path("a,b"), Path("street/data.yaml"))
    assert data_paths(joined(paths)) == paths
    text = absolute("farm,a,b, street/../street/data.yaml")
    assert text == f"{here / 'farm'},{here / 'a,b'},{here / 'street' / 'data.yaml'}"
    monkeypatch.chdir(here / "street")
    assert [path.relative_to(here) for path in data_paths(text)] == list(paths)


def test_those_that_are_missing_are_named(here):
    assert missing("farm,a,b,street/data.yaml") == ""
    assert missing("farm,gone,a,b,street/train.json") == "gone,street/train.json"


@pytest.mark.parametrize(
    ("data", "name"), [("photos/été", "été"), ("photos/", "photos"), (".", "here"), ("sub/..", "here"), ("/", "run")]
)
def test_a_run_is_called_after_the_folder_that_is_trained_on(tmp_path, monkeypatch, data, name):
    (tmp_path / "here" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert name_after(data) == name


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("street/data.yaml", "street"),
        ("farm,street/data.yaml", "farm+street"),
        ("a,b,farm", "a,b+farm"),
        ("farm/train,street/train", "train"),
        ("/,farm", "farm"),
    ],
)
def test_a_run_on_a_file_is_called_after_its_folder_and_one_on_several_after_all(here, data, name):
    assert name_after(data) == name
