"""A data.yaml as Ultralytics, Roboflow and CVAT write it, or not."""

import time

import pytest
import yaml

from tests.yolo.data.folders import write_text
from yolo.data.formats import data_yaml
from yolo.errors import UserError
from yolo.label_files import yolo_txt


@pytest.fixture(autouse=True, params=[data_yaml.LOADER, yaml.SafeLoader])
def loader(request, monkeypatch):
    """Read with the quick loader, and with the one that every build of PyYAML has."""
    monkeypatch.setattr(data_yaml, "LOADER", request.param)


def read(folder, text, name="data.yaml"):
    path = folder / name
    path.write_bytes(text) if isinstance(text, bytes) else write_text(path, text)
    return data_yaml.read(path)


def refused(folder, text):
    with pytest.raises(UserError) as caught:
        read(folder, text)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{folder}/", "")


TRAIN = "train: images/train\n"


@pytest.mark.parametrize(
    "names",
    [
        "names: [cat, traffic light, 'no']",
        "names:\n- cat\n- traffic light\n- no\n",
        "names:\n  0: cat\n  1: traffic light\n  2: no\n",
        "names: {2: no, 0: cat, 1: traffic light}",
        "names: {'0': cat, '1': \"traffic light\", '2': no}",
        "nc: 3\nnames: &all [cat, traffic light, no]\nothers: *all",
        '{"names": ["cat", "traffic light", "no"],\n "download": {"a": [1, 2]}}',
    ],
)
def test_names_are_a_list_or_a_dictionary_and_stay_as_they_are_written(tmp_path, names):
    text = names.replace("{", '{"train": "images/train", ', 1) if names.startswith('{"') else TRAIN + names
    found = read(tmp_path, text)
    assert found.class_names == ("cat", "traffic light", "no")
    assert found.remarks == ()
    assert found.sources == {"train": (("images/train", 1),)}


