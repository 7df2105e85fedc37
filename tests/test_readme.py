"""The README is true in what it says of the attention blocks and of flags."""

import re
import shlex
from importlib import import_module

import pytest

import attention

ROW = re.compile(r"^\| ?(\d*) \| `(\w+)` \|.*\| ([\d,]+) \|$", re.MULTILINE)


def test_the_table_of_attention_lists_every_block_with_its_phi_and_what_it_adds_to_the_detector(repository):
    listed = ROW.findall((repository / "README.md").read_text(encoding="utf-8"))
    assert [name for _, name, _ in listed] == attention.available()
    for phi, name, added in listed:
        blocks = [attention.create(name) for _ in range(3)]
        for block, channels in zip(blocks, (256, 512, 128), strict=True):
            block.build((None, None, None, channels))
        assert sum(block.count_params() for block in blocks) == int(added.replace(",", "")), name
        assert not phi or type(attention.create(int(phi))) is type(attention.create(name)), name


def test_every_flag_in_a_command_of_the_readme_exists(repository, capsys):
    blocks = re.findall(r"```bash\n(.*?)```", (repository / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    commands = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    known = {}
    checked = 0
    for words in commands:
        called = re.search(r"python (?:(train|predict)\.py|-m yolo (\S+))", " ".join(words))
        if not called:
            continue
        verb = called[1] or called[2]
        if verb not in known:
            with pytest.raises(SystemExit):
                import_module(f"yolo.cli.{verb.replace('-', '_')}").main(["--help"])
            known[verb] = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
        assert {word for word in words if word.startswith("--")} <= known[verb], " ".join(words)
        checked += 1
    assert checked > 20
