"""What is fitted to the scores of a kept model reaches its file, and the file is what the detector follows."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.yolo.evaluation.scenes import found, known
from tests.yolo.training.thin import NAMES, SIZE, thin_networks
from yolo.errors import UserError
from yolo.inference.detector import Detector
from yolo.nets.model import YoloV4Tiny
from yolo.training import fit_scores
from yolo.training.fitted_scores import FittedScores
from yolo.weights.load_network import load_network

A, B, C = (0, 0, 20, 40), (100, 0, 140, 20), (50, 50, 60, 60)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run folder with a small model."""
    thin_networks(monkeypatch)
    YoloV4Tiny(NAMES, input_size=SIZE).save(tmp_path / "best.keras")
    return tmp_path


def fitted(folder, monkeypatch, detections, annotations, validated=True):
    """Fit to detections that stand in for those of the model; the pictures that it was to detect in are checked."""
    dataset, other = SimpleNamespace(annotations=annotations), SimpleNamespace(annotations=None)
    data = SimpleNamespace(train=other if validated else dataset, validation=dataset if validated else None)

    def detect_all(detector, asked, class_names, **settings):
        assert asked is annotations or list(asked) == list(annotations)
        return annotations, detections

    monkeypatch.setattr(fit_scores, "detect_all", detect_all)
    plan = SimpleNamespace(class_names=NAMES, network={"attention": "none"})
    return fit_scores.fit_scores(plan, data, folder)


def scene(pictures=40, seed=0):
    """Class 0 is right with each score as often as its odds to the power 1/2 say; class 1 is hidden below 0.2."""
    rng = np.random.default_rng(seed)
    detections, annotations = [], []
    for _ in range(pictures):
        p = 1 / (1 + np.exp(-rng.normal(0, 1.2, 12)))
        scores = p**2 / (p**2 + (1 - p) ** 2)
        places = [(30 * i, 0, 30 * i + 20, 20) for i in range(12)]
        right = [place for place, probability in zip(places, p, strict=True) if rng.random() < probability]
        annotations.append(known(*((0, place) for place in right), (1, A)))
        rows = [(0, score, place) for score, place in zip(scores, places, strict=True)]
        detections.append(found(*rows, (1, 0.6, A), names=NAMES))
    return detections, annotations


def test_thresholds_and_temperature_reach_the_model_the_folder_and_the_detector(folder, monkeypatch):
    weights = load_network(folder / "best.keras").get_weights()
    answer = fitted(folder, monkeypatch, *scene())
    assert FittedScores.read(folder).sentence() == answer.sentence()
    assert 1.2 < answer.temperature < 2  # class 0 alone asks for 2, class 1 for less, as it is always right
    assert answer.error_after < answer.error_before
    assert answer.calibration_error_after < answer.calibration_error_before
    assert list(answer.thresholds) == list(NAMES)
    # thresholds are of the scores that users see: 0.6 has odds of 3 to 2, and nothing of this class is below it
    shown = 1.5 ** (1 / answer.temperature)
    assert answer.thresholds[NAMES[1]] == pytest.approx(shown / (1 + shown) / 2, rel=1e-5)
    network = load_network(folder / "best.keras")
    assert (network.score_thresholds, network.temperature) == ((*answer.thresholds.values(),), answer.temperature)
    for before, after in zip(weights, network.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    detector = Detector.load(folder)
    assert (detector.score_thresholds, detector.temperature) == (network.score_thresholds, network.temperature)
    assert (folder / "eval" / "reliability.png").stat().st_size > 0
    low, high = answer.ap50_interval
    assert 0 < low < high < 1


def test_fitting_again_as_a_resumed_run_does_gives_the_same(folder, monkeypatch):
    first = fitted(folder, monkeypatch, *scene())
    assert fitted(folder, monkeypatch, *scene()) == first


def test_without_validation_only_thresholds_are_fitted(folder, monkeypatch):
    answer = fitted(folder, monkeypatch, *scene(), validated=False)
    assert (answer.pictures, answer.images, answer.temperature) == ("training", 40, 1)
    assert answer.thresholds[NAMES[1]] == pytest.approx(0.3)
    assert np.isnan(answer.error_before)
    assert not (folder / "eval" / "reliability.png").exists()
    assert FittedScores.read(folder).thresholds == answer.thresholds


def test_where_nothing_is_found_the_model_keeps_the_default(folder, monkeypatch):
    answer = fitted(folder, monkeypatch, [found(names=NAMES)] * 2, [known((0, A)), known((1, B))])
    assert (answer.thresholds, answer.temperature) == ({}, 1)
    assert Detector.load(folder).score_thresholds == (0.25, 0.25)


def test_pictures_that_cannot_be_read_any_more_end_no_run(folder, monkeypatch, caplog):
    before = (folder / "best.keras").read_bytes()

    def detect_all(*arguments, **settings):
        raise UserError("all pictures are gone.")

    monkeypatch.setattr(fit_scores, "detect_all", detect_all)
    data = SimpleNamespace(train=None, validation=SimpleNamespace(annotations=[]))
    plan = SimpleNamespace(class_names=NAMES, network={"attention": "none"})
    assert fit_scores.fit_scores(plan, data, folder) is None
    assert "no score thresholds were fitted to the validation pictures: all pictures are gone." in caplog.text
    assert (folder / "best.keras").read_bytes() == before


def test_of_many_training_pictures_a_part_from_all_over_the_list_is_taken(folder, monkeypatch):
    asked = []

    def detect_all(detector, annotations, class_names, **settings):
        asked.extend(annotations)
        return [known((0, A))], [found((0, 0.5, A), names=NAMES)]

    monkeypatch.setattr(fit_scores, "detect_all", detect_all)
    data = SimpleNamespace(train=SimpleNamespace(annotations=tuple(range(5001))), validation=None)
    plan = SimpleNamespace(class_names=NAMES, network={"attention": "none"})
    assert fit_scores.fit_scores(plan, data, folder).thresholds == pytest.approx(dict.fromkeys(NAMES, 0.25))
    assert asked == list(range(0, 5001, 3))
