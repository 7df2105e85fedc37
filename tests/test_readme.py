"""The README and the pages of docs are true in what they say of the attention blocks, of flags and of measurements."""

import re
import shlex
from importlib import import_module

import pytest

import attention
from tests.pages import NUMBER, PAGES, blocks, table, text

ROW = re.compile(r"^\| ?(\d*) \| `(\w+)` \|.*\| ([\d,]+) \|$", re.MULTILINE)
COMMAND = re.compile(r"(?:python (train|predict)\.py|python -m yolo (\S+)|yolov4-tiny (\S+))")


def parameters_added(name: str) -> int:
    """Return how many parameters a block adds at the three usual places."""
    made = [attention.create(name) for _ in range(3)]
    for block, channels in zip(made, (256, 512, 128), strict=True):
        block.build((None, None, None, channels))
    return sum(block.count_params() for block in made)


def test_the_table_of_attention_lists_every_block_with_its_phi_and_what_it_adds_to_the_detector() -> None:
    listed = ROW.findall(text("docs/attention.md"))
    assert [name for _, name, _ in listed] == attention.available()
    for phi, name, added in listed:
        assert parameters_added(name) == int(added.replace(",", "")), name
        assert not phi or type(attention.create(int(phi))) is type(attention.create(name)), name


def measured(file: str) -> dict[str, str]:
    """Return AP and the interval of its difference to no attention, of each block: `0.502 [-0.026, +0.024]`."""
    rows = [row for row in table(file, 5) if "±" in row[1]]
    return {name: f"{ap.partition(' ')[0]} {against.partition(' ')[2]}".strip() for name, _, ap, _, against in rows}


def test_the_table_in_the_readme_has_the_parameters_and_the_scores_of_the_ablations() -> None:
    cells, fruit = measured("benchmarks/ablation_bccd.md"), measured("benchmarks/ablation_fruit300.md")
    rows = [row for row in table("README.md", 4) if row[0] in attention.available()]
    assert [name for name, *_ in rows] == attention.available()[:5]
    for name, added, *scores in rows:
        assert parameters_added(name) == int(added.replace(",", "")), name
        assert scores == [cells[name], fruit[name]], name


def commands(page: str) -> list[list[str]]:
    """Return the commands on a page, as words."""
    return [shlex.split(line, comments=True) for block in blocks(page, "bash") for line in block.splitlines()]


def called(words: list[str]) -> str | None:
    """Return the verb of this project that a command calls, or None."""
    found = COMMAND.search(" ".join(words))
    return (found[1] or found[2] or found[3]) if found else None


def test_every_flag_in_a_command_of_a_page_exists(capsys: pytest.CaptureFixture[str]) -> None:
    known: dict[str, set[str]] = {}
    for page in PAGES:
        for words in commands(page):
            verb = called(words)
            if verb is None:
                continue
            if verb not in known:
                with pytest.raises(SystemExit):
                    import_module(f"yolo.cli.{verb.replace('-', '_')}").main(["--help"])
                known[verb] = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
            flags = {word for word in words if word.startswith("--")}
            assert flags <= known[verb], f"{page}: {' '.join(words)}"


def test_the_pages_show_a_command_of_every_verb() -> None:
    from yolo.cli import VERBS

    assert {called(words) for page in PAGES for words in commands(page)} >= set(VERBS)


def test_the_numbers_of_an_item_are_in_the_files_of_benchmarks_that_it_links_to() -> None:
    checked = 0
    for page in ("attention", "deployment", "measured", "weights"):
        page = f"docs/{page}.md"
        for item in re.split(r"\n\n|\n(?=[*|])", text(page)):
            files = re.findall(r"\(\.\./(benchmarks/\w+\.md)\)", item)
            held = [float(number) for file in files for number in NUMBER.findall(text(file))]
            for number in NUMBER.findall(item):
                half = 0.5001 * 10 ** -len(number.partition(".")[2])
                assert any(abs(float(number) - one) <= half for one in held), f"{number} of {page} is not in {files}"
                checked += 1
    assert checked > 50
