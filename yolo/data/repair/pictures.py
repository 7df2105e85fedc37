"""Write pictures anew that programs show in different ways, as upright ones of 8 bits in RGB or gray.

Pictures that are only turned by EXIF would not need it here. But other programs ignore the note, and would show boxes
in wrong places.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath

from yolo import picture_files
from yolo.data.checks import table
from yolo.data.checks.checked_data import CheckedData
from yolo.data.repair.change import Change, Repair
from yolo.data.writing.whole_dataset import WholeDataset
from yolo.machine import threads
from yolo.progress import bar

REASONS = {  # check -> what the picture was, and is
    "picture-turned-by-exif": ("turned by EXIF", "upright"),
    "picture-of-16-bits": ("more than 8 bits in a channel", "8 bits"),
    "picture-in-cmyk": ("CMYK", "RGB"),
    "picture-with-transparency": ("with transparency", "without, what it hid is seen"),
}
COLOR_ONLY = (".ppm",)  # endings of formats that hold no gray pictures


def plain(data: WholeDataset, checked: CheckedData, folder: Path) -> Repair:
    """Return the data with plain pictures in place of others; they are written into a folder."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for finding in table.findings(checked, REASONS):
        for name in finding.files:
            reasons[name].append(finding.check)
    annotations, changes = list(data.dataset.annotations), []
    sources: dict[int, Path] = {}
    for i, one in enumerate(annotations):
        for check in reasons.get(checked.name(one.path), ()):
            sources[i] = one.path
            changes.append(Change(check, data.names[i], *REASONS[check]))
    targets = {i: folder / f"{i}{PurePosixPath(data.names[i]).suffix}" for i in sources}
    with ThreadPoolExecutor(threads()) as pool:
        list(bar(pool.map(_write_plain, sources.values(), targets.values()), total=len(sources), desc="rewriting"))
    for i, target in targets.items():
        annotations[i] = replace(annotations[i], path=target)
    return Repair(data.with_annotations(annotations), tuple(changes))


def _write_plain(source: Path, target: Path) -> None:
    image = picture_files.read(source)
    gray = bool((image == image[..., :1]).all()) and target.suffix.lower() not in COLOR_ONLY
    picture_files.save(target, picture_files.encode(target, image, gray))
