"""What the pages show runs, what they name is there, and they make a site."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends import tensorflow_only
from tests.pages import PAGES, ROOT, blocks, table, text
from tests.yolo.data.folders import voc_root, write_picture, xml

FOLDERS = ("attention", "benchmarks", "docs", "examples", "findings", "model_data", "tests", "yolo")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w/.-]*)`")
TO_BE_WRITTEN = re.compile(r"ghost|boxml|count\.py|fast\.py")  # by those who follow the steps in CONTRIBUTING.md


@pytest.mark.parametrize("page", [*PAGES, "benchmarks/README.md"])
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", text(page))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    below = ROOT / "yolo" if page == "docs/design.md" else ROOT  # which leaves the first folder out
    missing = [path for path in PATH.findall(text(page)) if not (ROOT / path).exists() and not (below / path).exists()]
    assert [path for path in missing if not TO_BE_WRITTEN.search(path)] == []


def test_the_files_that_the_design_names_exist() -> None:
    files = set(re.findall(r"(?<![\w/])(?:\w+/)*\w+\.py", text("docs/design.md")))
    assert len(files) > 15
    assert [file for file in files if not (ROOT / "yolo" / file).exists() and not (ROOT / file).exists()] == []


def test_every_word_of_the_glossary_lives_where_it_says_and_stands_once_in_its_order() -> None:
    rows = table("CONTRIBUTING.md", 3)[2:]
    words = [word for word, _, _ in rows]
    assert len(words) > 50
    assert words == sorted(set(words), key=str.casefold)
    for word, meaning, where in rows:
        home = re.fullmatch(r"`(\w+)` in `([\w/.]+)`", where)
        assert home, (word, where)
        assert re.search(rf"^\s*(?:class |def )?{home[1]}\b", text(home[2]), re.MULTILINE), (word, where)
        assert meaning.endswith("."), word


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the snippets of the pages find what they name: a model, two pictures, a data set."""
    from yolo import YoloV4Tiny

    made = tmp_path_factory.mktemp("snippets")
    write_picture(made / "photo.jpg", 60, 80)
    write_picture(made / "more.png", 90, 50)
    voc_root(made / "my-pictures", {f"{i}": xml(("cat", 3, 3, 20, 20)) for i in range(2)})
    (made / "runs" / "my-pictures").mkdir(parents=True)
    YoloV4Tiny(("cat", "dog"), input_size=(64, 96)).save(made / "runs" / "my-pictures" / "best.keras")
    return made


@tensorflow_only
def test_the_python_on_every_page_runs_from_top_to_bottom(folder: Path) -> None:
    snippets = {page: "\n".join(blocks(page, "python")) for page in PAGES}
    assert sum(map(bool, snippets.values())) > 2
    run = "import sys, json\nfor page, code in json.load(sys.stdin).items(): exec(compile(code, page, 'exec'), {})"
    done = subprocess.run(
        [sys.executable, "-c", run],
        input=json.dumps(snippets),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "copy.jpg").is_file()


def test_the_file_of_transforms_on_the_page_about_them_can_be_used() -> None:
    from yolo.data.augment_file import read

    (shown,) = blocks("docs/augmentation.md", "yaml")
    assert len(read(shown, "shown.yaml").transforms) == 3


def test_the_page_of_checks_lists_every_check_of_a_dataset_in_its_words() -> None:
    from yolo.data.checks.table import CHECKS

    listed = [row for row in table("docs/checks.md", 4) if row[0].startswith("`")]
    known = [[f"`{each.name}`", each.levels, each.looks_for, each.kind.advice] for each in CHECKS.values()]
    assert listed == known


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    listed = re.findall(r"[\w-]+\.md", text("mkdocs.yml"))
    assert sorted(listed) == sorted(page.rpartition("/")[2] for page in PAGES if page != "README.md")


def test_the_pages_make_a_site_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="not installed: mkdocs-material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0.790" in (tmp_path / "site" / "benchmarks" / "runtimes" / "index.html").read_text(encoding="utf-8")
