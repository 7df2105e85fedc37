"""What an ablation finds out before its first training."""

import os
import sys

import pytest

from tests.yolo.ablation.conftest import here
from tests.yolo.training.thin import painted_set
from yolo.ablation.preparation import prepare_ablation


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_pictures_whose_names_are_no_utf8_can_be_compared_on_and_their_names_count(asked, thin, tmp_path):
    root = painted_set(tmp_path / "data", pictures=40, lists=False)
    digests = []
    for letter in (b"\xe9", b"\xe8"):  # é and è in Latin-1
        for path in [*(root / "JPEGImages").iterdir(), *(root / "Annotations").iterdir()]:
            os.rename(path, os.fsencode(path.parent) + b"/" + letter + os.fsencode(path.name[-6:]))
        plan, data, _ = prepare_ablation(asked(data=str(root), output=str(tmp_path / letter.hex())), apart=here)
        assert {os.fsencode(known.path.name)[:1] for known in data.test.annotations} == {letter}
        digests.append(plan.digest)
    assert digests[0] != digests[1]
