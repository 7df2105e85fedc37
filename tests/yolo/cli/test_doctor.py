"""What `doctor` says of installations and machines that are right, odd or broken."""

import sys
from importlib import metadata

import pytest

from yolo import machine
from yolo.cli import doctor


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


def test_the_threads_within_a_quota_are_told(monkeypatch):
    monkeypatch.setattr(machine, "processor_quota", lambda: 1.0)
    monkeypatch.setattr(machine, "usable_cores", lambda: 64)
    (line,) = doctor.processor()
    assert ", 1 thread (a quota leaves 1 of 64 cores), " in line.text


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
    monkeypatch.setattr(doctor, "disk", lambda: [doctor.MachineLine("broken", "disk", "gone")])
    answer = yolo("doctor")
    assert answer.code == 1
    assert answer.out.splitlines()[-1] == "2 checks, warnings: 1, broken: 1"


@pytest.mark.parametrize("flags", [["--json", "found.json"], ["--all"]])
def test_a_flag_that_is_of_data_alone_asks_for_data(yolo, checks, flags):
    checks()
    answer = yolo("doctor", *flags)
    assert answer.code == 2
    assert answer.err == f"error: {flags[0]} wants a data folder to check: add --data DATA.\n"
