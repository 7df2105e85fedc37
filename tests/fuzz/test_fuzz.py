"""A few hundred damaged files of each kind; the scripts beside this one take more."""

import pytest

from tests.fuzz import annotations, lists, pictures, settings
from tests.fuzz.report import run


@pytest.mark.parametrize("kind", [annotations, pictures, lists, settings], ids=lambda kind: kind.__name__[11:])
def test_damaged_files_are_refused_in_a_sentence_or_read_as_others_read_them(kind):
    outcomes = run(kind.case, 300, seed=1)
    assert not outcomes["wrong"]
    assert outcomes["read"] > 20
    assert outcomes["refused"] > 20
