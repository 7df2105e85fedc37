"""What `doctor` says of installations, machines and data folders that are right, odd or broken."""

import json
import subprocess
import sys
from importlib import metadata

import pytest

from tests.yolo.data.folders import DOG, voc_root, write_picture, write_text, xml
from yolo import machine
from yolo.cli import doctor
from yolo.data import readable_pictures


def states(findings):
    return [finding.state for finding in findings]


def test_the_installation_that_runs_these_tests_is_not_broken():
    for check in (doctor.python, doctor.packages, doctor.opencv):
        assert "broken" not in states(check())


def test_a_package_that_is_missing_is_broken_and_one_of_another_version_a_warning(monkeypatch):
    listed = ["no-such-package>=1", "numpy<1", "pytest>=7", 'absent; extra == "onnx"', 'absent; python_version < "3"']
    monkeypatch.setattr(doctor, "requirements", lambda: listed)
    missing, other, fine = doctor.packages()
    assert (missing.state, missing.text) == (
        "broken",
        "no-such-package is not installed: pip install -r requirements.txt",
    )
    assert other.state == "warning"
    assert f"numpy {metadata.version('numpy')} is installed, <1 is expected" in other.text
    assert (fine.state, fine.text) == ("ok", f"pytest {metadata.version('pytest')}")


def test_two_opencv_wheels_of_different_versions_are_broken(monkeypatch):
    versions = {"opencv-python": "4.13.0.92", "opencv-python-headless": "4.12.0.88"}
    monkeypatch.setattr(doctor, "version", versions.get)
    finding = next(doctor.opencv())
    assert finding.state == "broken"
    assert "opencv-python 4.13.0.92 and opencv-python-headless 4.12.0.88 share one folder" in finding.text
    assert finding.text.endswith("pip install --force-reinstall --no-deps opencv-python==4.13.0.92")


def test_an_albumentations_of_another_licence_is_broken(monkeypatch):
    monkeypatch.setattr(doctor, "version", {"albumentations": "2.0.8"}.get)
    assert list(doctor.albumentations()) == []
    monkeypatch.setattr(doctor, "version", {"albumentationsx": "2.5.0"}.get)
    (finding,) = doctor.albumentations()
    assert finding.state == "broken"
    assert "AGPL" in finding.text


def test_no_opencv_wheel_is_one_broken_line(monkeypatch):
    monkeypatch.setattr(doctor, "version", lambda name: None)
    (finding,) = doctor.opencv()
    assert (finding.state, finding.text) == ("broken", "is not installed: pip install -r requirements.txt")


@pytest.mark.parametrize(
    ("version", "state"), [((3, 9), "broken"), ((3, 10), "ok"), ((3, 13), "ok"), ((3, 14), "broken")]
)
def test_a_python_without_tensorflow_wheels_is_broken(monkeypatch, version, state):
    monkeypatch.setattr(doctor.sys, "version_info", version)
    assert states(doctor.python()) == [state]


def test_a_tensorflow_that_cannot_be_imported_is_broken_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    (finding,) = doctor.tensorflow()
    assert finding.state == "broken"
    assert finding.text.startswith("does not work (ModuleNotFoundError: ")
    assert "\n" not in finding.text


@pytest.mark.parametrize(
    ("instructions", "answer"),
    [(None, "float32"), ((), "float32"), (("bf16",), "float32"), (("avx512_bf16",), "mixed_bfloat16")],
)
def test_the_precision_named_is_the_one_that_training_takes(monkeypatch, instructions, answer):
    import tensorflow as tf

    from yolo.training import precision

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    monkeypatch.setattr(precision, "bfloat16_instructions", lambda: instructions)
    monkeypatch.setattr(machine, "bfloat16_instructions", lambda: instructions)
    texts = [finding.text for check in (doctor.tensorflow, doctor.processor) for finding in check()]
    assert f"--precision auto takes {answer}" in texts
    assert sum("--precision" in text for text in texts) == 1


@pytest.mark.parametrize(("free", "state"), [(None, "ok"), (2e9, "warning"), (8e9, "ok")])
def test_little_free_memory_is_a_warning(monkeypatch, free, state):
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    assert states(doctor.memory()) == [state]


@pytest.fixture
def checks(monkeypatch):
    """Leave out the checks of the machine, so that only those named are made."""

    def only(*kept):
        for name in {"python", "packages", "opencv", "tensorflow", "processor", "memory", "disk"} - set(kept):
            monkeypatch.setattr(doctor, name, list)

    return only


def test_a_broken_line_makes_exit_code_1_and_a_warning_does_not(yolo, checks, monkeypatch):
    checks("memory", "disk")
    monkeypatch.setattr(machine, "free_memory", lambda: 1e9)
    assert yolo("doctor").code == 0
    monkeypatch.setattr(doctor, "disk", lambda: [doctor.Finding("broken", "disk", "gone")])
    answer = yolo("doctor")
    assert answer.code == 1
    assert answer.out.splitlines()[-1] == "2 checks, warnings: 1, broken: 1"


def test_a_data_folder_that_is_absent_is_one_broken_line(yolo, checks, tmp_path):
    checks()
    answer = yolo("doctor", "--data", str(tmp_path / "none"))
    assert answer.code == 1
    assert answer.out.count("broken   data ") == 1
    assert answer.err == ""


