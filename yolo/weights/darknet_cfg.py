"""What Darknet's `.cfg` of a YOLOv4-tiny says beyond its layers: input size, anchors and masks."""

from pathlib import Path

from yolo.errors import UserError


def read(path, classes):
    """Arguments for `YoloV4Tiny`: anchors, masks, scale_xy, input_size and resize_mode.

    Args:
        classes: how many the weights know.

    Raises:
        UserError: the cfg is damaged, or of another network than these weights.
    """
    try:
        sections = _sections(Path(path).read_text(encoding="utf-8-sig"))
        return _arguments(sections, classes)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}.") from error
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} is no cfg of a YOLOv4-tiny: {error}; correct it, or take it away.") from error


def _sections(text):
    """`[name]` and the `key=value` lines below it, as (name, dictionary) in the order of the file."""
    sections = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            sections.append((line.strip("[]"), {}))
        elif line and line[0] not in "#;":
            if not sections or "=" not in line:
                raise ValueError(f"'{line[:80]}' is neither [section] nor key=value")
            key, _, value = line.partition("=")
            sections[-1][1][key.strip()] = value.strip()
    return sections


def _arguments(sections, classes):
    networks = [values for name, values in sections if name in ("net", "network")]
    heads = [values for name, values in sections if name == "yolo"]
    if len(networks) != 1 or len(heads) != 2:
        raise ValueError(f"expected one [net] and two [yolo] sections, got {len(networks)} and {len(heads)}")
    said = {int(head.get("classes", classes)) for head in heads}
    if said != {classes}:
        raise ValueError(f"it is for {' and '.join(map(str, sorted(said)))} classes, but the weights know {classes}")
    activations = {values["activation"] for name, values in sections if name == "convolutional"} - {"leaky", "linear"}
    if activations:
        raise ValueError(f"the activation of its convolutions should be leaky, got {', '.join(sorted(activations))}")
    if any(int(head.get("new_coords", 0)) for head in heads):
        raise ValueError("new_coords, another meaning of the raw maps, is not known here")
    if heads[0]["anchors"].split() != heads[1]["anchors"].split() or _scale(heads[0]) != _scale(heads[1]):
        raise ValueError("the two [yolo] sections have different anchors or scale_x_y")
    numbers = [float(number) for number in heads[0]["anchors"].split(",")]
    anchors = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    masks = tuple(tuple(int(index) for index in head["mask"].split(",")) for head in heads)
    if any(len(mask) != 3 or not set(mask) <= set(range(len(anchors))) for mask in masks):
        raise ValueError(f"each mask should choose three of {len(anchors)} anchors, got {masks[0]} and {masks[1]}")
    size = int(networks[0]["height"]), int(networks[0]["width"])
    if any(side < 32 or side % 32 for side in size):
        raise ValueError(f"height and width should be multiples of 32, got {size[0]} and {size[1]}")
    letterbox = int(networks[0].get("letter_box", 0))
    return {
        "anchors": anchors,
        "masks": masks,
        "scale_xy": _scale(heads[0]),
        "input_size": size,
        "resize_mode": "letterbox" if letterbox else "stretch",
    }


def _scale(head):
    return float(head.get("scale_x_y", 1))
