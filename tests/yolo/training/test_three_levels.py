"""Training with a third level: the plan, whole runs, resuming, and a loss that falls."""

import json
import logging
import shutil

import numpy as np
import pytest
from keras import optimizers

from tests.yolo.data.folders import write_text, xml
from tests.yolo.training.runs import assert_same_run, config
from tests.yolo.training.test_engine import train_and_die
from tests.yolo.training.thin import NAMES, SIZE, thin_networks
from yolo import anchors
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.training.engine import resume, train
from yolo.training.initial_network import initial_network
from yolo.training.next_commands import longer_command
from yolo.training.plan import TrainingPlan
from yolo.training.plan_from_settings import check_start, make_plan, open_initial
from yolo.training.training_model import TrainingModel
from yolo.weights.load_network import load_network

MASKS = ((6, 7, 8), (3, 4, 5), (0, 1, 2))


@pytest.fixture(scope="module")
def finished(painted_root, tmp_path_factory):
    """A run of two epochs on small detectors."""
    with pytest.MonkeyPatch.context() as patched:
        thin_networks(patched)
        return train(config(painted_root, tmp_path_factory.mktemp("läufe"), epochs=2, levels=3, attention="se"))


def test_the_plan_has_nine_anchors_and_three_masks(painted_root, tmp_path):
    plan, _ = make_plan(config(painted_root, tmp_path, levels=3), None)
    assert (len(plan.network["anchors"]), plan.network["masks"], plan.settings["levels"]) == (9, MASKS, 3)
    assert len(set(plan.network["anchors"])) == 9
    assert YoloV4Tiny(**plan.network).levels == 3
    usual, _ = make_plan(config(painted_root, tmp_path, levels=3, anchors="default"), None)
    assert usual.network["anchors"] == anchors.DEFAULTS[3]
    two, _ = make_plan(config(painted_root, tmp_path), None)
    assert (len(two.network["anchors"]), two.network["masks"]) == (6, MASKS[1:])


def test_a_file_of_six_anchors_and_a_place_of_the_third_level_are_refused_before_data_are_read(tmp_path):
    anchors.write(tmp_path / "sechs.txt", anchors.DEFAULT)
    with pytest.raises(UserError, match=r"expected 9 pairs w,h of .* for 3 levels"):
        check_start(TrainConfig(data="absent", levels=3, anchors=str(tmp_path / "sechs.txt")))
    with pytest.raises(UserError, match=r"no place 'p3' .* --levels 3"):
        make_plan(TrainConfig(data="absent", attention="se@p3"), None)


def test_the_model_of_a_run_has_three_levels_and_detects(finished, monkeypatch):
    thin_networks(monkeypatch)
    network = load_network(finished.best_model)
    assert (network.levels, network.masks, len(network.anchors)) == (3, MASKS, 9)
    assert network.attention == "se"
    detector = Detector.load(finished.best_model, score_threshold=0.0)
    boxes, scores = detector.runtime(np.zeros((1, *SIZE, 3), np.uint8))
    assert (boxes.shape, scores.shape) == ((1, 3 * (2 * 3 + 4 * 6 + 8 * 12), 4), (1, 378, len(NAMES)))
    assert finished.report.images == 3
    assert " --levels 3" in longer_command(finished.folder, TrainConfig.read(finished.folder / "config.json"))


def test_a_run_that_was_killed_ends_as_if_it_had_not_been(finished, tmp_path, monkeypatch):
    thin_networks(monkeypatch)
    train_and_die(TrainConfig.read(finished.folder / "config.json", runs=str(tmp_path)), (1, 0), monkeypatch)
    assert_same_run(finished.folder, resume(tmp_path / "gemalt").folder)


def test_a_run_from_before_there_were_levels_is_resumed(painted_root, tmp_path, monkeypatch):
    thin_networks(monkeypatch)
    settings = config(painted_root, tmp_path / "neu", epochs=2, test_split="none")
    whole = train(settings).folder
    train_and_die(TrainConfig.read(whole / "config.json", runs=str(tmp_path / "alt")), (1, 0), monkeypatch)
    run = tmp_path / "alt" / "gemalt"
    plan, kept = (json.loads((run / name).read_text(encoding="utf-8")) for name in ("plan.json", "config.json"))
    del plan["settings"]["levels"], plan["network"]["masks"], kept["levels"]
    for name, content in (("plan.json", plan), ("config.json", kept)):
        (run / name).write_text(json.dumps(content), encoding="utf-8")
    assert TrainingPlan.read(run).settings["levels"] == 2
    assert_same_run(whole, resume(run).folder)


def test_a_run_may_start_from_weights_of_two_levels_and_says_what_it_kept(painted_root, tmp_path, caplog):
    YoloV4Tiny(NAMES, input_size=SIZE).save(tmp_path / "zwei.keras")
    asked = config(painted_root, tmp_path, levels=3, weights=str(tmp_path / "zwei.keras"))
    initial = open_initial(asked, check_start(asked))
    with caplog.at_level(logging.INFO, "yolo"):
        plan, _ = make_plan(asked, initial)
        network = initial_network(plan.network, initial, 0)
    assert (network.levels, len(network.anchors)) == (3, 9)
    table = caplog.text[caplog.text.index("starting from") :]
    assert "stem, c2, c3, c4, c5, p5, up, p4" in table
    assert "up3, p3, p3_out: the file has none" in table
    assert "anchors are not those that the heads were trained with" in table


def test_small_objects_are_told_before_the_first_step_unless_there_is_a_third_level(painted_root, tmp_path, caplog):
    root = shutil.copytree(painted_root, tmp_path / "klein")
    for path in (root / "Annotations").glob("*.xml"):  # 12 x 12 in pictures of 80 x 60, at 96 x 64 still under 16
        write_text(path, xml(("rot", 1, 1, 12, 12), ("grün", 40, 30, 51, 41)))
    for levels in (2, 3):
        caplog.clear()
        make_plan(config(root, tmp_path, levels=levels), None)
        assert ("24 objects smaller than 16 pixels" in caplog.text) == (levels == 2)
    assert "24 objects" not in caplog.text


def test_a_few_steps_lower_the_loss(painted_root, tmp_path):
    """The whole network, one batch again and again."""
    plan, _ = make_plan(config(painted_root, tmp_path, levels=3, attention="eca"), None)
    network = initial_network(plan.network, None, 0)
    model = TrainingModel(network, network.copy())
    model.compile(optimizers.Adam(1e-3), jit_compile=False)
    rng = np.random.default_rng(0)
    pictures = rng.random((4, *SIZE, 3), np.float32)
    boxes = np.array([[[8, 8, 18, 20], [40, 10, 90, 60]]] * 4, np.float32)
    targets = {"boxes": boxes, "labels": np.array([[0, 1]] * 4, np.int32)}
    losses = [float(model.train_on_batch(pictures, targets, return_dict=True)["loss"]) for _ in range(12)]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.6 * losses[0]
