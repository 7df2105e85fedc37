"""From the flags of `train.py` to settings, and what is printed at the end; the engine is a stand-in."""

import json
import shlex
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import h5py
import pytest

import attention
from yolo.cli.phi import PHI
from yolo.config import TrainConfig
from yolo.inference.sources import open_sources
from yolo.training import next_commands
from yolo.training.fitted_scores import FittedScores

XML = (
    "<annotation><object><name>cell</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
    "</object></annotation>"
)


@dataclass(frozen=True)
class Run:
    folder: Path
    best: float | None = 0.8754
    epochs: int = 40
    seconds: float = 90.0
    report: object = None
    test_split: str | None = "test"
    test_is_unseen: bool = True
    fitted: FittedScores | None = None

    @property
    def best_model(self):
        return self.folder / "best.keras"


@pytest.fixture
def data(tmp_path):
    """A VOC folder with one picture, which nothing in these tests opens, in one list, `val`."""
    root = tmp_path / "my data"
    for name, text in (("JPEGImages/é.jpg", ""), ("Annotations/é.xml", XML), ("ImageSets/Main/val.txt", "é\n")):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def engine(monkeypatch, tmp_path, data):
    """Stands in for the training engine and records what it was asked."""
    asked = SimpleNamespace(config=None, resumed=None, run=Run(tmp_path / "été run"))
    asked.run.folder.mkdir()

    def train(config):
        asked.config = config
        replace(config, data=config.data or str(data)).save(asked.run.folder / "config.json")
        return asked.run

    def resume(folder, allow_imports, **moved):
        asked.resumed = (folder, allow_imports, *moved.values())
        return asked.run

    monkeypatch.setitem(sys.modules, "yolo.training.engine", SimpleNamespace(train=train, resume=resume))
    return asked


def test_no_flags_train_with_the_defaults(yolo, engine):
    assert yolo("train").code == 0
    assert engine.config == TrainConfig()


def test_flags_become_settings(yolo, engine):
    yolo("train", "--seed", "7", "--input-size", "320", "512", "--precision", "float32", "--tensorboard")
    assert engine.config == TrainConfig(seed=7, input_size=(320, 512), precision="float32", tensorboard=True)


@pytest.mark.parametrize(("phi", "name"), [(0, "none"), (1, "se"), (2, "cbam"), (3, "eca"), (4, "ca")])
def test_phi_is_the_number_of_an_attention(yolo, engine, phi, name):
    yolo("train", "--phi", str(phi))
    assert engine.config.attention == name


def test_phi_counts_as_the_registry_of_attention_does():
    for phi, name in enumerate(PHI):
        by_phi, by_name = (attention.create(choice) for choice in (phi, name))
        assert type(by_phi) is type(by_name)
        assert by_phi.get_config() | {"name": ""} == by_name.get_config() | {"name": ""}


def test_a_file_of_settings_overrides_the_defaults_and_flags_override_the_file(yolo, engine, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"epochs": 3, "seed": 5, "attention": "se", "input_size": [320, 416]}', encoding="utf-8")
    assert yolo("train", "--config", str(path), "--epochs", "9", "--phi", "2").code == 0
    assert engine.config == TrainConfig(epochs=9, seed=5, attention="cbam", input_size=(320, 416))


def test_a_file_of_settings_runs_a_block_of_ones_own_only_by_leave_and_cannot_give_it(yolo, engine, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"attention": "se@p4, my_blocks:Ghost@p5", "allow_imports": true}', encoding="utf-8")
    answer = yolo("train", "--config", str(path))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert f"{path} has the attention 'my_blocks:Ghost'" in answer.err
    assert "--allow-imports" in answer.err
    assert yolo("train", "--config", str(path), "--allow-imports").code == 0
    assert engine.config == TrainConfig(attention="se@p4, my_blocks:Ghost@p5", allow_imports=True)
    assert yolo("train", "--config", str(path), "--attention", "se").code == 0
    assert engine.config == TrainConfig(attention="se")


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (
            ["--phi", "2", "--attention", "se"],
            "error: --phi and --attention both choose the attention; give one of them.",
        ),
        (["--epochs", "0"], "error: --epochs must be at least 1; got 0."),
        (["--input-size", "416", "400"], "error: --input-size must be at least 64 and a multiple of 32; got 416 400."),
        (["--config", "nowhere.json"], "error: cannot read the settings file nowhere.json: No such file or directory."),
        (
            ["--resume", "nowhere"],
            "error: --resume wants the folder of a run, with config.json in it; nowhere is none.",
        ),
        (
            ["--resume", "nowhere", "--epochs", "3", "--phi", "1"],
            "error: --resume continues a run with its own settings; leave out --epochs, --phi.",
        ),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_trained(yolo, engine, flags, line):
    answer = yolo("train", *flags)
    assert (answer.code, answer.out, answer.err) == (2, "", line + "\n")
    assert engine.config is engine.resumed is None


