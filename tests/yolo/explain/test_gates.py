"""The gates of a network are those of its blocks computed alone."""

import keras
import numpy as np
import pytest

import attention
from yolo.explain.gates import AttentionGates, bounds, by_cell, by_channel
from yolo.nets.model import YoloV4Tiny

SIZE = (64, 96)
GATED = [name for name in attention.available() if name != "none"]


class Halve(keras.layers.Layer):
    """A user's block without gates: halves the even channels, and the first row besides."""

    def call(self, x):
        row = keras.ops.reshape(
            keras.ops.where(keras.ops.arange(x.shape[1] or keras.ops.shape(x)[1]) == 0, 0.5, 1.0), (1, -1, 1, 1)
        )
        channel = keras.ops.where(keras.ops.arange(x.shape[-1]) % 2 == 0, 0.5, 1.0)
        return x * row * channel


def pictures(batch=2):
    return np.random.default_rng(0).integers(0, 256, (batch, *SIZE, 3), np.uint8)


def inputs_of_blocks(model, images):
    """What reaches each attention layer, caught as it is called."""
    caught = {}
    graph = keras.Model(model.input, {p: model.get_layer(f"attention_{p}").input for p in ("p4", "p5", "up")})
    for place, features in graph(images / np.float32(255), training=False).items():
        caught[place] = features
    return caught


@pytest.mark.parametrize("name", GATED)
def test_scaling_by_the_gates_is_what_the_block_does_or_its_ratio_is_shown(name):
    model = YoloV4Tiny(("a",), attention=name, input_size=SIZE)
    found = AttentionGates(model)(pictures())
    assert list(found) == ["p4", "p5", "up"]
    for place, features in inputs_of_blocks(model, pictures()).items():
        block = model.get_layer(f"attention_{place}")
        gates = found[place]
        if not isinstance(block, attention.Gating) or not block.gates(features):
            before, after = np.abs(features), np.abs(block(features))
            np.testing.assert_allclose(
                gates["channel ratio"][:, 0, 0] * before.mean(axis=(1, 2)),
                after.mean(axis=(1, 2)),
                rtol=1e-3,
                atol=1e-5,
            )
            continue
        alone = block.gates(features, training=False)
        assert list(alone) == list(gates)
        for kind, gate in gates.items():
            assert gate.dtype == np.float32
            assert len(gate) == 2
            np.testing.assert_allclose(gate, alone[kind], rtol=1e-3, atol=1e-5)
        assert by_channel({kind: gate[:1] for kind, gate in gates.items()}) is not None


def test_a_block_without_gates_is_measured():
    model = YoloV4Tiny(("a",), attention=f"{__name__}:Halve", input_size=SIZE)
    gates = AttentionGates(model)(pictures(1))["p4"]  # of 4 x 6 cells
    before = np.abs(inputs_of_blocks(model, pictures(1))["p4"][0])
    after = before * np.array([0.5, 1, 1, 1])[:, None, None] * np.tile([0.5, 1], 128)
    np.testing.assert_allclose(by_channel(gates), after.mean(axis=(0, 1)) / before.mean(axis=(0, 1)), rtol=1e-3)
    np.testing.assert_allclose(by_cell(gates), after.mean(axis=2) / before.mean(axis=2), rtol=1e-3)
    assert bounds(model.get_layer("attention_p4"), "channel ratio") == (0, np.inf)


def test_without_attention_there_are_no_gates():
    gates = AttentionGates(YoloV4Tiny(("a",), input_size=SIZE))
    assert gates.blocks == {}
    assert gates(pictures(1)) == {}


def test_places_of_the_backbone_are_found_and_the_empty_ones_left_out():
    gates = AttentionGates(YoloV4Tiny(("a",), attention="se@c3+p5", input_size=SIZE))
    assert list(gates.blocks) == ["c3", "p5"]
    assert [gate["channel"].shape for gate in gates(pictures(1)).values()] == [(1, 1, 1, 128), (1, 1, 1, 512)]


def test_half_precision_gives_gates_in_float32():
    gates = AttentionGates(YoloV4Tiny(("a",), attention="cbam", input_size=SIZE, dtype="mixed_bfloat16"))
    assert gates(pictures(1))["p4"]["spatial"].dtype == np.float32


def test_means_of_rows_and_columns_are_those_of_their_product():
    rows = np.array([1.0, 3.0]).reshape(1, 2, 1, 1) * np.array([1.0, 0.5])
    columns = np.array([2.0, 4.0, 6.0]).reshape(1, 1, 3, 1) * np.array([1.0, 2.0])
    gates = {"rows": rows, "columns": columns}
    np.testing.assert_allclose(by_channel(gates), [8, 8])  # 2 * 4 * 1 * 1, and halved and doubled
    np.testing.assert_allclose(by_cell(gates), [[2, 4, 6], [6, 12, 18]])
    assert by_cell({"channel": np.ones((1, 1, 1, 4))}) is None
    assert by_channel({"spatial": np.ones((1, 2, 3, 1))}) is None
    np.testing.assert_array_equal(
        by_channel({"channel": np.full((1, 1, 1, 4), 0.3), "spatial": rows[..., :1]}), [0.3] * 4
    )


@pytest.mark.parametrize("identity_start", [False, True])
@pytest.mark.parametrize("name", attention.available())
def test_gates_stay_within_the_bounds_of_their_block_and_reach_them(name, identity_start):
    block = attention.create(name, **({"identity_start": identity_start} if name != "none" else {}))
    if not isinstance(block, attention.Gating):
        return
    block.build((None, 8, 12, 32))
    rng = np.random.default_rng(0)
    seen = {}
    for scale in (1.0, 30.0):
        for weight in block.weights:
            if "variance" not in weight.path:
                weight.assign(rng.normal(0, scale, weight.shape) if len(weight.shape) else scale)
        for kind, gate in block.gates(rng.normal(0, scale, (2, 8, 12, 32)).astype(np.float32)).items():
            seen.setdefault(kind, []).append(np.asarray(gate))
    for kind, gates in seen.items():
        low, high = block.bounds(kind)
        assert low <= min(gate.min() for gate in gates)
        assert low + 0.9 * (high - low) <= max(gate.max() for gate in gates) <= high
