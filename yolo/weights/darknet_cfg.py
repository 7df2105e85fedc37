"""Read what Darknet's `.cfg` of a YOLOv4-tiny says beyond its layers: input size, anchors, masks, resize mode.

It is read as Darknet reads it, `strip`, `read_option` and `option_find` of https://github.com/AlexeyAB/darknet: spaces
count nowhere, upper and lower case do, a line without a value is passed over, of a key that comes twice the first
counts, a number ends where it is none any more, and comments may be of any encoding.
"""

import re

from yolo.errors import UserError, os_errors_as_user_errors
from yolo.nets.network_checks import check
from yolo.text_files import MARKS, opened

LONGEST = 2**20  # bytes; Darknet's longest has 40,000
INTEGER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CLASSES, SCALE = 20, 1.0  # what Darknet takes where a [yolo] says none


def read(path, classes):
    """Arguments for `YoloV4Tiny`: anchors, masks, scale_xy, input_size and resize_mode.

    Args:
        classes: how many the weights know.

    Raises:
        UserError: the cfg is damaged, or of another network than these weights.
    """
    text = _text(path)
    try:
        settings = _arguments(_sections(text), classes)
        check(settings)
        return settings
    except (KeyError, ValueError, UserError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise UserError(f"{path} is no cfg of a YOLOv4-tiny: {reason}; correct it, or give another.") from error


def filters(path):
    """Return how many filters each convolution in a cfg has, in order; raises UserError when it cannot be read."""
    text = _text(path)
    try:
        sections = _sections(text)
        return [_integer(values.get("filters", "1")) for name, values in sections if name == "convolutional"]
    except ValueError as error:
        raise UserError(f"{path} is no cfg: {error}.") from error


def options(path):
    """The `key=value` lines of a `.data` file, as Darknet reads them: a dictionary; raises UserError."""
    return dict(pair for _, values in _sections(f"[data]\n{_text(path)}") for pair in values.items())


def _text(path):
    with os_errors_as_user_errors(f"cannot read {path}"), opened(path) as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise UserError(f"{path} is no file of Darknet's settings: it has more than {LONGEST} bytes.")
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, "replace").lstrip("\ufeff")


def _sections(text):
    """`[name]` and the `key=value` lines below it, as (name, dictionary) in the order of the file."""
    sections = []
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


def _arguments(sections, classes):
    networks = [values for name, values in sections if name in ("net", "network")]
    heads = [values for name, values in sections if name == "yolo"]
    if len(networks) != 1 or len(heads) != 2:
        raise ValueError(f"expected one [net] and two [yolo] sections, got {len(networks)} and {len(heads)}")
    said = {_integer(head.get("classes", str(CLASSES))) for head in heads}
    if said != {classes}:
        noun = "class" if said == {1} else "classes"
        raise ValueError(f"it is for {' and '.join(map(str, sorted(said)))} {noun}, but the weights know {classes}")
    kinds = {values.get("activation", "logistic") for name, values in sections if name == "convolutional"}
    if kinds - {"leaky", "linear"}:
        raise ValueError(
            f"the activation of its convolutions should be leaky, got {', '.join(sorted(kinds - {'leaky', 'linear'}))}"
        )
    if any(_integer(head.get("new_coords", "0")) for head in heads):
        raise ValueError("new_coords, another meaning of the raw maps, is not known here")
    anchors = [_anchors(head) for head in heads]
    scales = [_number(head.get("scale_x_y", str(SCALE))) for head in heads]
    if anchors[0] != anchors[1] or scales[0] != scales[1]:
        raise ValueError("the two [yolo] sections have different anchors or scale_x_y")
    return {
        "anchors": anchors[0],
        "masks": tuple(tuple(map(_integer, _items(head["mask"]))) for head in heads),
        "scale_xy": scales[0],
        "input_size": (_integer(networks[0]["height"]), _integer(networks[0]["width"])),
        "resize_mode": "letterbox" if _integer(networks[0].get("letter_box", "0")) else "stretch",
    }


def _anchors(head):
    """The pairs of a section, as many as its `num` says."""
    numbers = [_number(item) for item in _items(head["anchors"])]
    if "num" in head:
        numbers = numbers[: 2 * _integer(head["num"])]
    if len(numbers) % 2:
        raise ValueError(f"its anchors are {len(numbers)} numbers, which are no pairs")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _items(value):
    """`10,14,  23,27,` -> 10, 14, 23, 27, as texts."""
    return list(filter(None, re.split(r"[\s,]+", value)))


def _integer(text):
    return int(_leading(INTEGER, text))


def _number(text):
    return float(_leading(NUMBER, text))


def _leading(form, text):
    """The number that a text begins with; what follows it is passed over, as `atoi` and `atof` do."""
    found = form.match(text)
    if not found:
        raise ValueError(f"'{text[:40]}' is no number")
    return found[0]
