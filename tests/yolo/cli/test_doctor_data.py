"""What `doctor --data` prints, writes and returns of data that are clean, odd or unusable."""

import json
import math
import subprocess
import sys

import pytest

from tests.yolo.data.checks.clean_set import add, annotate, boxes, clean_set, enlist, listed, stem
from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo.data import picture_measures
from yolo.data.checks.table import CHECKS, SUBJECTS
from yolo.data.data_folder import DataFolder
from yolo.data.hash_split import position
from yolo.errors import UserError
from yolo.training.run_datasets import RunSplits, load_datasets


@pytest.fixture
def root(tmp_path):
    return clean_set(tmp_path / "set")


@pytest.fixture
def doctor(yolo, tmp_path):
    """Check data; the answer has the content of the file of --json as `found`."""

    def call(data, *flags):
        answer = yolo("doctor", "--data", str(data), "--json", str(tmp_path / "found.json"), *flags)
        answer.found = json.loads((tmp_path / "found.json").read_text())
        return answer

    return call


def test_clean_data_are_a_line_for_each_subject_and_exit_code_0(doctor, root):
    answer = doctor(root)
    assert answer.code == 0
    assert answer.err == ""
    lines = answer.out.splitlines()
    assert lines[:3] == [
        "VOC XML: 70 pictures, 140 objects",
        "2 classes: cat 70, dog 70",
        "splits: train 30, val 20, test 20",
    ]
    assert lines[3].startswith("objects at the input size 416 x 416: ")
    numbers = {subject: sum(check.subject == subject for check in CHECKS.values()) for subject in SUBJECTS}
    assert lines[5:-2] == [f"{subject}: {number} checks clean" for subject, number in numbers.items()]
    assert lines[-1] == f"{len(CHECKS)} checks: {len(CHECKS)} clean"
    assert len(CHECKS) >= 40
    assert answer.found["checks"] == []
    assert answer.found["clean"] == list(CHECKS)


def test_a_note_is_no_warning(doctor, root):
    _, left, top, _, _ = boxes(0)[0]
    annotate(root, stem(0), *boxes(0), ("dog", left, top, left + 9, top + 9))
    answer = doctor(root)
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == f"{len(CHECKS)} checks: {len(CHECKS) - 1} clean, 1 note"


def test_a_finding_is_its_level_name_sentence_names_and_advice(doctor, root):
    for i in range(7):
        annotate(root, stem(i), *boxes(i), ("dog", 46, 18, 45, 30))
    answer = doctor(root)
    assert answer.code == 1
    begin = answer.out.index("boxes: ")
    assert answer.out[begin:].splitlines()[1:4] == [
        "  warning  box-without-area: 7 boxes without area left out",
        "           p00.xml, p01.xml, p02.xml, p03.xml, p04.xml and 2 more",
        "           -> remove or redraw these",
    ]
    assert answer.out.splitlines()[-1] == f"{len(CHECKS)} checks: {len(CHECKS) - 1} clean, 1 warning"
    (found,) = answer.found["checks"]
    assert found == {
        "check": "box-without-area",
        "subject": "boxes",
        "level": "warning",
        "count": 7,
        "text": "7 boxes without area left out",
        "files": [f"p0{i}.xml" for i in range(7)],
        "names": [],
        "advice": "remove or redraw these",
    }
    every = doctor(root, "--all").out.splitlines()
    assert every.count("           p06.xml") == 1


def test_the_json_has_the_numbers_of_the_data(doctor, root):
    add(root, "x", objects=[("dog", 3, 3, 20, 20)])
    annotate(root, stem(0))
    found = doctor(root, "--input-size", "320", "320").found
    assert {key: found[key] for key in ("format", "pictures", "left_out", "empty", "objects", "difficult")} == {
        "format": "VOC XML",
        "pictures": 71,
        "left_out": 0,
        "empty": 1,
        "objects": 139,
        "difficult": 0,
    }
    assert found["data"] == str(root)
    assert found["classes"] == {"cat": 69, "dog": 70}
    assert found["splits"] == {"train": 31, "val": 20, "test": 20}
    assert found["median_side"] == pytest.approx(5 * math.sqrt(18 * 18.5), rel=0.1), "320 pixels show 64"
    assert found["small_shares"] == {"8": 0, "16": 0, "32": 0}