def test_real_data_is_counted_and_its_known_flaws_are_named(yolo, checks, real_data):
    checks()
    answer = yolo("doctor", "--data", str(real_data / "bccd"))
    assert answer.code == 0
    assert "364 pictures" in answer.out
    assert "WBC: 372 objects" in answer.out
    flaws = [line for line in answer.out.splitlines() if line.startswith("warning")]
    assert len(flaws) == 1
    assert "less than a pixel" in flaws[0]
    assert "BloodImage_00338.jpg, BloodImage_00343.jpg" in flaws[0]


def test_real_data_with_difficult_objects_and_few_of_a_class_says_so(yolo, checks, real_data):
    checks()
    answer = yolo("doctor", "--data", str(real_data / "voc2012_100"))
    assert "100 pictures, 273 objects" in answer.out
    assert "38 objects are marked difficult" in answer.out
    assert "warning  class       cat: 5 objects, so few" in answer.out


def test_data_are_checked_alone_and_without_tensorflow(tmp_path, repository):
    root = voc_root(tmp_path / "set", {"a": xml(DOG)}, {"train": "a"})
    program = (
        "import json, sys; from yolo.cli import doctor; code = doctor.main(['--data', sys.argv[1]]); "
        "print(json.dumps([code, sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, check=True, cwd=repository
    )
    *lines, last = done.stdout.splitlines()
    assert json.loads(last) == [0, []]
    assert {line.split()[1] for line in lines[:-2]} == {"data", "class"}


def test_everything_wrong_with_a_data_set_is_named_in_one_run(tmp_path):
    broken = {f"broken{i}": "<annotation>" for i in range(20)}
    root = voc_root(
        tmp_path, {"a": xml(DOG, DOG), "cut": xml(DOG)} | broken, {"train": "a\ncut\ngone\nbare\n", "val": "a"}
    )
    (root / "JPEGImages" / "cut.jpg").write_bytes(b"no picture")
    write_picture(root / "JPEGImages" / "bare.jpg")
    findings = list(doctor.data(root))
    said = "\n".join(finding.text for finding in findings if finding.state == "warning")
    assert "1 entry of a list left out because no picture has that name: gone; bring the pictures" in said
    assert "1 picture without an annotation file left out: bare.jpg; annotate them" in said
    assert "20 annotations that cannot be read left out" in said
    assert all(f"broken{i}.xml" in said for i in range(20))
    assert "1 box drawn a second time in the same picture: a.xml" in said
    assert "1 of 2 annotated pictures left out because not readable: cut.jpg" in said
    assert "1 picture is in two splits" in said
    assert "broken" not in states(findings)


def test_problems_are_told_beside_pictures_of_equal_size_that_cannot_be_decoded(tmp_path):
    root = voc_root(
        tmp_path, {stem: xml(DOG) for stem in ("a", "b", "cut")}, {"train": "a\ngone", "val": "b", "test": "cut"}
    )
    size = (root / "JPEGImages" / "a.jpg").stat().st_size
    (root / "JPEGImages" / "cut.jpg").write_bytes(b"x" * size)
    findings = list(doctor.data(root))
    said = "\n".join(finding.text for finding in findings)
    assert "1 entry of a list left out because no picture has that name: gone; bring the pictures" in said
    assert "1 of 3 annotated pictures left out because not readable: cut.jpg" in said
    assert "1 picture is in two splits, so that scores flatter: a.jpg (train) = b.jpg (val)" in said
    assert "splits: test 0, train 1, val 1" in said
    assert "the split 'test' holds no picture that can be used" in said
    assert "without objects" not in said
    assert "difficult" not in said


def test_a_picture_that_vanishes_while_the_data_are_checked_is_left_out(tmp_path, monkeypatch):
    root = voc_root(tmp_path, {"a": xml(DOG), "b": xml(DOG)}, {"train": "a\nb", "val": "b"})
    real = readable_pictures.cleaned

    def vanish(*arguments):
        (root / "JPEGImages" / "b.jpg").unlink()
        return real(*arguments)

    monkeypatch.setattr(readable_pictures, "cleaned", vanish)
    said = "\n".join(finding.text for finding in doctor.data(root))
    assert "1 of 2 annotated pictures left out because not readable: b.jpg" in said
    assert "1 picture, 1 object" in said


def test_pictures_without_annotation_are_taken_as_empty_when_asked(yolo, tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a\nbare\n"})
    write_picture(root / "JPEGImages" / "bare.jpg")
    assert "2 pictures (1 without objects), 1 object\n" in yolo("doctor", "--data", str(root), "--negatives").out


def test_a_list_of_nothing_that_can_be_used_is_a_warning(tmp_path):
    root = voc_root(tmp_path, {"a": xml(DOG)}, {"train": "a", "old": "gone"})
    assert any("the split 'old' holds no picture" in finding.text for finding in doctor.data(root))


def test_where_nothing_can_be_used_there_is_one_broken_line(tmp_path):
    write_text(tmp_path / "a.xml", "")
    write_picture(tmp_path / "a.png")
    (finding,) = doctor.data(tmp_path)
    assert finding.state == "broken"
    assert "none of the annotations" in finding.text
