"""What a checkout and an installed wheel have in common, and what not."""

from importlib import metadata

import pytest

from yolo import installation
from yolo.bundled_data import bundled
from yolo.installation import DISTRIBUTION, checkout, install_command, requirements


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """The folder of `yolo` as pip puts it, with one bundled file."""
    package = tmp_path / "site-packages" / "yolo"
    (package / "model_data" / "augment").mkdir(parents=True)
    (package / "model_data" / "augment" / "aerial.yaml").write_text("seen: from above\n")
    monkeypatch.setattr(installation, "__file__", str(package / "installation.py"))
    monkeypatch.setattr("importlib.resources.files", lambda name: package.parent / name)
    return package


def test_these_tests_run_in_a_checkout(repository):
    assert checkout() == repository
    assert bundled("voc_classes.txt") == repository / "model_data" / "voc_classes.txt"
    assert install_command() == "pip install -r requirements.txt"


def test_a_wheel_is_told_by_the_files_within_the_package(wheel):
    assert checkout() is None
    assert install_command() == "install the wheel of yolov4-tiny-attention again"
    assert bundled("augment/aerial.yaml").read_text() == "seen: from above\n"
    assert [path.stem for path in bundled("augment").glob("*.yaml")] == ["aerial"]


def test_a_checkout_needs_what_requirements_txt_lists_without_its_comments(tmp_path, monkeypatch):
    text = "# a comment\nno-such-package>=1\nnumpy<1  # too old\n\npytest>=7\n"
    (tmp_path / "requirements.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(installation, "__file__", str(tmp_path / "yolo" / "installation.py"))
    assert requirements() == ["no-such-package>=1", "numpy<1", "pytest>=7"]


def test_a_wheel_needs_what_is_written_beside_it(wheel, monkeypatch):
    monkeypatch.setattr(metadata, "requires", {DISTRIBUTION: ["numpy>=2", 'onnx; extra == "onnx"']}.get)
    assert requirements() == ["numpy>=2", 'onnx; extra == "onnx"']


def test_a_wheel_without_what_is_written_beside_it_is_an_import_error(wheel, monkeypatch):
    monkeypatch.setattr(installation, "DISTRIBUTION", "no-such-distribution")
    with pytest.raises(ImportError, match="no-such-distribution"):
        requirements()
