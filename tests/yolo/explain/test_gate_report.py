"""Constructed gates, dead and saturated, are found by their numbers."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import attention
from attention import SE
from yolo.explain.gate_report import GateReport
from yolo.letterbox import place

WIDE = place(100, 200, (416, 416))  # the rows 104 to 311 of the canvas


def looked(gates, placement=WIDE):
    return SimpleNamespace(gates=gates, placement=placement)


def report(pictures=40, upper=1.0, kind="channel"):
    """Channel 0 varies, 1 is constant, 2 nearly always 0, 3 nearly always at the upper end, 4 often there."""
    found = GateReport({"p4": SE(identity_start=upper == 2)})
    rng = np.random.default_rng(0)
    for number in range(pictures):
        gates = [
            rng.uniform(0.2, 0.8),
            0.5,
            0.4 * (number == 7),
            0.99 - 0.5 * (number == 7),
            0.97 - 0.5 * (number % 3 == 0),
        ]
        found.write(looked({"p4": {kind: upper * np.array(gates, np.float32).reshape(1, 1, 1, 5)}}))
    return found


def test_dead_and_saturated_gates_are_found():
    for upper in (1.0, 2.0):
        (row,) = report(upper=upper).rows()
        assert (row["place"], row["block"], row["kind"], row["gates"], row["bounds"]) == (
            "p4",
            "SE",
            "channel",
            5,
            [0, upper],
        )
        assert (row["dead"], row["at_lower_end"], row["at_upper_end"]) == ([1], [2], [3])
        np.testing.assert_allclose(row["mean"][1:4], upper * np.array([0.5, 0.01, 0.9775]), atol=1e-4)


def test_ratios_have_no_upper_end():
    (row,) = report(kind="channel ratio").rows()
    assert (row["dead"], row["at_lower_end"], row["at_upper_end"], row["bounds"]) == ([1], [2], [], [0, None])


@pytest.mark.parametrize(
    ("spec", "value", "lower", "upper"),
    [
        ("scse(aggregation='add', identity_start=True)", 0.999, [], [0]),  # the sum of two, each 1 at most
        ("cbam/gate-bn", 0.98, [], []),  # the middle of a sum of two sigmoids
        ("cbam/gate-bn", 1.97, [], [0]),
        ("bam", 1.01, [0], []),  # 1 + sigmoid
        ("bam", 1.5, [], []),
        ("bam(identity_start=True)", 1.01, [], []),
    ],
)
def test_a_gate_is_judged_by_the_bounds_of_its_block(spec, value, lower, upper):
    found = GateReport({"p4": attention.create(spec)})
    found.write(looked({"p4": {"channel": np.full((1, 1, 1, 1), value, np.float32)}}))
    (row,) = found.rows()
    assert (row["at_lower_end"], row["at_upper_end"]) == (lower, upper)


def test_the_bars_of_a_letterbox_do_not_count():
    spatial = np.full((1, 8, 8, 1), 0.5, np.float32)
    spatial[:, [0, 1, 6, 7]] = 1  # the picture lies in the rows 2 to 5
    found = GateReport({"p4": SE()})
    for _ in range(2):
        found.write(looked({"p4": {"spatial": spatial}}))
    assert found.rows()[0]["dead"] == [0]
    assert found.rows()[0]["mean"] == [0.5]


def test_a_map_that_differs_between_cells_is_not_dead():
    found = GateReport({"p4": SE()})
    found.write(looked({"p4": {"spatial": np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8, 1)}}))
    assert found.rows()[0]["dead"] == []


def test_text_and_json_say_the_same(tmp_path):
    found = report()
    lines = found.text().splitlines()
    assert lines[0].startswith("gates over 40 pictures; dead: standard deviation below 0.01; saturated: at least 95%")
    assert lines[2].split() == ["p4", "SE", "channel", "5", "1", "1", "1"]
    assert lines[3:] == ["p4 channel, dead: 1", "p4 channel, at lower end: 2", "p4 channel, at upper end: 3"]
    found.save(tmp_path / "größe.json")
    content = json.loads((tmp_path / "größe.json").read_text(encoding="utf-8"))
    assert content["pictures"] == 40
    assert content["places"] == found.rows()
    assert content["rules"] == {"dead_below": 0.01, "margin": 0.05, "nearly_always": 0.95}


def test_of_many_numbers_the_text_shows_the_first():
    found = GateReport({"p5": SE()})
    found.write(looked({"p5": {"channel": np.full((1, 1, 1, 30), 0.5, np.float32)}}))
    assert found.text().splitlines()[-1] == "p5 channel, dead: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 18 more"
