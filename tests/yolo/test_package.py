"""What `import yolo` brings and costs."""

import importlib
import subprocess
import sys

import pytest

import yolo


def test_importing_the_package_loads_nothing_heavy(repository):
    code = "import sys, yolo; print(*sorted({'numpy', 'cv2', 'keras', 'tensorflow'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == ""


def test_public_names_are_listed_and_an_unknown_one_is_an_attribute_error():
    assert {"Detector", "YoloV4Tiny"} <= set(dir(yolo))
    with pytest.raises(AttributeError, match="has no attribute 'Detecter'"):
        _ = yolo.Detecter


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("Detector", "yolo.inference.detector"),
        ("YoloV4Tiny", "yolo.nets.model"),
        ("draw", "yolo.inference.draw"),
    ],
)
def test_a_public_name_is_that_of_its_module(name, home):
    assert getattr(yolo, name) is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize(
    "imports",
    ["import yolo, keras", "import keras, yolo", "import yolo, attention, keras", "import yolo.nets.blocks, keras"],
)
def test_keras_reads_a_file_once_the_package_is_imported_in_any_order(imports, repository, tmp_path):
    from yolo import YoloV4Tiny

    path = tmp_path / "größe 1.keras"
    YoloV4Tiny(("a",)).save(path)
    code = f"import sys; {imports}; print(type(keras.models.load_model(sys.argv[1])).__name__)"
    answer = subprocess.run([sys.executable, "-c", code, path], cwd=repository, capture_output=True, text=True)
    assert answer.stdout.strip() == "YoloV4Tiny", answer.stderr