@pytest.mark.parametrize("text", ["names: [1, 1.0, 2020-01-01, on, ~x]"])
def test_names_that_yaml_takes_for_other_values_are_texts(tmp_path, text):
    assert read(tmp_path, TRAIN + text).class_names == ("1", "1.0", "2020-01-01", "on", "~x")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("nc: 3\nnames: [a, b]", "data.yaml has 2 class names, but 'nc' is 3: the names count"),
        ("nc: many\nnames: [a, b]", "data.yaml has 2 class names, but 'nc' is no number: the names count"),
        ("nc: 2", "data.yaml has no class names: their numbers are taken"),
        ("nc: 2\nnames:", "data.yaml has no class names: their numbers are taken"),
    ],
)
def test_another_number_of_classes_is_said(tmp_path, text, remark):
    found = read(tmp_path, TRAIN + text)
    assert len(found.class_names) == 2
    assert found.remarks == (remark,)
    assert found.class_names == (("a", "b") if "names: " in text else ("0", "1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names: {0: a, 2: b}", "data.yaml:2: 'names' has no class 1, but 2 names up to class 2"),
        ("names: {1: a, 2: b}", "data.yaml:2: 'names' has no class 0, but 2 names up to class 2"),
        ("names: {0: a, 00: b}", "data.yaml:2: 'names' has a class number twice"),
        ("names: {cat: 0}", "data.yaml:2: the keys of 'names' must be the class numbers"),
        ("names: {-1: a, 0: b}", "data.yaml:2: the keys of 'names' must be the class numbers"),
        ("names: [a, b, a]", "data.yaml:2 names a more than once"),
        ("names: [a, ' ', c]", "data.yaml:2: class 1 has no name"),
        ("names: [a, ~, c]", "data.yaml:2: class 1 has no name"),
        ("names: []", "data.yaml:2 has 0 class names"),
        ("names: cat", "data.yaml:2: 'names' must be a list of class names"),
        ("names: [[a], b]", "data.yaml:2: 'names' must be a list of class names"),
        ("nc: 0", "data.yaml ('nc') has 0 class names"),
        ("nc: 999999999", "data.yaml ('nc') has 100001 class names"),
        ("nc: ten", "data.yaml has no 'names'"),
        ("", "data.yaml has no 'names'"),
    ],
)
def test_wrong_names_are_refused_with_the_line(tmp_path, text, message):
    assert refused(tmp_path, TRAIN + text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names: [a]", "data.yaml has no 'train', 'val' or 'test'"),
        ("names: [a]\ntrain:\nval: ''\ntest: []", "data.yaml has no 'train', 'val' or 'test'"),
        ("names: [a]\ntrain: {a: b}", "data.yaml:2: 'train' must be a path or a list of paths"),
        ("names: [a]\ntrain:\n- a\n- [b]", "data.yaml:4: 'train' must be a path or a list of paths"),
        ("names: [a]\ntrain: a\npath: [b]", "data.yaml:3: 'path' must be the path of a folder"),
        ("names: [a, b\ntrain: a", "data.yaml:1-2 is no YAML that can be read"),
        ("train: a\nnc:2\nnames: [a]", "data.yaml:2-3 is no YAML that can be read"),
        ('{"names": ["a"], "train": "im', "data.yaml:1 is no YAML that can be read"),
        ("names: [a]\n\ttrain: a", "data.yaml:2 is no YAML that can be read"),
        ("names: [a]\n---\ntrain: a", "data.yaml:1-2 is no YAML that can be read"),
        ("names: [*a]\ntrain: a", "data.yaml:1 is no YAML that can be read: found undefined alias"),
        ("names: a\x07b\ntrain: a", "data.yaml is no YAML that can be read"),
        ("train: a\nnames: " + "[" * 5000, "data.yaml"),
        ("- names\n- train", "data.yaml must hold fields"),
        ("", "data.yaml must hold fields"),
        (b"names: [B\xe4r]\ntrain: a", "the file data.yaml is no text in UTF-8 (line 1"),
        (b"names: [a]\ntrain: a\0", "the file data.yaml is no text"),
        ("names: [a]\n#" + "-" * 2**24, "data.yaml has more than 16 MB"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(tmp_path, text, message):
    assert refused(tmp_path, text).startswith(message)


@pytest.mark.parametrize("name", ["data.yaml", "pictures.yaml"])
def test_the_file_that_is_written_for_thousands_of_classes_is_read_again(tmp_path, name):
    names = tuple(f"a class with a name {i:05d}" for i in range(12_000))
    write_text(tmp_path / name, yolo_txt.data_yaml({"train": "train.txt"}, names))
    assert (tmp_path / name).stat().st_size > 300_000
    assert data_yaml.describes(tmp_path / name)
    assert data_yaml.read(tmp_path / name).class_names == names


def test_fields_that_are_there_twice_are_told(tmp_path):
    found = read(tmp_path, "names: [b]\ntrain: a\nnames: [cat]\nnc: 1\ntrain: b\nnc: 1\nother: 3\n")
    assert found.class_names == ("cat",)
    assert found.sources == {"train": (("b", 5),)}
    assert found.remarks == ("data.yaml has 'names', 'train', 'nc' more than once: the last one counts",)


def test_aliases_that_stand_for_a_million_values_cost_nothing(tmp_path):
    levels = [
        f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]"
        for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    bomb = "\n".join(["a: &a [x, x]", *levels])
    start = time.perf_counter()
    assert read(tmp_path, f"{bomb}\ntrain: a\nnames: [cat]\n").class_names == ("cat",)
    assert "'names' must be a list of class names" in refused(tmp_path, f"{bomb}\ntrain: a\nnames: *i\n")
    assert "'names' must be a list of class names" in refused(tmp_path, "train: a\nnames: &n [a, *n]\n")
    assert time.perf_counter() - start < 2


def test_no_python_object_is_made(tmp_path):
    text = "train: a\nnames: [cat]\ndownload: !!python/object/apply:os.mkdir [x]\nother: !unknown 3\n"
    assert read(tmp_path, text).class_names == ("cat",)
    assert [path.name for path in tmp_path.iterdir()] == ["data.yaml"]


def test_splits_have_the_spellings_of_ultralytics_and_roboflow(tmp_path):
    found = read(tmp_path, "names: [a]\nval: v\nvalid: w\nTest: t\nvalidation: u\ntrain: [a.txt, ~, b]\nminival: x")
    assert found.sources == {"train": (("a.txt", 6), ("b", 6)), "val": (("v", 2),), "test": (("t", 4),)}
    assert read(tmp_path, "names: [a]\nvalid: w\n").sources == {"val": (("w", 2),)}


@pytest.mark.parametrize(("shape", "has"), [("kpt_shape: [17, 3]", True), ("kpt_shape:", False), ("", False)])
def test_a_pose_set_is_told_by_its_shape_of_keypoints(tmp_path, shape, has):
    assert read(tmp_path, f"names: [a]\ntrain: x\n{shape}\n").keypoints == has


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (".", "home/sets"),
        ("", "home/sets"),
        ("farm", "home/sets/farm"),
        ("./farm/", "home/sets/farm"),
        ("../street", "home/street"),
        ("street", "home/street"),
        ("river", "home/datasets/river"),
        ("../datasets/river", "home/datasets/river"),
        ("/content/work/farm", "home/sets/farm"),
        (r"C:\work\street", "home/street"),
        ("/content/nowhere", "home/sets"),
    ],
)
def test_the_path_is_looked_for_in_the_folder_of_the_file_beside_it_and_in_datasets(tmp_path, path, folder):
    for place in ("home/sets/farm", "home/street", "home/datasets/river"):
        (tmp_path / place).mkdir(parents=True)
    found = read(tmp_path / "home" / "sets", f"path: {path}\nnames: [a]\ntrain: x\n")
    assert found.folders[0] == (tmp_path / folder).resolve()
    assert found.folders[-1] == (tmp_path / "home" / "sets").resolve()


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("data.yaml", "train: a\nnames: [b]", True),
        ("coco8.yml", "train: a\nnames: [b]", True),
        ("x.yaml", "nc: 2\nval: a", True),
        ("x.yaml", '{"names": ["a"], "train": "b"}', True),
        ("x.yaml", '{\n  "names": ["a"],\n  "train": "b"\n}', True),
        ("x.yaml", "\ufefftrain: a\nnames: [b]", True),
        ("x.yaml", "names: [b\ntrain: a", True),  # damaged, which reading tells
        ("data.yaml", "train: a", True),  # has no names, which reading tells
        ("x.yaml", "train: a", False),
        ("x.yaml", "names: [a]", False),
        ("x.yaml", "model:\n  train: a\n  names: [b]", False),
        ("data.yaml", "hello", False),
    ],
)
def test_a_file_that_describes_a_set_is_told_by_its_fields(tmp_path, name, text, is_one):
    write_text(tmp_path / name, text)
    assert data_yaml.describes(tmp_path / name) == is_one
    (tmp_path / name).write_bytes(text.removeprefix("\ufeff").encode("utf-16"))
    assert data_yaml.describes(tmp_path / name) == is_one


def test_a_long_file_of_blanks_is_told_quickly(tmp_path):
    for blanks in ("\n", " ", "\t", "{ ", ", "):
        write_text(tmp_path / "x.yaml", blanks * (2**17 // len(blanks)))
        start = time.perf_counter()
        assert not data_yaml.describes(tmp_path / "x.yaml")
        assert time.perf_counter() - start < 1


def test_the_list_of_a_further_split_is_one_of_pictures_under_its_own_name(tmp_path):
    fields = {
        "minival": ("minival.txt", "a.jpg"),
        "classes": ("classes.txt", "cat"),
        "readme": ("README.txt", "a.jpg"),
        "license": ("license.txt", None),
        "../up": ("../up.txt", "a.jpg"),
        "x": ("x.txt", b"\xff\xfe\x00"),
    }
    (tmp_path / "set").mkdir()
    for name, content in fields.values():
        if content is not None:
            (tmp_path / "set" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    lines = [f'"{key}": {name}' for key, (name, _) in fields.items()]
    file = tmp_path / "set" / "data.yaml"
    file.write_text("\n".join(["train: images", "names: [cat]", *lines]))
    assert list(data_yaml.read(file).sources) == ["train", "minival"]
