"""Format tables as aligned text for a terminal, or as Markdown."""

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

NARROWEST = 3  # dashes below a heading in Markdown; with fewer, some programs show no table
UNSEEN = ("Mn", "Me", "Cf")  # Unicode categories without width: accents on the letter before, joiners, direction marks

Rows = Iterable[Sequence[str | int]]


def aligned(rows: Rows, columns: str, widths: Sequence[int] = (), gap: int = 2) -> str:
    """Return rows as lines of text, with each column as wide as its widest cell.

    Args:
        columns: a letter for each column as in LaTeX: `l` aligns it at the left, `r` at the right.
        widths: the smallest widths of the first columns, to align lines that are printed one at a time.
        gap: spaces between two columns.

    Example:
        >>> print(aligned([("class", "AP50"), ("ox", "0.5"), ("犬", "0.75")], "lr"))
        class  AP50
        ox      0.5
        犬     0.75
    """
    lines = _padded([list(map(str, row)) for row in rows], columns, widths)
    return "\n".join((" " * gap).join(line).rstrip() for line in lines)


def markdown(rows: Rows, columns: str = "") -> str:
    """Return rows as a Markdown table; the first row holds the headings.

    Example:
        >>> print(markdown([("class", "AP50"), ("ox", "0.5")]))
        | class | AP50 |
        |---|---|
        | ox | 0.5 |

    Args:
        columns: letters as for `aligned`. If given, cells are padded, so that the plain text is easy to read, too.
    """
    lines = [list(map(_escaped, row)) for row in rows]
    if columns:
        lines = _padded(lines, columns, [NARROWEST] * len(columns))
        ends = [":" if column == "r" else "-" for column in columns]
        rule = _line(["-" * (width(cell) - 1) + end for cell, end in zip(lines[0], ends, strict=True)])
    else:
        rule = "|---" * len(lines[0]) + "|"
    return "\n".join([_line(lines[0]), rule, *map(_line, lines[1:])])


def markdown_row(cells: Sequence[str | int]) -> str:
    """Return one row of a Markdown table without padding, to print rows one at a time."""
    return _line(list(map(_escaped, cells)))


def width(text: str) -> int:
    """Return the width of a text on a terminal, in characters: two for 犬, none for an accent that joins a letter."""
    letters = [letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter) not in UNSEEN]
    return len(letters) + sum(unicodedata.east_asian_width(letter) in ("W", "F") for letter in letters)


def _padded(rows: list[list[str]], columns: str, least: Sequence[int]) -> list[list[str]]:
    """Return the cells, padded to the width of their columns."""
    needed = [max(map(width, column)) for column in zip(*rows, strict=True)]
    widths = [max(pair) for pair in zip_longest(needed, least, fillvalue=0)]
    return [[_pad(*place) for place in zip(row, columns, widths, strict=True)] for row in rows]


def _pad(cell: str, column: str, size: int) -> str:
    spaces = " " * (size - width(cell))
    return spaces + cell if column == "r" else cell + spaces


def _escaped(cell: str | int) -> str:
    return str(cell).replace("|", "\\|")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
