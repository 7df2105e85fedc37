"""Read Darknet's `.cfg` of a YOLOv4-tiny: input size, anchors, masks and resize mode, not its layers.

It is read as by `strip`, `read_option` and `option_find` of https://github.com/AlexeyAB/darknet. Spaces are removed
everywhere; upper and lower case differ. A line without a value is skipped. When a key comes twice, the first one
counts. A number ends at the first character that does not belong to it. Comments may be in any encoding.
"""

import os
import re
from pathlib import Path
from typing import Any

from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.network_checks import check
from yolo.text_files import MARKS, opened

LONGEST = 2**20  # bytes; Darknet's longest has 40,000
INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CLASSES, SCALE = 20, 1.0  # Darknet's defaults for a [yolo] section
NUMBERS = {2: "two", 3: "three"}
Section = tuple[str, dict[str, str]]  # `[name]`, and the `key=value` lines below it


def read(path: str | os.PathLike[str], classes: int, levels: int = 2) -> dict[str, Any]:
    """Return arguments for `YoloV4Tiny`: anchors, masks, scale_xy, input_size and resize_mode.

    Args:
        classes, levels: the number of classes and of levels of the weights.

    Raises:
        UserError: the cfg is damaged, or of another network than these weights.
    """
    text = _text(path)
    try:
        settings = _arguments(_sections(text), classes, levels)
        check(settings)
        return settings
    except (KeyError, ValueError, UserError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise UserError(f"{path} is no cfg of a YOLOv4-tiny: {reason}; correct it, or give another.") from error


def filters(path: Path) -> list[int]:
    """Return the number of filters of each convolution in a cfg, in order.

    Raises:
        UserError: it cannot be read.
    """
    text = _text(path)
    try:
        sections = _sections(text)
        return [_integer(values.get("filters", "1")) for name, values in sections if name == "convolutional"]
    except ValueError as error:
        raise UserError(f"{path} is no cfg: {error}.") from error


def options(path: Path) -> dict[str, str]:
    """Return the `key=value` lines of a `.data` file, as Darknet reads them.

    Raises:
        UserError: it cannot be read.
    """
    return dict(pair for _, values in _sections(f"[data]\n{_text(path)}") for pair in values.items())


def _text(path: str | os.PathLike[str]) -> str:
    with os_errors_as_user_errors(f"cannot read {path}"), opened(path) as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise UserError(f"{path} is no file of Darknet's settings: it has more than {LONGEST} bytes.")
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace").lstrip("\ufeff")


def _sections(text: str) -> list[Section]:
    """Return the sections in the order of the file; raises ValueError for a line before the first one."""
    sections: list[Section] = []
    for line in re.split(r"[\n\r]+", text):
        key, _, value = line.partition("=")
        key = "".join(key.split())
        if key.startswith("["):
            sections.append((key[1:].partition("]")[0], {}))
        elif key and key[0] not in "#;":
            if not sections:
                raise ValueError(f"'{line.strip()[:80]}' stands before the first [section]")
            value = value.partition("#")[0].strip()
            if value:
                sections[-1][1].setdefault(key, value)
    return sections


def _arguments(sections: list[Section], classes: int, levels: int) -> dict[str, Any]:
    """Return the arguments for `YoloV4Tiny`; raises KeyError or ValueError."""
    networks = [values for name, values in sections if name in ("net", "network")]
    heads = [values for name, values in sections if name == "yolo"]
    if len(networks) != 1 or len(heads) != levels:
        expected = f"one [net] and {NUMBERS[levels]} [yolo] sections"
        raise ValueError(f"expected {expected}, got {len(networks)} and {len(heads)}")
    numbers = {_integer(head.get("classes", str(CLASSES))) for head in heads}
    if numbers != {classes}:
        noun = "class" if numbers == {1} else "classes"
        raise ValueError(f"it is for {' and '.join(map(str, sorted(numbers)))} {noun}, but the weights know {classes}")
    kinds = {values.get("activation", "logistic") for name, values in sections if name == "convolutional"}
    if kinds - {"leaky", "linear"}:
        raise ValueError(
            f"the activation of its convolutions should be leaky, got {', '.join(sorted(kinds - {'leaky', 'linear'}))}"
        )
    if any(_integer(head.get("new_coords", "0")) for head in heads):
        raise ValueError("new_coords, another meaning of the raw maps, is not known here")
    anchors = [_anchors(head) for head in heads]
    scales = [_number(head.get("scale_x_y", str(SCALE))) for head in heads]
    if len(set(anchors)) > 1 or len(set(scales)) > 1:
        raise ValueError(f"the {NUMBERS[levels]} [yolo] sections have different anchors or scale_x_y")
    return {
        "anchors": anchors[0],
        "masks": tuple(tuple(map(_integer, _items(head["mask"]))) for head in heads),
        "scale_xy": scales[0],
        "input_size": (_integer(networks[0]["height"]), _integer(networks[0]["width"])),
        "resize_mode": "letterbox" if _integer(networks[0].get("letter_box", "0")) else "stretch",
    }


def _anchors(head: dict[str, str]) -> tuple[tuple[float, float], ...]:
    """Return the anchors of a [yolo] section, no more than its `num`."""
    numbers = [_number(item) for item in _items(head["anchors"])]
    if "num" in head:
        numbers = numbers[: 2 * _integer(head["num"])]
    if len(numbers) % 2:
        raise ValueError(f"its anchors are {len(numbers)} numbers, which are no pairs")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _items(value: str) -> list[str]:
    """Return the parts of a list: `10,14,  23,27,` -> `["10", "14", "23", "27"]`."""
    return list(filter(None, re.split(r"[\s,]+", value)))


def _integer(text: str) -> int:
    return int(_leading(INTEGER, text))


def _number(text: str) -> float:
    return float(_leading(NUMBER, text))


def _leading(form: re.Pattern[str], text: str) -> str:
    """Return the number at the beginning of a text and ignore the rest, as C's `atoi` and `atof` do."""
    found = form.match(text)
    if not found:
        raise ValueError(f"'{text[:40]}' is no number")
    return found[0]
