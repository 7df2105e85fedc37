"""Damaged lists: every stem that is found is one that a line names, and no line is lost."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.damage import damage
from tests.fuzz.report import main
from yolo.data import split_lists

STEMS = {"a", "b 1", "day1/c", "day2/c", "ä", "d.e"}
LINES = ["a", "b 1", "b 1.png 1", r"D:\data\day1\c.jpg", "day2/c -1", "", "ä", "data/d.e.png", "gone  0", '"a.jpg"']


def case(rng):
    """One damaged list: `refused` or `read`; raises AssertionError where a stem comes from nowhere or is lost."""
    encoding, end = str(rng.choice(["utf-8", "utf-8-sig", "utf-16"])), str(rng.choice(["\n", "\r\n", "\r"]))
    content = damage(end.join(LINES).encode(encoding), rng, tokens=rb"[^\r\n]+")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Main" / "train.txt"
        path.parent.mkdir()
        path.write_bytes(content)
        found, unreadable = split_lists.read_all([path], STEMS)
    if unreadable:
        assert "\n" not in str(unreadable["train"]), unreadable
        return "refused"
    found = found["train"]
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    given = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    assert len(found) == len(set(found)) <= len(given), content
    for line in given:
        if line in STEMS:
            assert line in found, (line, content)
    for stem in found:
        named = stem.rpartition("/")[2]
        assert any(named in line or stem in line for line in map(split_lists.normal, given)), (stem, content)
    return "read"


if __name__ == "__main__":
    main(__doc__, case)
