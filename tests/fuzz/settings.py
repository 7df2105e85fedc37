"""Damaged settings files and argument lists, thousands of them: `python tests/fuzz/settings.py --count 10000`.

Each must be taken or refused by one line and exit code 2, within a second. What is taken must equal what Python's own
`json` and `argparse` read in the same bytes and words.
"""

import argparse
import contextlib
import dataclasses
import io
import json
import random
import sys
import tempfile
import time
import types
import typing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fuzz.report import main
from yolo import config
from yolo.cli.command import Command
from yolo.cli.exit_code import leave
from yolo.config import TrainConfig

CONFIGS = [kind for kind in vars(config).values() if dataclasses.is_dataclass(kind)]
SECONDS = 1.0
VALUES = (
    *(0, 1, -1, 3, 64, 96, 416, 32_736, 32_768, 2**31, 2**32 - 1, 2**32, 10**20, 10**400, -(10**400)),
    *(0.0, -0.0, 0.5, 1.0, 1e-9, 1e308, float("nan"), float("inf"), True, False, None),
    *("", " ", "none", "auto", "yes", "a,b", "../evil", "a/b", "CON", "x" * 300),
    *("\0", "a\nb", "\udcff", "红", "--seed"),
    *([], [64, 96], [64, "96"], [64, 96, 128], [[64], 96], {}, {"a": 1}),
)
ODD_WORDS = ("1e400", "-0", "0x10", "1_000", "\u0663", "+5", "9" * 20, "9" * 5000, "-", "--", "=", "-h=", "nan")
WORDS = (*map(str, VALUES), *ODD_WORDS)
SOUND = ("utf-8", "utf-8-sig", "utf-16", "utf-32")  # those that say what they are
ENCODINGS = (*SOUND, "utf-16-le", "utf-32-be", "cp1252", "latin-1")


def settings_file(rng):
    """The bytes of a settings file, more or less damaged, and whether it is sound and must be taken."""
    names = [field.name for field in dataclasses.fields(TrainConfig)]
    chosen = rng.sample(names, rng.randrange(6))
    pairs = [(name, TrainConfig.__dataclass_fields__[name].default) for name in chosen]
    encoding = rng.choice(ENCODINGS) if rng.random() < 0.4 else "utf-8"
    text = _written(pairs)
    if rng.random() < 0.2:
        return text.encode(encoding), encoding in SOUND
    pairs = [(name, rng.choice(VALUES) if rng.random() < 0.4 else value) for name, value in pairs]
    if pairs and rng.random() < 0.1:
        pairs.append((rng.choice(pairs)[0], rng.choice(VALUES)))
    if rng.random() < 0.1:
        pairs.append((rng.choice(("epoch", "", "x" * 1000, "\udcff")), 1))
    text = _written(pairs)
    if rng.random() < 0.05:
        text = rng.choice(("", "[]", "1", "null", '{"a":' * 10**5, "[" * 10**5 + "]" * 10**5, text * 2))
    content = bytearray(text.replace("\\u7ea2", "红").encode(encoding, "backslashreplace"))
    for _ in range(rng.choice((0, 0, 0, 1, 3))):
        at = rng.randrange(len(content) + 1)
        damage = rng.choice((b"", b"\0", b"\xff", b"9" * 400, b'"', b"}", b",", b"NaN", b"-Infinity", b"1e999"))
        content[at : at + rng.randrange(4)] = damage
    return bytes(content), False


def _written(pairs):
    """An object of JSON, which may have a name twice."""
    return "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs) + "}"


def arguments(rng, kind):
    """Words such as may follow a verb."""
    flags = [field for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING]
    words = [rng.choice(("a.jpg", "b c", "0", "-x", "")) for _ in range(len(dataclasses.fields(kind)) - len(flags))]
    for field in rng.sample(flags, rng.randrange(min(5, len(flags)))):
        name = "--" + field.name.replace("_", "-")
        if rng.random() < 0.1:
            name = rng.choice((name[:-1], name + "x", name.upper(), name[1:]))
        value = rng.choice(WORDS) if field.default is None or rng.random() < 0.5 else _typed(field.default)
        words += [f"{name}={value}"] if rng.random() < 0.2 else [name, *([value] if isinstance(value, str) else value)]
        if isinstance(field.default, bool) and rng.random() < 0.8:
            words = [*words[: words.index(name)], name] if name in words else words
    if rng.random() < 0.1:
        words.insert(rng.randrange(len(words) + 1), rng.choice(("-h", "--help", "--", "-x", "extra", *WORDS[:5])))
    return words


def _typed(value):
    return [str(one) for one in value] if isinstance(value, tuple) else str(value)


def plain_settings(content):
    """What Python's json reads in the bytes, lists as tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(content).items()}


def plain_arguments(words, kind):
    """What Python's argparse reads in the words, by the types of the fields alone."""
    parser = argparse.ArgumentParser(allow_abbrev=False, argument_default=argparse.SUPPRESS)
    for field in dataclasses.fields(kind):
        inner = field.type
        if isinstance(inner, types.UnionType):
            inner = next(choice for choice in typing.get_args(inner) if choice is not types.NoneType)
        name = field.name
        if field.default is not dataclasses.MISSING:
            name = "--" + name.replace("_", "-")
        if inner is bool:
            parser.add_argument(name, action="store_true")
        elif typing.get_origin(inner) is tuple:
            first, *rest = typing.get_args(inner)
            parser.add_argument(name, type=first, nargs="+" if rest == [...] else 1 + len(rest))
        else:
            parser.add_argument(name, type=inner)
    read = vars(parser.parse_args(words))
    return {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}


def outcome(read):
    """What a reading gives, its exit code and what it says: `(settings or None, code, standard error)`."""
    found, said = [], io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            leave(lambda: found.append(read()))
        except SystemExit as leaving:
            return (found or [None])[0], leaving.code or 0, said.getvalue()
    raise AssertionError("leave always leaves")


def ends_well(read, plain, is_sound=False):
    """Return `read`, `refused` or `help`, as a reading ended; raises AssertionError where it is wrong."""
    began = time.perf_counter()
    settings, code, said = outcome(read)
    seconds = time.perf_counter() - began
    assert seconds < SECONDS, f"took {seconds:.1f} s"
    if settings is None:
        is_help = code == 0 and not said
        is_sentence = code == 2 and said.startswith("error: ") and said.count("\n") == 1
        assert not is_sound, f"a sound file is refused: {said[:300]}"
        assert is_help or is_sentence, f"exit code {code}: {said[:300]}"
        return "help" if is_help else "refused"
    expected = plain()
    for field in dataclasses.fields(settings):
        value = expected.get(field.name, field.default)
        value = field.metadata["aliases"].get(value, value) if isinstance(value, str) else value
        found = getattr(settings, field.name)
        assert found == value, f"{field.name} is {found!r}, plainly read {value!r}"
    return "read"


def case(rng):
    """One damaged settings file or list of arguments: how its reading ended."""
    rng = random.Random(int(rng.integers(2**63)))
    if rng.random() < 0.5:
        content, is_sound = settings_file(rng)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "settings.json"
            path.write_bytes(content)
            return ends_well(
                lambda: TrainConfig.read(path, allow_imports=False),
                lambda: plain_settings(content) | {"allow_imports": False},
                is_sound,
            )
    kind = rng.choice(CONFIGS)
    words = arguments(rng, kind)
    command = Command("verb", kind, "A verb.", [])
    return ends_well(lambda: command.parse(words), lambda: plain_arguments(words, kind))


if __name__ == "__main__":
    main(__doc__, case)
