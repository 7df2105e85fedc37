"""What the README says of the attention blocks is true."""

import re

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
