"""Every check finds its fault in a data set that has it, and nothing in one that has not."""

import re
import shutil

import pytest

from tests.yolo.data.checks.clean_set import clean_set
from tests.yolo.data.checks.faults import FAULTS, UNUSUAL, read
from yolo.data.checks import table
from yolo.data.checks.check import WRITTEN
from yolo.data.findings import KINDS, Finding
from yolo.errors import UserError


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return clean_set(tmp_path_factory.mktemp("clean") / "set")


@pytest.fixture
def root(template, tmp_path):
    return shutil.copytree(template, tmp_path / "set")


def findings(root):
    try:
        data = read(root)
    except UserError as error:
        return [Finding("data-unusable", str(error), level="unusable")]
    return list(table.every_finding(data))


ADVICE_WITH_NUMBERS = ("objects-small",)  # an input size


def assert_as_in_the_table(*found):
    for finding in found:
        check = table.CHECKS[finding.check]
        assert finding.level in check.levels.split(" or ")
        assert finding.advice == check.kind.advice or finding.check in ADVICE_WITH_NUMBERS


def test_nothing_is_found_in_clean_data(root):
    assert findings(root) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_check_finds_its_fault_and_no_other_check_does(root, name):
    put, others = FAULTS[name]
    count, file = put(root)
    found = {finding.check: finding for finding in findings(root)}
    assert set(found) == {name, *others}, list(found.values())
    assert found[name].count == count
    assert any(file in each for each in (*found[name].shown, "" if file else found[name].text)), found[name]
    assert_as_in_the_table(*found.values())


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_check_finds_an_unusual_fault(root, name):
    change, others = UNUSUAL[name]
    data, count, file = change(root)
    found = {finding.check: finding for finding in table.every_finding(data)}
    assert set(found) == {name, *others}, list(found.values())
    assert found[name].count == count
    assert any(file in each for each in (*found[name].shown, "" if file else found[name].text)), found[name]


def test_there_is_a_fault_for_each_check():
    assert {*FAULTS, *UNUSUAL} == {*table.CHECKS}


def test_each_check_has_a_name_of_its_own_and_a_line_on_what_it_looks_for():
    assert len(table.CHECKS) == len(table.READING) + len(WRITTEN)
    assert {check.subject for check in table.CHECKS.values()} == {*table.SUBJECTS}
    lines = [check.looks_for for check in table.CHECKS.values()]
    assert len({*lines}) == len(lines)
    assert table.CHECKS["box-inside-its-class"].looks_for == "boxes inside another box of the same class"


def test_every_finding_that_the_code_can_make_is_in_the_table(repository):
    made = {kind.check for kind in KINDS.values()}
    for path in (repository / "yolo").rglob("*.py"):
        made |= {*re.findall(r'\bFinding\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))}
    assert made - {"class-not-used"} <= {*table.CHECKS}  # of --labels, which doctor does not have
    assert len(made) > 30
