"""The whole of it: annotations in, training, detections out, with the real network."""

import pytest

from tests.yolo.training.runs import config
from tests.yolo.training.thin import painted_set
from yolo.training.engine import train


@pytest.mark.slow
def test_the_real_network_learns_painted_pictures_that_are_wider_than_high_to_the_end(tmp_path):
    """Swapped classes, axes or scales anywhere between the annotation and the detection would keep AP50 low."""
    root = painted_set(tmp_path / "set", pictures=18)
    lists = root / "ImageSets" / "Main"
    (lists / "test.txt").write_text((lists / "train.txt").read_text(encoding="utf-8"), encoding="utf-8")
    run = train(
        config(
            *(root, tmp_path),
            epochs=90,
            small_epochs=0.0,  # three quarters of so little are too small for these objects
            batch_size=6,
            input_size=(96, 128),
            val_split="none",
            warmup_steps=10,
        )
    )
    assert not run.test_is_unseen
    assert run.report.ap50 > 0.6  # 0.69 to 0.78, as the first steps are rounded
