"""The README and the pages of docs, as the tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
PAGES += sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
NOT_RUN = "<!-- not run by the tests"  # above a snippet that takes too long
NUMBER = re.compile(r"(?<![\w./])\d+\.\d+(?!\w|\.\d)")  # with a point in it, without its sign


def text(page: str) -> str:
    """Return the text of a file by its path in the repository."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of code in a language, in their order, but for those that are marked as not run."""
    found = re.findall(rf"^(<!--[^\n]*\n)?```{language}\n(.*?)^```$", text(page), re.DOTALL | re.MULTILINE)
    return [code for comment, code in found if not comment.startswith(NOT_RUN)]


def table(page: str, columns: int) -> list[list[str]]:
    """Return the cells of every row, of all tables of a page that have so many columns."""
    rows = [line for line in text(page).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return [row for row in cells if len(row) == columns]
