"""`benchmark` from a model file to its tables and rows."""

import json

import pytest

from tests.backends import tensorflow_only
from tests.yolo.export.detectors import skip_without
from tests.yolo.training.thin import painted_set, thin_networks
from yolo.nets.model import YoloV4Tiny

pytestmark = tensorflow_only


@pytest.fixture(autouse=True)
def thin(monkeypatch):
    thin_networks(monkeypatch)


def test_every_model_has_its_rows_and_its_scores(yolo, tmp_path):
    skip_without("onnx")
    root = painted_set(tmp_path / "gemalt")
    YoloV4Tiny(("grün", "rot"), input_size=(64, 96)).save(tmp_path / "été.keras")
    asked = ["--weights", str(tmp_path / "été.keras"), "--compare", "keras,onnx:float32", "--rounds", "2"]
    asked += ["--batch", "1", "3", "--data", str(root), "--no-startup", "--json", str(tmp_path / "rows.json")]
    answer = yolo("benchmark", *asked)
    assert answer.code == 0, answer.err
    rows = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    names = {"runtime", "precision", "stage", "batch", "size", "median_ms", "p95_ms"}
    assert all(names <= set(row) and row["size"] == [64, 96] and row["median_ms"] > 0 for row in rows)
    assert [(row["runtime"], row["stage"], row["batch"]) for row in rows if row["stage"] == "network"] == [
        (runtime, "network", batch) for batch in (1, 3) for runtime in ("keras", "onnx")
    ]
    assert len({row["ap50"] for row in rows}) == 1
    assert all(row["ap50_low"] <= row["ap50"] <= row["ap50_high"] for row in rows)
    assert "| keras | float32 |" in answer.out
    assert "| onnx | float32 |" in answer.out


def test_pictures_that_are_left_out_are_named(yolo, tmp_path):
    root = painted_set(tmp_path / "daten")
    (root / "JPEGImages" / "bild 10.png").unlink()
    YoloV4Tiny(("grün", "rot"), input_size=(64, 96)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked, "--data", str(root))
    assert answer.code == 0, answer.err
    assert "1 annotation left out because no picture has that name: bild 10.xml" in answer.err
    assert "; AP on 2 pictures of the list 'test'\n" in answer.out


def test_int8_without_pictures_to_calibrate_on_is_left_out_and_said(yolo, tmp_path):
    skip_without("openvino")
    YoloV4Tiny(("a",), input_size=(64, 64)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras,openvino", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked)
    assert answer.code == 0, answer.err
    assert "int8 left out: int8 measures on pictures: give a folder of them with --calibrate, or --data." in answer.err
    assert "| openvino | bfloat16 |" in answer.out
    assert "| openvino | int8 |" not in answer.out


@pytest.mark.parametrize("compared", ["onnx:int8", "keras, onnx:int8"])
def test_int8_that_is_asked_for_by_name_needs_pictures_to_calibrate_on(yolo, compared):
    answer = yolo("benchmark", "--compare", compared)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err == "error: int8 measures on pictures: give a folder of them with --calibrate, or --data.\n"


def test_pictures_to_calibrate_on_are_not_ignored_where_no_int8_is_measured(yolo, tmp_path):
    answer = yolo("benchmark", "--compare", "keras", "--calibrate", str(tmp_path))
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("error: --calibrate is for int8, which is not measured here: leave it out.\n")


def test_a_model_whose_attention_is_a_module_of_the_users_is_measured_once_that_is_allowed(yolo, tmp_path, monkeypatch):
    (tmp_path / "my_gate.py").write_text(
        "import keras\n\n\nclass Gate(keras.layers.Layer):\n    def call(self, x):\n        return x * 0.5\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    YoloV4Tiny(("a",), attention="my_gate:Gate", input_size=(64, 64)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked)
    assert answer.code == 2
    assert answer.err.startswith("loading the network")
    assert "--allow-imports" in answer.err.removesuffix("\n").rpartition("\n")[2]
    answer = yolo("benchmark", *asked, "--allow-imports")
    assert answer.code == 0, answer.err
    assert "| keras | float32 |" in answer.out


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--compare", "onx"], "--compare: there is no 'onx'"),
        (["--rounds", "0"], "--rounds must be at least 1; got 0."),
        (["--batch", "0"], "--batch must be at least 1; got 0."),
        (["--data", "absent"], "there are no data at absent"),
    ],
)
def test_a_mistake_is_one_line(yolo, flags, line):
    answer = yolo("benchmark", *flags)
    assert (answer.code, answer.err.count("\n")) == (2, 1), answer.err
    assert answer.err.startswith(f"error: {line}")


def test_a_file_that_cannot_be_written_is_known_before_the_work(yolo, tmp_path):
    (tmp_path / "mine").write_text("", encoding="utf-8")
    answer = yolo("benchmark", "--json", str(tmp_path / "mine" / "rows.json"))
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"error: cannot make the folder {tmp_path / 'mine'} of --json: ")


