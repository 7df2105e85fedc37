"""`split` as it is typed, on data whose right split can be told by hand."""

import json
import shlex

import cv2
import numpy as np
import pytest

from tests.yolo.data.folders import voc_root, write_text, xml
from yolo import picture_files
from yolo.data import data_folder


def drawn(seed):
    """A picture that looks like no other one."""
    noise = np.random.default_rng(seed).uniform(0, 255, (8, 8, 3)).astype(np.float32)
    return cv2.resize(noise, (64, 48), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


@pytest.fixture
def data(tmp_path):
    """Forty frames of four videos, all showing a car; a bus in two of them, a tram in one, two without objects."""
    annotations = {f"{video}_{i:03d}": xml(("car", 2, 2, 9, 9)) for video in "abcd" for i in range(10)}
    for stem in ("a_003", "c_004"):
        annotations[stem] = xml(("car", 2, 2, 9, 9), ("bus", 11, 2, 20, 20), ("bus", 3, 11, 9, 20))
    annotations["b_001"] = xml(("tram", 1, 1, 9, 9))
    annotations["d_000"] = annotations["d_001"] = xml()
    root = voc_root(tmp_path / "data", annotations, {"train": "a_000\n"}, suffix=".png")
    for i, stem in enumerate(annotations):
        picture_files.write(root / "JPEGImages" / f"{stem}.png", drawn(i))
    return root


def lists(folder):
    return {
        path.stem: [line.rpartition("/")[2][:-4] for line in path.read_text().split()] for path in folder.glob("*.txt")
    }


def test_the_lists_hold_every_picture_once_in_the_shares_asked_for(yolo, data, tmp_path):
    before = sorted((path, path.stat().st_mtime_ns) for path in data.rglob("*"))
    answer = yolo("split", "--data", str(data), "--output", str(tmp_path / "out"))
    assert answer.code == 0, answer.err
    found = lists(tmp_path / "out")
    assert {name: len(stems) for name, stems in found.items()} == {"train": 32, "val": 4, "test": 4}
    assert len(set().union(*found.values())) == 40
    assert all(stems == sorted(stems) for stems in found.values())
    assert sorted((path, path.stat().st_mtime_ns) for path in data.rglob("*")) == before
    assert answer.out.endswith(f"python train.py --data {tmp_path / 'out'}\n")


def test_the_table_and_what_could_not_be_done_are_printed(yolo, data, tmp_path):
    answer = yolo("split", "--data", str(data), "--output", str(tmp_path / "out"))
    rows = {line.split("  ")[0]: line.split()[-6:] for line in answer.out.splitlines()[:6]}
    assert rows["bus"] == ["1", "2", "0", "0", "1", "2"]
    assert rows["tram"] == ["1", "1", "0", "0", "0", "0"]
    assert sum(map(int, rows["without objects"][::2])) == 2
    assert rows["all"][::2] == ["32", "4", "4"]
    assert "val shows nothing of 2 classes: tram (in 1 picture), bus (in 2 pictures)\n" in answer.out
    assert "test shows nothing of 1 class: tram (in 1 picture)\n" in answer.out


def test_the_frames_of_a_video_stay_together(yolo, data, tmp_path):
    words = ("--group", r"^(.*)_\d+$", "--shares", "0.5", "0.25", "0.25")
    answer = yolo("split", "--data", str(data), *words, "--output", str(tmp_path / "out"))
    assert "4 groups by --group, of 40 pictures\n" in answer.out
    videos = {name: {stem[0] for stem in stems} for name, stems in lists(tmp_path / "out").items()}
    assert sorted(map(len, videos.values())) == [1, 1, 2]
    assert sum(map(len, videos.values())) == 4
    assert ("a" in videos["train"]) != ("c" in videos["train"])  # those with a bus


def test_a_group_that_holds_most_of_the_pictures_is_told(yolo, data, tmp_path):
    answer = yolo(
        "split", "--data", str(data), "--group", "[abc]_", "--shares", "0.5", "0.5", "--output", str(tmp_path / "o")
    )
    assert answer.code == 0
    answer = yolo(
        "split", "--data", str(data), "--group", "^()[abc]", "--shares", "0.5", "0.5", "--output", str(tmp_path / "p")
    )
    assert "1 group by --group, of 30 pictures; 10 pictures in none\n" in answer.out
    assert (
        "train has 30 pictures instead of 20, val has 10 pictures instead of 20, because what belongs together is not "
        "divided; the group '' alone holds 75% of all pictures\n"
    ) in answer.out


def test_a_pattern_that_matches_nothing_is_a_warning(yolo, data, tmp_path):
    answer = yolo("split", "--data", str(data), "--group", "video", "--output", str(tmp_path / "out"))
    assert answer.code == 0
    assert "warning: --group video matches no name, such as a_000: no groups are made\n" in answer.err


def test_a_resized_copy_is_in_the_split_of_its_original_unless_that_is_not_wanted(yolo, data, tmp_path):
    for i in range(12):  # by chance, not all of so many would be in one split
        picture_files.write(data / "JPEGImages" / f"z{i}.jpg", cv2.resize(drawn(i), (40, 40)))
        write_text(data / "Annotations" / f"z{i}.xml", xml(("car", 1, 1, 9, 9)))
    answer = yolo("split", "--data", str(data), "--output", str(tmp_path / "out"))
    first = "a_000.png = z0.jpg, a_001.png = z1.jpg, a_002.png = z2.jpg and 9 more"
    assert f"12 groups of near-duplicates, of 24 pictures: {first}\n" in answer.out

    def divided(folder):
        home = {stem: name for name, stems in lists(folder).items() for stem in stems}
        originals = [f"a_{i:03d}" for i in range(10)] + ["b_000", "b_001"]
        return sum(home[stem] != home[f"z{i}"] for i, stem in enumerate(originals))

    assert divided(tmp_path / "out") == 0
    answer = yolo("split", "--data", str(data), "--near-duplicates", "ignore", "--output", str(tmp_path / "other"))
    assert "near-duplicates" not in answer.out
    assert divided(tmp_path / "other") > 0


def test_the_same_seed_gives_the_same_lists_and_another_seed_others(yolo, data, tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        yolo("split", "--data", str(data), "--seed", seed, "--output", str(tmp_path / name))
    assert lists(tmp_path / "a") == lists(tmp_path / "b") != lists(tmp_path / "c")


def test_the_lists_are_taken_as_data_by_the_printed_command(yolo, data, tmp_path):
    answer = yolo(
        "split",
        "--data",
        str(data),
        "--corners",
        "1",
        "--shares",
        "0.75",
        "0.25",
        "--output",
        str(tmp_path / "my lists"),
    )
    words = shlex.split(answer.out.splitlines()[-1])
    assert words[2:] == ["--data", str(tmp_path / "my lists"), "--corners", "1"]
    assert [len(data_folder.load(words[3], split)) for split in ("train", "val")] == [30, 10]
    kept = json.loads((tmp_path / "my lists" / "listed-data.json").read_text())
    assert kept["shares"] == [0.75, 0.25]
    assert yolo("split", "--data", words[3], "--output", str(tmp_path / "again")).err == (
        f"error: {words[3]} holds the lists of a split: give the data that they are of, {data}.\n"
    )


@pytest.mark.parametrize("near", ["together", "ignore"])
def test_a_broken_picture_is_named_and_left_out(yolo, data, tmp_path, near):
    (data / "JPEGImages" / "a_000.png").write_bytes(b"\x89PNG")
    answer = yolo("split", "--data", str(data), "--near-duplicates", near, "--output", str(tmp_path / "out"))
    assert answer.code == 0
    assert "warning: 1 of 40 annotated pictures left out because not readable: a_000.png; the first: " in answer.err
    stems = set().union(*lists(tmp_path / "out").values())
    assert len(stems) == 39
    assert "a_000" not in stems


@pytest.mark.parametrize("near", ["together", "ignore"])
def test_pictures_that_are_all_broken_are_one_sentence(yolo, data, tmp_path, near):
    for path in (data / "JPEGImages").iterdir():
        path.write_bytes(b"none")
    answer = yolo("split", "--data", str(data), "--near-duplicates", near, "--output", str(tmp_path / "out"))
    assert (answer.code, answer.out) == (2, "")
    assert "error: none of the 40 annotated pictures can be read, the first because of this: " in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "shares", [("0.8",), ("0.4", "0.3", "0.2", "0.1"), ("0.8", "0.1"), ("0.8", "0.3"), ("0", "0.5", "0.5")]
)
def test_wrong_shares_are_one_sentence(yolo, data, tmp_path, shares):
    answer = yolo("split", "--data", str(data), "--shares", *shares, "--output", str(tmp_path / "out"))
    assert answer.code == 2
    assert answer.err.startswith(
        "error: --shares wants the shares of train and val, or of train, val and test, which sum"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("share", ["-0.1", "80", "nan", "a"])
def test_a_share_that_is_none_is_one_sentence(yolo, data, tmp_path, share):
    answer = yolo("split", "--data", str(data), "--shares", share, "0.1", "0.1", "--output", str(tmp_path / "out"))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("error: --shares")


def test_a_share_of_0_writes_no_list(yolo, data, tmp_path):
    yolo("split", "--data", str(data), "--shares", "0.9", "0", "0.1", "--output", str(tmp_path / "out"))
    assert {name: len(stems) for name, stems in lists(tmp_path / "out").items()} == {"train": 36, "test": 4}


def test_a_folder_that_holds_something_is_never_written_to(yolo, data, tmp_path):
    for place in (data, data / "ImageSets" / "Main"):
        before = sorted(place.rglob("*"))
        answer = yolo("split", "--data", str(data), "--output", str(place))
        assert answer.code == 2
        assert answer.err == f"error: {place} exists and is not an empty folder; give the name of a new one.\n"
        assert sorted(place.rglob("*")) == before


def test_a_wrong_pattern_is_told_before_the_data_are_read(yolo, tmp_path):
    (tmp_path / "data").mkdir()
    answer = yolo("split", "--data", str(tmp_path / "data"), "--group", "(", "--output", str(tmp_path / "out"))
    assert answer.code == 2
    assert answer.err.startswith("error: --group '(' is no regular expression (missing ), unterminated subpattern")


def test_the_two_photos_of_one_field_in_bccd_are_in_one_split(yolo, real_data, tmp_path):
    answer = yolo("split", "--data", str(real_data / "bccd"), "--output", str(tmp_path / "out"))
    assert "1 group of near-duplicates, of 2 pictures: BloodImage_00037.jpg = BloodImage_00038.jpg\n" in answer.out
    found = lists(tmp_path / "out")
    assert {name: len(stems) for name, stems in found.items()} == {"train": 291, "val": 37, "test": 36}
    assert [{"BloodImage_00037", "BloodImage_00038"} <= set(stems) for stems in found.values()].count(True) == 1
