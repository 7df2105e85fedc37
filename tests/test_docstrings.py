"""Every public function and class has a docstring that begins plainly, and files and functions stay short."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("attention", "benchmarks", "yolo")
SOURCES = sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

RIDDLES = {"How", "What", "Whence", "Where", "Whether", "Which"}
MOST_LINES = 250  # of a file
MOST_LINES_OF_FUNCTION = 60

DESCRIBED_ELSEWHERE = {
    "main",  # of a verb: the docstring of its module is its `--help`
}
FIELDS = "yolo/config/shared_options.py"  # each function returns one field, which has a help text

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(node, owner=None):
    """Yield every function and class below a node with the class or module that it belongs to."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield child, owner
        yield from definitions(child, child if isinstance(child, Definition) else owner)


def needs_docstring(path, definition, owner):
    """Return whether a definition is public. Methods of a class with bases are not: they may override others."""
    if definition.name.startswith("_") or definition.name in DESCRIBED_ELSEWHERE or path.as_posix() == FIELDS:
        return False
    if path.parts[0] == "benchmarks":  # scripts, which nobody imports
        return False
    if any(ast.unparse(decorator) == "overload" for decorator in definition.decorator_list):
        return False
    return owner is None or (isinstance(owner, ast.ClassDef) and not owner.bases and not owner.name.startswith("_"))


def faults(path, source):
    """Yield a sentence for each fault of a file at `path`, relative to the repository."""
    tree = ast.parse(source)
    if len(source.splitlines()) > MOST_LINES:
        yield f"{path}: more than {MOST_LINES} lines"
    yield from riddles(path, "the module", tree)
    for definition, owner in definitions(tree):
        yield from riddles(path, definition.name, definition)
        lines = definition.end_lineno - definition.lineno + 1
        if not isinstance(definition, ast.ClassDef) and lines > MOST_LINES_OF_FUNCTION:
            yield f"{path}: {definition.name} has {lines} lines, more than {MOST_LINES_OF_FUNCTION}"
        if needs_docstring(path, definition, owner) and ast.get_docstring(definition) is None:
            yield f"{path}: {definition.name} has no docstring"


def riddles(path, name, node):
    """Yield a sentence if a docstring begins like a question."""
    first = re.match(r"\w*", ast.get_docstring(node) or "")[0]
    if first in RIDDLES:
        yield f"{path}: the docstring of {name} begins with {first}; begin with a verb, or with what it is"


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_source_file_is_short_and_described_in_sentences(path):
    assert list(faults(path, (ROOT / path).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("yolo/a.py", '"""What the file does."""', "docstring of the module begins with What"),
        ("yolo/a.py", 'def _f():\n    """Whether it works."""', "docstring of _f begins with Whether"),
        ("attention/a.py", 'class A(B):\n    def f(self):\n        """How?"""', "docstring of f begins with How"),
        ("benchmarks/a.py", 'def f():\n    """Which is faster."""', "docstring of f begins with Which"),
        ("yolo/a.py", "def f():\n    pass", "f has no docstring"),
        ("yolo/a.py", "if True:\n    async def f():\n        pass", "f has no docstring"),
        ("yolo/a.py", "class A(B):\n    pass", "A has no docstring"),
        ("yolo/a.py", 'class A:\n    """A."""\n    def f(self):\n        pass', "f has no docstring"),
        ("yolo/a.py", '"""A."""\n' * 251, "more than 250 lines"),
        ("yolo/a.py", 'def f():\n    """Return."""\n' + "    pass\n" * 59, "f has 61 lines, more than 60"),
    ],
)
def test_each_fault_is_found(path, source, fault):
    assert [found for found in faults(Path(path), source) if fault in found]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("benchmarks/a.py", '"""Measure how long it takes."""\ndef f():\n    pass'),
        ("yolo/a.py", "def main():\n    pass"),
        ("yolo/a.py", "def _f():\n    pass\nclass _A:\n    def f(self):\n        pass"),
        ("yolo/a.py", 'class A(Layer):\n    """A layer."""\n    def call(self, x):\n        return x'),
        ("yolo/a.py", 'def f():\n    """Return a function."""\n    def g():\n        pass\n    return g'),
        ("yolo/a.py", '@overload\ndef f(): ...\ndef f():\n    """Return whether it works, and how."""'),
        ("yolo/config/shared_options.py", "def seed():\n    return option(0, 'the seed')"),
        ("yolo/a.py", 'def f():\n    """Return."""\n' + "    pass\n" * 58),
        ("yolo/a.py", '"""A."""\n' * 250),
    ],
)
def test_a_file_without_faults_passes(path, source):
    assert list(faults(Path(path), source)) == []