@pytest.mark.parametrize("flags", [["--phi", "5"], ["--phi", "x"], ["--precision", "half"], ["--batch-size", "1.5"]])
def test_a_value_that_is_no_choice_or_no_number_is_one_line(yolo, engine, flags):
    answer = yolo("train", *flags)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {flags[0]}")
    assert answer.err.count("\n") == 1


def test_resume_continues_the_run_in_that_folder(yolo, engine, data):
    TrainConfig(data=str(data)).save(engine.run.folder / "config.json")
    assert yolo("train", "--resume", str(engine.run.folder)).code == 0
    assert engine.resumed == (engine.run.folder, False)
    assert engine.config is None
    assert yolo("train", "--resume", str(engine.run.folder), "--allow-imports").code == 0
    assert engine.resumed == (engine.run.folder, True)


def write_state(path, state):
    """Write a checkpoint without weights."""
    with h5py.File(path, "w") as file:
        file.attrs["state"] = json.dumps(state)


def test_a_run_whose_data_have_moved_is_resumed_with_where_they_are(yolo, engine, data):
    TrainConfig(data="gone").save(engine.run.folder / "config.json")
    yolo("train", "--resume", str(engine.run.folder), "--data", str(data))
    assert engine.resumed == (engine.run.folder, False, str(data))


def test_a_run_is_resumed_from_the_checkpoint_before_by_its_name(yolo, engine, data):
    TrainConfig(data=str(data)).save(engine.run.folder / "config.json")
    before = engine.run.folder / "previous.weights.h5"
    answer = yolo("train", "--resume", str(before))
    assert (answer.code, engine.resumed) == (2, None)
    assert f"there is no checkpoint {before}" in answer.err
    write_state(before, {"epoch": 0, "history": [], "halvings": 0, "network": {}, "data": ""})
    assert yolo("train", "--resume", str(before)).code == 0
    assert engine.resumed == (before, False)


@pytest.fixture
def finished(engine, data):
    """The folder of a run of two epochs that has nothing left to do."""
    folder = engine.run.folder
    TrainConfig(data=str(data), epochs=2).save(folder / "config.json")
    rows = [{"epoch": i, "loss": 1.0, "val_ap50": 0.25 * i, "val_ap": 0.125} for i in (1, 2)]
    state = {"epoch": 2, "history": rows, "halvings": 0, "network": {}, "data": ""}
    write_state(folder / "last.weights.h5", state)
    (folder / "state.json").write_text(json.dumps(state | {"finished": True}), encoding="utf-8")
    (folder / "best.keras").touch()
    return folder


def test_a_finished_run_says_so_at_once_and_what_to_run_next(yolo, engine, finished, data):
    answer = yolo("train", "--resume", str(finished))
    best = finished / "best.keras"
    assert (answer.code, answer.err, engine.resumed) == (0, "", None)
    assert answer.out.splitlines() == [
        f"{finished} is finished: 2 epochs, validation AP50 0.500 in epoch 2; the model is {best}",
        "to train it for longer, start a new run from it: "
        f"python train.py --data '{data}' --weights '{finished}' --epochs 2",
        "",
        "next:",
        f"  python predict.py '{data / 'JPEGImages'}' --weights '{best}'",
        f"  python -m yolo evaluate --data '{data}' --split val --weights '{best}'",
    ]


