"""What a run that is resumed is augmented by."""

import pytest

from yolo.data.augment_choice import choose, kept
from yolo.errors import UserError


def test_a_run_that_has_lost_its_copy_takes_what_was_chosen_and_says_so(tmp_path, caplog):
    found = kept(tmp_path, "strong")
    assert found.text == choose("strong").text
    assert f"{tmp_path} has lost its copy of the augmentation: strong is read anew" in caplog.text
    with pytest.raises(UserError, match=r"gone\.yaml"):
        kept(tmp_path, str(tmp_path / "gone.yaml"))


def test_a_run_that_keeps_its_copy_takes_that(tmp_path, caplog):
    (tmp_path / "augment.yaml").write_text(choose("light").text, encoding="utf-8")
    assert kept(tmp_path, "strong").text == choose("light").text
    assert kept(tmp_path / "older", "default").text is None  # of a run from before there was any choice
    assert caplog.text == ""
