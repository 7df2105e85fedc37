"""The wheel brings what the checkout has, and asks for the same packages. .ci/run builds one and uses it."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from yolo import __version__
from yolo.cli import doctor
from yolo.export.formats import FORMATS
from yolo.installation import DISTRIBUTION
from yolo.shell import CONSOLE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # comes with pytest


@pytest.fixture(scope="module")
def config(repository):
    """What pyproject.toml says."""
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def listed(path):
    """The requirements of a file, without comments and other files."""
    lines = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("-")]


def test_the_wheel_asks_for_what_requirements_txt_lists(config, repository):
    assert config["project"]["dependencies"] == listed(repository / "requirements.txt")


def test_the_group_for_development_is_requirements_dev_txt_which_begins_with_the_other(config, repository):
    path = repository / "requirements-dev.txt"
    assert config["dependency-groups"]["dev"] == listed(path)
    assert "-r requirements.txt" in path.read_text(encoding="utf-8").splitlines()


def test_no_package_is_for_people_and_for_development(config):
    wanted, dev = config["project"]["dependencies"], config["dependency-groups"]["dev"]
    assert not {Requirement(one).name for one in wanted} & {Requirement(one).name for one in dev}


def test_every_format_has_an_extra_with_what_it_needs(config):
    extras = config["project"]["optional-dependencies"]
    for name, kind in FORMATS.items():
        held = {canonicalize_name(Requirement(one).name) for one in extras.get(name, [])}
        assert held == {canonicalize_name(package) for package in kind.NEEDED}, name


def test_the_names_are_those_that_messages_use(config):
    assert config["project"]["name"] == DISTRIBUTION
    assert list(config["project"]["scripts"]) == [CONSOLE]


def test_the_console_command_calls_a_function(config):
    module, _, name = config["project"]["scripts"][CONSOLE].partition(":")
    assert callable(getattr(import_module(module), name))


def test_the_versions_of_python_are_those_that_doctor_knows(config):
    first, last = doctor.PYTHON
    after = (last[0], last[1] + 1)
    assert config["project"]["requires-python"] == ">={}.{},<{}.{}".format(*first, *after)


def test_the_version_stands_in_one_place(config, repository):
    assert config["project"]["dynamic"] == ["version"]
    path = repository / config["tool"]["hatch"]["version"]["path"]
    assert f'\n__version__ = "{__version__}"\n' in path.read_text(encoding="utf-8")


def test_the_newest_heading_of_the_changelog_is_this_version(repository):
    path = repository / "CHANGELOG.md"
    if not path.is_file():
        pytest.skip("there is no CHANGELOG.md")
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert newest[1] == __version__


def place(path, wheel):
    """Where a file of the checkout lies in the wheel, or None where it does not."""
    if path.parts[0] not in wheel["only-include"]:
        return None
    for folder, target in wheel["sources"].items():
        if path.is_relative_to(folder):
            return Path(target) / path.relative_to(folder)
    return path


def test_every_bundled_file_and_the_marks_of_types_are_in_the_wheel_where_the_program_looks(config, repository):
    wheel = config["tool"]["hatch"]["build"]["targets"]["wheel"]
    bundled = [path for path in (repository / "model_data").rglob("*") if path.suffix in (".txt", ".yaml")]
    assert len(bundled) >= 10
    for path in bundled:
        within = path.relative_to(repository)
        assert place(within, wheel) == Path("yolo") / within
    for package in ("attention", "yolo"):
        marker = Path(package, "py.typed")
        assert (repository / marker).is_file()
        assert place(marker, wheel) == marker
    assert place(Path("tests/conftest.py"), wheel) is None