def test_a_finished_run_is_told_of_even_when_its_data_and_its_checkpoint_are_gone(yolo, engine, finished, data):
    data.rename(data.with_name("moved"))
    (finished / "last.weights.h5").unlink()
    answer = yolo("train", "--resume", str(finished))
    assert (answer.code, answer.err, engine.resumed) == (0, "", None)
    assert answer.out.splitlines()[-2:] == [
        "next:",
        f"  python predict.py PICTURES --weights '{finished / 'best.keras'}'",
    ]


@pytest.mark.parametrize("missing", ["best.keras", "state.json"])
def test_a_run_that_was_killed_before_its_model_was_scored_is_not_finished(yolo, engine, finished, missing):
    (finished / missing).unlink()
    yolo("train", "--resume", str(finished))
    assert engine.resumed == (finished, False)


def test_a_finished_run_whose_checkpoint_is_put_back_to_an_earlier_epoch_goes_on(yolo, engine, finished):
    state = json.loads((finished / "state.json").read_text(encoding="utf-8"))
    write_state(finished / "last.weights.h5", state | {"epoch": 1, "history": state["history"][:1]})
    yolo("train", "--resume", str(finished))
    assert engine.resumed == (finished, False)


def test_more_epochs_are_refused_with_the_way_to_get_them(yolo, engine, finished, data):
    answer = yolo("train", "--resume", str(finished), "--epochs", "60")
    assert (answer.code, answer.out, engine.resumed) == (2, "", None)
    assert answer.err == (
        "error: --resume continues a run with its own settings; leave out --epochs. To train for longer, start a new "
        f"run from its weights: python train.py --data '{data}' --weights '{finished}' --epochs 60\n"
    )


def test_a_run_that_found_nothing_has_no_best_epoch(yolo, engine, data):
    engine.run = replace(engine.run, best=0.0)
    answer = yolo("train", "--data", str(data))
    assert answer.out.startswith("validation AP50 0.000, 40 epochs, ")


def test_the_end_says_the_score_the_file_and_two_commands_that_can_be_pasted(yolo, engine, data):
    answer = yolo("train", "--data", str(data))
    best = engine.run.best_model
    assert answer.out.splitlines() == [
        f"validation AP50 0.875 in the epoch of the best AP, 40 epochs, 1.5 minutes; saved in {best}",
        "",
        "next:",
        f"  python predict.py '{data / 'JPEGImages'}' --weights '{best}'",
        f"  python -m yolo evaluate --data '{data}' --split val --weights '{best}'",
    ]


FITTED = FittedScores(
    "validation", 72, {"Katze": 0.314, "Hund": 0.5}, 1.42, 0.45, 0.4, 0.2, 0.1, (0.8211, 0.9034), (0.4, 0.6)
)
LINE = (
    "score thresholds of the highest F1 on the 72 validation pictures, for predict: Katze 0.31, Hund 0.50; scores are "
    "scaled by the temperature 1.42"
)


def test_the_end_says_the_interval_and_the_score_thresholds_in_one_line(yolo, engine, data):
    engine.run = replace(engine.run, fitted=FITTED)
    first, second, *rest = yolo("train", "--data", str(data)).out.splitlines()
    assert first.startswith("validation AP50 0.875 [0.821, 0.903] in the epoch of the best AP, 40 epochs, 1.5 minutes")
    assert second == LINE
    assert rest[:2] == ["", "next:"]
    assert "--score-threshold" not in "".join(rest)  # predict takes them from the model


def test_thresholds_fitted_to_training_pictures_or_to_nothing_are_said_to_be_so(yolo, engine):
    for fitted, line in (
        (
            replace(FITTED, thresholds={}),
            "no score thresholds: no detection was right in the 72 validation pictures; predict keeps 0.25; scores are "
            "scaled by the temperature 1.42",
        ),
        (replace(FITTED, pictures="training", temperature=1.0), "on the 72 training pictures, as there is no valid"),
    ):
        engine.run = replace(engine.run, fitted=fitted)
        assert line in yolo("train").out
    assert "temperature" not in yolo("train").out


def test_a_finished_run_says_its_thresholds_again(yolo, engine, finished):
    FITTED.save(finished)
    assert LINE in yolo("train", "--resume", str(finished)).out.splitlines()


