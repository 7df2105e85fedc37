"""Check a data folder for `doctor --data`, without TensorFlow: print what was found, and write it as JSON."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yolo import tables
from yolo.cli.doctor_fix import write_repaired
from yolo.cli.output_paths import make_room, write
from yolo.config import DoctorConfig
from yolo.data.data_paths import data_paths
from yolo.errors import UserError
from yolo.malloc_tuning import keep_freed_memory
from yolo.overwriting import json_with, refuse_foreign
from yolo.wording import counted, printable, resolution, shorten

if TYPE_CHECKING:
    from yolo.data.checks.summary import Summary
    from yolo.data.findings import Finding

EXIT_CODES = {"note": 0, "warning": 1, "unusable": 2}
SHOWN = 5  # names below a finding
LONGEST = 500  # letters of names in a line
CLASSES = 10  # in the first lines
INDENT = " " * 11  # below the text of a finding


def check_data(config: DoctorConfig) -> int:
    """Check the data that the settings name, print and write what was found, and return the exit code."""
    _make_room(config)
    keep_freed_memory()

    from yolo.data.checks import table
    from yolo.data.checks.checked_data import CheckedData
    from yolo.data.checks.summary import Summary
    from yolo.data.data_folder import DataFolder
    from yolo.data.findings import Finding
    from yolo.data.writing.new_folder import refuse_among

    summary, clean = Summary(), []
    try:
        source = DataFolder(config.data or "", anew=True, corners=config.corners, negatives=config.negatives)
        data = CheckedData.of(source, config.input_size, config.resize, config.levels)
    except UserError as error:
        findings = [Finding("data-unusable", str(error), level="unusable")]
    else:
        if config.fix:
            refuse_among(config.fix, source.layouts)
        summary = Summary.of(data)
        _print_summary(summary, config.input_size)
        findings = list(table.every_finding(data))
        clean = [name for name in table.CHECKS if name not in {finding.check for finding in findings}]
    _print_findings(findings, clean, None if config.all else SHOWN)
    if config.json:
        write(config.json, _json(config.data or "", summary, findings, clean))
    if config.fix and summary.pictures:
        write_repaired(source, data, config.fix)
    elif config.fix:
        print(printable(f"nothing to repair, as the data cannot be read: {config.fix} is not written"))
    return max((EXIT_CODES[finding.level] for finding in findings), default=0)


def _make_room(config: DoctorConfig) -> None:
    """Raise UserError if a file or folder that is to be written cannot be, or is not from this program."""
    from yolo.data.writing.new_folder import refuse_inside

    if config.fix:
        refuse_inside(config.fix, config.data or "")
    if config.json and config.fix:
        file, folder = Path(config.json).resolve(), Path(config.fix).resolve()
        if folder in (file, *file.parents) or file in folder.parents:
            raise UserError(f"--json {config.json} and --fix {config.fix} cannot both be written: give other names.")
    if config.json:
        make_room(Path(config.json), data_paths(config.data or ""))
        refuse_foreign(config.json, "what doctor has found", json_with("data", "checks", "clean"))


def print_checks() -> None:
    """Print a table of all checks: subject, name, level, what each looks for, and advice."""
    from yolo.data.checks.table import CHECKS

    rows = [(each.subject, each.name, each.levels, each.looks_for, each.kind.advice) for each in CHECKS.values()]
    print(tables.aligned([("subject", "check", "level", "looks for", "advice"), *rows], "lllll"))


def _print_summary(summary: "Summary", input_size: tuple[int, int]) -> None:
    """Print the first lines: what the data are, before anything that was found."""
    numbers = {"without objects": summary.empty, "more left out": summary.left_out}
    empty = ", ".join(f"{number} {what}" for what, number in numbers.items() if number)
    difficult = f"{summary.difficult} difficult, neither taught nor taken for background" * bool(summary.difficult)
    pictures, objects = counted(summary.pictures, "picture"), counted(summary.objects, "object")
    print(f"{summary.format}: {pictures}{empty and f' ({empty})'}, {objects}{difficult and f' ({difficult})'}")
    classes = [f"{name} {number}" for name, number in Counter(summary.classes).most_common()]
    print(printable(f"{counted(len(classes), 'class')}: {shorten(classes, CLASSES)}"))
    print(printable(f"splits: {', '.join(f'{name} {size}' for name, size in summary.splits.items())}"))
    if summary.objects:
        shares = ", ".join(f"{share:.1%} under {size}" for size, share in summary.small_shares.items())
        size = resolution(input_size)
        print(f"objects at the input size {size}: {summary.median_side:g} pixels in the median, {shares}")
    for choice in summary.choices:
        print(printable(choice))


def _print_findings(findings: "Sequence[Finding]", clean: Sequence[str], shown: int | None) -> None:
    """Print the findings by subject, and one line at the end.

    Args:
        shown: the number of names of a finding, or None for all of them, one on a line.
    """
    from yolo.data.checks.table import CHECKS, SUBJECTS, subject_of

    print(end="\n" * bool(clean))  # below the first lines, which data that cannot be read do not have
    for subject in SUBJECTS:
        fine = sum(CHECKS[name].subject == subject for name in clean)
        here = [finding for finding in findings if subject_of(finding.check) == subject]
        if clean:
            print(f"{subject}: {counted(fine, 'check')} clean")
        for line in (line for finding in here for line in _lines(finding, shown)):
            print(printable(line))
    if not clean:
        return
    levels = Counter(str(finding.level) for finding in findings)
    worst_first = sorted(levels, key=EXIT_CODES.__getitem__, reverse=True)
    numbers = [counted(levels[level], level, "unusable" if level == "unusable" else None) for level in worst_first]
    total = counted(len({*clean, *(finding.check for finding in findings)}), "check")
    print(f"\n{total}: {', '.join([f'{len(clean)} clean', *numbers])}")


def _lines(finding: "Finding", shown: int | None) -> Iterator[str]:
    """Yield the lines of a finding."""
    yield f"  {finding.level:<8} {finding.check}: {finding.text}"
    if finding.shown:
        names = finding.shown if shown is None else [_cut(shorten(finding.shown, shown))]
        yield from (INDENT + name for name in names)
    if finding.advice:
        yield f"{INDENT}-> {finding.advice}"


def _cut(line: str) -> str:
    """Return a line without its end if it is very long: a name may be that of a hundred pictures that look the same."""
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."


def _json(data: str, summary: "Summary", findings: "Sequence[Finding]", clean: Sequence[str]) -> str:
    """Return all that was found as JSON."""
    from yolo.data.checks.table import subject_of

    checks: list[dict[str, Any]] = [
        {"check": finding.check, "subject": subject_of(finding.check)} | dataclasses.asdict(finding)
        for finding in findings
    ]
    content = {"data": data} | dataclasses.asdict(summary) | {"checks": checks, "clean": list(clean)}
    return json.dumps(content, indent=2, allow_nan=False) + "\n"