def test_the_worst_findings_are_counted_first(doctor, root):
    _, left, top, _, _ = boxes(0)[0]
    annotate(root, stem(0), *boxes(0), ("dog", left, top, left + 9, top + 9), ("dog", 46, 18, 45, 30))
    enlist(root, val=listed("val", stem(0)))
    answer = doctor(root)
    assert answer.out.splitlines()[-1].endswith(" clean, 1 unusable, 1 warning, 1 note")


def test_nothing_is_said_of_the_sizes_of_objects_where_there_is_none(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(("dog", 60, 1, 90, 9)), "b": xml()})
    answer = doctor(root)
    assert "1 picture (1 without objects, 1 more left out), 0 objects\n" in answer.out
    assert "in the median" not in answer.out


def test_a_photo_that_is_not_read_is_named_with_its_file(doctor, root, tmp_path):
    write_text(root / "JPEGImages" / "photo.heic", "ftypheic")
    (found,) = doctor(root, "--fix", str(tmp_path / "fixed")).found["checks"]
    assert (found["check"], found["files"]) == ("format-not-read", ["photo.heic"])
    assert "photo.heic,,1,file,left out,format-not-read\n" in (tmp_path / "fixed" / "fixes.csv").read_text()


def test_json_to_standard_output_leaves_the_text_to_standard_error(repository, root):
    words = [sys.executable, "-m", "yolo", "doctor", "--data", str(root), "--json", "-"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=repository)
    assert json.loads(done.stdout)["pictures"] == 70
    assert "70 pictures, 140 objects" in done.stderr


def test_data_that_are_absent_are_unusable(doctor, tmp_path):
    answer = doctor(tmp_path / "none")
    assert answer.code == 2
    assert answer.err == ""
    assert answer.out.count("unusable data-unusable: ") == 1
    assert answer.out.startswith("  unusable data-unusable: there are no data at")
    assert len(answer.out.splitlines()) == 1
    assert [found["check"] for found in answer.found["checks"]] == ["data-unusable"]
    assert answer.found["pictures"] == 0


def test_where_nothing_can_be_used_it_is_said_once(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": "", "b": ""})
    answer = doctor(root)
    assert answer.code == 2
    assert "none of the annotations" in answer.found["checks"][0]["text"]


def test_pictures_that_are_all_damaged_are_unusable(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)})
    (root / "JPEGImages" / "a.jpg").write_bytes(b"no picture")
    answer = doctor(root)
    assert answer.code == 2
    assert answer.found["checks"][0]["text"].startswith("none of the 1 annotated picture can be read")


def test_lists_that_training_refuses_are_unusable(doctor, root):
    enlist(root, val=listed("val", stem(0)))
    answer = doctor(root)
    assert answer.code == 2
    assert [(found["check"], found["level"]) for found in answer.found["checks"]] == [
        ("same-picture-in-splits", "unusable")
    ]


def refused_by_training(root, *splits, held_out=True):
    """The sentence with which training refuses data, by its own reading of them."""
    with pytest.raises(UserError) as caught:
        load_datasets(DataFolder(root), RunSplits(*splits, held_out=held_out))
    return str(caught.value)


def unusable(answer):
    assert answer.code == 2
    return [(found["check"], found["text"]) for found in answer.found["checks"] if found["level"] == "unusable"]


def test_a_single_picture_is_unusable_as_none_can_be_held_out(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)})
    reason = "a validation set cannot be held out of 1 picture: two pictures are needed to hold one out"
    assert refused_by_training(root, "train", None, None) == f"{reason}."
    ((check, text),) = unusable(doctor(root))
    assert check == "no-validation-split"
    assert text.endswith(f", but {reason}")