@pytest.mark.parametrize(
    "change", [None, *({name: value} for name, value in (("thresholds", {"RBC": "0.3"}), ("thresholds", [0.3]),
                       ("temperature", None), ("temperature", True), ("images", "9"), ("pictures", 1), ("other", 1)))]
)  # fmt: skip
def test_a_damaged_file_of_thresholds_is_one_line(yolo, finished, change):
    FITTED.save(finished)
    file = finished / "eval" / "thresholds.json"
    content = [1] if change is None else json.loads(file.read_text(encoding="utf-8")) | change
    file.write_text(json.dumps(content), encoding="utf-8")
    answer = yolo("train", "--resume", str(finished))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "thresholds.json holds no thresholds" in answer.err


def test_several_data_paths_are_proposed_as_they_were_given(yolo, engine, data, tmp_path):
    other = tmp_path / "more"
    for name, text in (("JPEGImages/a.jpg", ""), ("Annotations/a.xml", XML), ("ImageSets/Main/test.txt", "a\n")):
        (other / name).parent.mkdir(parents=True)
        (other / name).write_text(text, encoding="utf-8")
    *_, predict, evaluate = yolo("train", "--data", f"{data},{other}").out.splitlines()
    assert predict.startswith(f"  python predict.py {other / 'JPEGImages'} --weights ")
    assert evaluate.startswith(f"  python -m yolo evaluate --data '{data},{other}' --split test --weights ")


def test_a_model_with_attention_of_ones_own_is_proposed_with_the_flag_that_it_needs(yolo, engine, data):
    for spec, flag in (("cbam@p4, my_blocks:Ghost@p5", " --allow-imports"), ("se(ratio=8)", "")):
        answer = yolo("train", "--data", str(data), "--attention", spec)
        proposed = [line for line in answer.out.splitlines() if "--weights" in line]
        assert [line.rpartition(f"'{engine.run.best_model}'")[2] for line in proposed] == [flag, flag]


def test_a_test_list_of_negatives_alone_is_proposed_with_the_flags_that_it_takes_and_no_annotation_is_read(
    yolo, engine, data, monkeypatch
):
    (data / "JPEGImages/leer.jpg").touch()
    (data / "ImageSets/Main/test.txt").write_text("leer\n", encoding="utf-8")
    monkeypatch.setattr("yolo.data.data_folder.DataFolder", None)
    answer = yolo("train", "--data", str(data), "--negatives", "--corners", "0")
    assert (answer.code, answer.err) == (0, "")
    evaluate = f"  python -m yolo evaluate --data '{data}' --corners 0 --negatives --split test --weights "
    assert answer.out.splitlines()[-1].startswith(evaluate)


@pytest.mark.parametrize(
    ("given", "resumed", "predicted"),
    [
        ({"augment": "my_module:mine"}, True, False),
        ({"attention": "se@p4, my_blocks:Ghost@p5"}, True, True),
        ({"attention": "se(inner={'a'})"}, True, True),
        ({"attention": "se(ratio=8)", "augment": "some:where/mine.yaml"}, False, False),
    ],
)
def test_a_command_has_the_leave_that_it_takes(tmp_path, given, resumed, predicted):
    config = TrainConfig(data="my data", epochs=3, **given)
    config.save(tmp_path / "config.json")
    assert next_commands.resume_command(tmp_path).endswith(" --allow-imports") == resumed
    assert next_commands.resume_command(tmp_path / "previous.weights.h5").endswith(" --allow-imports") == resumed
    for command in next_commands.use_commands(tmp_path, config):
        assert (" --allow-imports" in command) == predicted
    assert (" --allow-imports" in next_commands.longer_command(tmp_path, config)) == resumed


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({}, ""),
        ({"labels": "cat,a dog", "horizontal_flip": 0.0}, " --labels 'cat,a dog' --horizontal-flip 0.0"),
        ({"teacher": "runs/big", "unlabelled": "b c"}, " --teacher runs/big --unlabelled 'b c'"),
        ({"augment": "strong", "mosaic": 0.5}, " --mosaic 0.5 --augment strong"),
        ({"attention": "se(ratio=8)", "input_size": (64, 96)}, " --attention 'se(ratio=8)' --input-size 64 96"),
        ({"augment": "looks/mine.yaml", "negatives": True}, " --augment {folder}/augment.yaml"),
    ],
)
def test_a_run_that_is_trained_further_keeps_its_data_its_network_and_its_looks(tmp_path, given, flags):
    config = TrainConfig(data="pictures", epochs=3, weights="none", **given)
    assert " --weights none " in next_commands.longer_command(tmp_path, config), "it was stopped in its first epoch"
    (tmp_path / "best.keras").touch()
    if config.augment.endswith("yaml"):
        (tmp_path / "augment.yaml").write_text("", encoding="utf-8")
    negatives = " --negatives" * config.negatives
    assert next_commands.longer_command(tmp_path, config) == (
        f"python train.py --data pictures{negatives} --weights {tmp_path}{flags.format(folder=tmp_path)} --epochs 3"
    )