def test_the_newest_model_is_not_overwritten_by_the_rows(yolo, tmp_path):
    best = tmp_path / "runs" / "first" / "best.keras"
    best.parent.mkdir(parents=True)
    best.write_bytes(b"weights")
    for named in (best, best.parent / ".." / "first" / "best.keras"):
        answer = yolo("benchmark", "--runs", str(tmp_path / "runs"), "--json", str(named))
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == f"error: --json would overwrite {named}, which is to be read: give another name.\n"
    assert best.read_bytes() == b"weights"


def test_an_output_that_is_a_file_is_known_before_the_work(yolo, tmp_path):
    (tmp_path / "mine").touch()
    answer = yolo("benchmark", "--output", str(tmp_path / "mine"))
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"error: cannot make the folder {tmp_path / 'mine'}: ")


def test_a_model_of_the_user_in_the_output_folder_stays(yolo, tmp_path):
    YoloV4Tiny(("a",), input_size=(64, 64)).save(tmp_path / "model.keras")
    content = (tmp_path / "model.keras").read_bytes()
    asked = ["--weights", str(tmp_path / "model.keras"), "--compare", "keras,saved_model", "--rounds", "1"]
    answer = yolo("benchmark", *asked, "--no-startup", "--output", str(tmp_path))
    assert answer.code == 0, answer.err
    assert (tmp_path / "model.keras").read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["benchmark_saved_model", "model.keras"]


@pytest.mark.parametrize("split", ["all", "val"])
def test_int8_is_left_out_where_every_picture_is_scored_or_nothing_is_there_to_train_on(yolo, tmp_path, split):
    skip_without("openvino")
    root = painted_set(tmp_path / "daten")
    if split == "val":
        lists = root / "ImageSets" / "Main"
        (lists / "train.txt").rename(lists / "test.txt")  # val and test leave pictures for training otherwise
        (lists / "val.txt").write_text("\n".join(f"bild {number:02d}" for number in range(6, 12)), encoding="utf-8")
    YoloV4Tiny(("grün", "rot"), input_size=(64, 96)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras,openvino", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked, "--data", str(root), "--split", split)
    assert answer.code == 0, answer.err
    assert "int8 left out: " in answer.err


def test_classes_that_the_model_does_not_know_are_named_before_the_work(yolo, tmp_path):
    YoloV4Tiny(("gelb",), input_size=(64, 96)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras", "--no-startup", "--split", "all"]
    answer = yolo("benchmark", *asked, "--data", str(painted_set(tmp_path / "daten")))
    assert (answer.code, answer.out) == (2, "1 class, 96 x 64, pictures letterboxed, all from a.keras\n")
    assert answer.err.endswith(
        "the data hold objects of grün, rot, which the detector does not know; it knows gelb: "
        "give data or weights of the same classes.\n"
    )


def test_int8_is_calibrated_on_the_pictures_of_a_folder(yolo, tmp_path):
    skip_without("onnx")
    root = painted_set(tmp_path / "daten")
    YoloV4Tiny(("grün", "rot"), input_size=(64, 96)).save(tmp_path / "a.keras")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras,onnx:int8", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked, "--calibrate", str(root / "JPEGImages"))
    assert answer.code == 0, answer.err
    assert "| onnx | int8 |" in answer.out


def test_a_folder_to_calibrate_on_that_holds_no_pictures_is_one_line(yolo, tmp_path):
    asked = ["--compare", "keras,onnx:int8", "--calibrate", str(tmp_path)]
    answer = yolo("benchmark", *asked)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err == f"error: {tmp_path} holds no pictures: give --calibrate a folder that does.\n"


def test_a_model_that_is_refused_is_named_and_the_others_are_measured(yolo, tmp_path):
    YoloV4Tiny(("a",), input_size=(64, 64)).save(tmp_path / "a.keras")
    kept = tmp_path / "out" / "benchmark_saved_model" / "diary.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    asked = ["--weights", str(tmp_path / "a.keras"), "--compare", "keras,saved_model", "--rounds", "1", "--no-startup"]
    answer = yolo("benchmark", *asked, "--output", str(tmp_path / "out"))
    assert answer.code == 0, answer.err
    assert "saved_model in float32 left out: " in answer.err
    assert "| keras | float32 |" in answer.out
    assert "| saved_model |" not in answer.out
    assert kept.read_text(encoding="utf-8") == "mine"


def test_pictures_that_are_not_there_are_named_before_the_model_is_loaded(yolo, tmp_path):
    damaged = tmp_path / "damaged.keras"
    damaged.write_text("no model", encoding="utf-8")
    answer = yolo("benchmark", "--weights", str(damaged), "--compare", "keras", "--pictures", str(tmp_path / "nowhere"))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "nowhere" in answer.err