def test_a_damaged_picture_that_would_be_held_out_is_unusable(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG), "b": xml(DOG)}, {"train": "a\nb"})
    held = max("ab", key=position)
    (root / "JPEGImages" / f"{held}.jpg").write_bytes(b"no picture")
    assert refused_by_training(root, "train", None, None).startswith("none of the 1 validation picture can be read")
    ((check, text),) = unusable(doctor(root))
    assert check == "no-validation-split"
    assert text.endswith(", but none of the 1 picture chosen for that can be read")


def test_two_pictures_are_enough_to_hold_one_out(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG), "b": xml(DOG)}, {"train": "a\nb"})
    write_picture(root / "JPEGImages" / "b.jpg", height=90)
    assert doctor(root).code < 2


@pytest.mark.parametrize("name", ["val", "test"])
def test_a_list_that_training_reads_and_that_holds_nothing_usable_is_unusable(doctor, root, name):
    enlist(root, **{name: ["gone"]})
    reason = refused_by_training(root, "train", "val", "test", held_out=False)
    assert reason.startswith(f"split '{name}' of {root} holds no usable picture")
    assert unusable(doctor(root)) == [("split-empty", "1 split without a picture that can be used")]


def test_everything_wrong_with_a_data_set_is_named_in_one_run(doctor, tmp_path):
    broken = {f"broken{i}": "<annotation>" for i in range(20)}
    root = voc_root(
        tmp_path / "set", {"a": xml(DOG, DOG), "cut": xml(DOG)} | broken, {"train": "a\ncut\ngone\nbare\n", "test": "a"}
    )
    (root / "JPEGImages" / "cut.jpg").write_bytes(b"no picture")
    write_picture(root / "JPEGImages" / "bare.jpg")
    found = {each["check"]: each for each in doctor(root).found["checks"]}
    for check, count, file in (
        ("listed-without-picture", 1, "gone"),
        ("missing-annotation", 1, "bare.jpg"),
        ("unreadable-annotation", 20, "broken7.xml (no readable XML"),
        ("duplicate-box", 1, "a.jpg (dog at "),
        ("picture-unreadable", 1, "cut.jpg"),
        ("same-picture-in-splits", 1, "a.jpg (train, test)"),
    ):
        assert found[check]["count"] == count
        assert any(file in name for name in (*found[check]["files"], *found[check]["names"]))
        assert found[check]["advice"]


def test_the_numbers_of_pictures_fit_together(doctor, tmp_path):
    root = voc_root(
        tmp_path / "set",
        {stem: xml(DOG) for stem in ("a", "b", "cut")},
        {"train": "a\ngone", "val": "b", "test": "cut", "trainval": "a\nb", "some": "b"},
    )
    size = (root / "JPEGImages" / "a.jpg").stat().st_size
    (root / "JPEGImages" / "cut.jpg").write_bytes(b"x" * size)
    answer = doctor(root)
    assert "VOC XML: 2 pictures (1 more left out), 2 objects\n" in answer.out
    assert "splits: train 1, val 1, test 0, some 1\n" in answer.out, "trainval is no more than train and val"
    assert any(found["text"] == "1 picture that cannot be decoded" for found in answer.found["checks"])
    assert [found["names"] for found in answer.found["checks"] if found["check"] == "split-empty"] == [["test"]]


def test_splits_that_no_list_makes_are_shown_without_trainval(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {f"{i}": xml(DOG) for i in range(30)})
    answer = doctor(root)
    assert "splits: train 20, val 5, test 5\n" in answer.out
    assert "no list 'train': 30 pictures split by a hash of the names into train 20, val 5, test 5\n" in answer.out


def test_a_picture_that_vanishes_while_the_data_are_checked_is_left_out(doctor, root, monkeypatch):
    real = picture_measures._measure_all

    def vanish(paths):
        (root / "JPEGImages" / f"{stem(0)}.jpg").unlink()
        return real(paths)

    monkeypatch.setattr(picture_measures, "_measure_all", vanish)
    answer = doctor(root)
    (found,) = answer.found["checks"]
    assert (found["check"], found["files"]) == ("picture-unreadable", [f"{stem(0)}.jpg"])
    assert answer.found["pictures"] == 69


