"""Numbers of squeeze-and-excitation, ECA and coordinate attention worked out by hand."""

import numpy as np
import pytest

import attention

PARAMETERS = {"none": 0, "se": 43_008, "cbam": 86_310, "eca": 15, "ca": 64_736}


@pytest.mark.parametrize(("name", "added"), list(PARAMETERS.items()))
def test_the_three_places_of_the_detector_cost_as_many_parameters_as_counted_by_hand(name, added):
    blocks = [attention.create(name) for _ in range(3)]
    for block, channels in zip(blocks, (256, 512, 128), strict=True):
        block.build((None, None, None, channels))
    assert sum(block.count_params() for block in blocks) == added


@pytest.mark.parametrize(("channels", "size"), [(1, 1), (8, 3), (64, 3), (100, 3), (128, 5), (512, 5), (2048, 7)])
def test_eca_looks_at_the_odd_number_of_channels_the_paper_gives(channels, size):
    # (log2(c) + 1) / 2, worked by hand: 0.5, 2, 3.5, 3.8, 4, 5, 6 -> 0, 2, 3, 3, 4, 5, 6 -> the next odd number
    block = attention.create("eca")
    block.build((None, None, None, channels))
    assert block.weights[0].shape == (size, 1, 1)


def test_coordinate_attention_learns_its_statistics_from_rows_and_columns():
    features = np.random.default_rng(0).normal(size=(2, 6, 5, 32)).astype(np.float32)
    block = attention.CoordinateAttention()
    block(features, training=True)
    squeeze = block.squeeze.get_weights()[0][0, 0]
    strip = np.concatenate([features.mean(axis=2), features.mean(axis=1)], axis=1) @ squeeze
    np.testing.assert_allclose(block.norm.moving_mean, 0.1 * strip.mean(axis=(0, 1)), atol=1e-6)
    np.testing.assert_allclose(block.norm.moving_variance, 0.9 + 0.1 * strip.var(axis=(0, 1)), atol=1e-6)
