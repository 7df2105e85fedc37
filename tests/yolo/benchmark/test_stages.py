"""What is measured is what was done, and each stage gets its own time."""

import time

import numpy as np
import pytest

from yolo import picture_files
from yolo.benchmark.report import markdown
from yolo.benchmark.stages import StageTime, measure, measure_batches
from yolo.inference.detector import Detector
from yolo.timing import interleave


class Sleeper:
    """A runtime that takes a known time and finds one object."""

    class_names = ("a", "b")
    input_size = (64, 96)
    resize_mode = "letterbox"
    score_thresholds, temperature = (), 1.0

    def __init__(self, seconds):
        self.seconds = seconds
        self.seen = []

    def __call__(self, pictures):
        self.seen.append(pictures.shape)
        time.sleep(self.seconds)
        boxes = np.tile(np.float32([[8, 8, 40, 40]]), (len(pictures), 1, 1))
        return boxes, np.tile(np.float32([[0.9, 0.1]]), (len(pictures), 1, 1))


@pytest.fixture
def pictures(tmp_path):
    paths = [tmp_path / "grün.png", tmp_path / "b.jpg"]
    for number, path in enumerate(paths):
        picture_files.write(path, np.full((48 + number, 100, 3), 99, np.uint8))
    return paths


def test_in_every_round_each_call_has_one_turn():
    seen = []
    answers = interleave([lambda i: seen.append((0, i)) or i, lambda i: seen.append((1, i)) or -i], 20)
    assert answers == [list(range(20)), [-i for i in range(20)]]
    assert sorted(seen) == [(call, i) for call in (0, 1) for i in range(20)]
    assert [i for _, i in seen] == [i for i in range(20) for _ in (0, 1)]
    assert {tuple(call for call, _ in seen[2 * i : 2 * i + 2]) for i in range(20)} == {(0, 1), (1, 0)}


def test_the_network_has_its_own_time_and_the_whole_is_the_sum_of_the_stages(pictures):
    detectors = {("slow", "float32"): Detector(Sleeper(0.03)), ("fast", "int8"): Detector(Sleeper(0.0))}
    rows = {(row.runtime, row.stage): row for row in measure(detectors, pictures, 5)}
    assert len(rows) == 2 * 5
    slow, fast = rows["slow", "network"], rows["fast", "network"]
    assert (slow.precision, slow.batch, slow.size) == ("float32", 1, (64, 96))
    assert slow.median_ms >= 30 > fast.median_ms
    assert slow.p95_ms >= slow.median_ms
    assert rows["slow", "end-to-end"].median_ms >= slow.median_ms + rows["slow", "read"].median_ms
    assert detectors["slow", "float32"].runtime.seen == [(1, 64, 96, 3)] * (2 + 2 * 5)


def test_a_batch_holds_as_many_pictures_as_asked_for(pictures):
    runtime = Sleeper(0.0)
    (row,) = measure_batches({("fast", "int8"): Detector(runtime)}, pictures, 3, 5)
    assert (row.stage, row.batch) == ("network", 5)
    assert runtime.seen == [(5, 64, 96, 3)] * (1 + 2 * 3)


def test_the_table_has_a_line_for_each_model_with_what_is_known_of_it(pictures):
    detectors = {("keras", "float32"): Detector(Sleeper(0.002)), ("onnx", "int8"): Detector(Sleeper(0.0))}
    rows = measure(detectors, pictures, 3) + measure_batches(detectors, pictures, 3, 4)
    rows.append(StageTime("onnx", "int8", "start-up", 1, (64, 96), 640.0, 700.0))
    scores = {"ap50": 0.7912, "ap50_low": 0.75, "ap50_high": 0.83, "ap": 0.4, "ap_low": None, "ap_high": None}
    text = markdown(rows, {("onnx", "int8"): {"megabytes": 6.04, "memory_mb": None} | scores})
    whole, stages = (part.splitlines() for part in text.split("\n\n"))
    assert len({line.count("|") for line in whole}) == len({line.count("|") for line in stages}) == 1
    cells = [cell.strip() for cell in whole[3].split("|")]
    assert cells[1:3] == ["onnx", "int8"]
    assert cells[-6:-1] == ["0.64", "", "6.0", "0.791 [0.750, 0.830]", "0.400"]
    assert "network ms, batch 4" in whole[0]