def test_pictures_without_annotation_are_taken_as_empty_when_asked(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)}, {"train": "a\nbare\n"})
    write_picture(root / "JPEGImages" / "bare.jpg")
    assert "2 pictures (1 without objects), 1 object\n" in doctor(root, "--negatives").out


def test_names_with_control_codes_do_not_reach_the_terminal(doctor, tmp_path):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)})
    write_picture(root / "JPEGImages" / "b\x1b[31m.jpg")
    answer = doctor(root)
    assert "b\\x1b[31m.jpg" in answer.out
    assert "\x1b" not in answer.out


def test_a_data_file_is_not_overwritten_by_the_json(yolo, root):
    write_text(root.parent / "data.yaml", "")
    answer = yolo("doctor", "--data", str(root.parent / "data.yaml"), "--json", str(root.parent / "data.yaml"))
    assert answer.code == 2
    assert "would overwrite" in answer.err


def test_every_check_is_in_the_table_that_is_printed(yolo):
    answer = yolo("doctor", "--checks")
    assert answer.code == 0
    heading, *rows = answer.out.splitlines()
    assert heading.split() == ["subject", "check", "level", "looks", "for", "advice"]
    assert [row.split()[1] for row in rows] == list(CHECKS)


def test_data_are_checked_alone_and_without_tensorflow(tmp_path, repository):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)}, {"train": "a"})
    program = (
        "import json, sys; from yolo.cli import doctor; code = doctor.main(['--data', sys.argv[1]]); "
        "print(json.dumps([code, sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, check=True, cwd=repository
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [2, []]


def known_flaws(answer):
    """check -> what is shown of each finding that is no note."""
    return {
        found["check"]: found["names"] or found["files"] for found in answer.found["checks"] if found["level"] != "note"
    }


def test_the_known_flaws_of_blood_cells_are_named(doctor, real_data):
    answer = doctor(real_data / "bccd")
    assert answer.code == 1
    assert "VOC XML: 364 pictures, 4888 objects\n3 classes: RBC 4155, WBC 372, Platelets 361\n" in answer.out
    flaws = known_flaws(answer)
    under_a_pixel = flaws.pop("object-under-a-pixel")
    assert [name.split(" (")[0] for name in under_a_pixel] == ["BloodImage_00338.jpg", "BloodImage_00343.jpg"]
    assert flaws.pop("like-pictures-in-splits") == ["BloodImage_00037.jpg (val) = BloodImage_00038.jpg (train)"]
    assert len(flaws.pop("box-drawn-twice")) == 7
    assert flaws == {}


def test_photos_of_fruit_are_clean_but_for_notes(doctor, real_data):
    answer = doctor(real_data / "fruit300")
    assert answer.code == 0
    assert known_flaws(answer) == {}


def test_a_few_photos_of_many_classes_are_too_few(doctor, real_data):
    answer = doctor(real_data / "voc2012_100")
    assert "100 pictures, 273 objects (38 difficult, neither taught nor taken for background)" in answer.out
    flaws = known_flaws(answer)
    assert flaws.keys() == {"class-with-few-objects", "class-missing-in-split", "split-of-few-pictures"}
    assert "cat 5" in flaws["class-with-few-objects"]


@pytest.mark.parametrize("place", ["Annotations/p00.xml", "JPEGImages/p00.jpg", "ImageSets/Main/train.txt"])
def test_a_file_of_the_data_is_never_replaced(yolo, root, place):
    before = (root / place).read_bytes()
    answer = yolo("doctor", "--data", str(root), "--json", str(root / place))
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        f"error: {root / place} exists and holds something else than what doctor has found: give another name.\n"
    )
    assert (root / place).read_bytes() == before


def test_a_data_path_among_several_is_never_replaced(yolo, root, tmp_path):
    file = tmp_path / "data.yaml"
    write_text(file, "train: images\nnames: [a]\n")
    answer = yolo("doctor", "--data", f"{root},{file}", "--json", str(file))
    assert answer.code == 2
    assert answer.err == f"error: --json would overwrite {file}, which is to be read: give another name.\n"


def test_what_doctor_has_written_it_may_write_again(doctor, root):
    doctor(root)
    assert doctor(root).code == 0