@pytest.mark.parametrize(("lists", "split"), [(("val", "test"), "test"), (("val",), "val")])
def test_the_evaluation_proposed_is_of_a_list_that_exists_the_test_list_first(yolo, engine, data, lists, split):
    (data / "ImageSets/Main/val.txt").unlink()
    for name in lists:
        (data / f"ImageSets/Main/{name}.txt").write_text("é\n", encoding="utf-8")
    assert f" --split {split} " in yolo("train", "--data", str(data)).out


def test_where_only_training_pictures_have_a_list_no_evaluation_is_proposed(yolo, engine, data):
    (data / "ImageSets/Main/val.txt").rename(data / "ImageSets/Main/train.txt")
    answer = yolo("train", "--data", str(data))
    assert "evaluate" not in answer.out
    assert f"predict.py '{data / 'JPEGImages'}'" in answer.out


@pytest.mark.parametrize(
    ("layout", "pictures"),
    [
        ({"jpg": "images", "xml": "annotations", "txt": "ImageSets/Main"}, "images"),
        ({"jpg": "VOC2007/JPEGImages", "xml": "VOC2007/Annotations", "txt": "VOC2007/ImageSets/Main"}, None),
        ({"jpg": "", "xml": "", "txt": "ImageSets/Main"}, ""),
        ({"jpg": "test", "xml": "test", "txt": "unused"}, "test"),
    ],
)
def test_the_prediction_proposed_is_of_a_folder_that_holds_pictures(yolo, engine, tmp_path, layout, pictures):
    root = tmp_path / "other data"
    for suffix, name, text in (("jpg", "a.jpg", ""), ("xml", "a.xml", XML), ("txt", "test.txt", "a\n")):
        (root / layout[suffix]).mkdir(parents=True, exist_ok=True)
        (root / layout[suffix] / name).write_text(text, encoding="utf-8")
    line = next(line for line in yolo("train", "--data", str(root)).out.splitlines() if "predict.py" in line)
    folder = Path(shlex.split(line)[2])
    assert folder == root / (layout["jpg"] if pictures is None else pictures)
    assert open_sources([folder])[0].paths == [folder / "a.jpg"]


def test_without_a_validation_list_no_score_is_claimed(yolo, engine):
    engine.run = Run(engine.run.folder, best=None)
    answer = yolo("train", "--val-split", "none")
    assert answer.out.startswith("trained without validation, 40 epochs")


def test_train_py_is_the_same_command(repository):
    answer = subprocess.run(
        [sys.executable, "train.py", "--epochs", "0"], cwd=repository, capture_output=True, text=True, timeout=60
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "error: --epochs must be at least 1; got 0.\n"


@pytest.mark.parametrize(
    ("unseen", "claim"), [(True, "which took no part in training"), (False, "some of which took part in training")]
)
def test_the_table_of_the_test_list_is_printed_when_there_is_one(yolo, engine, data, unseen, claim):
    report = SimpleNamespace(table=lambda: "class AP50\ncell 0.9")
    engine.run = replace(engine.run, report=report, test_is_unseen=unseen)
    answer = yolo("train", "--data", str(data))
    assert f"on the list 'test', {claim}:\nclass AP50\ncell 0.9\n" in answer.out
