"""Fit the anchors, three for each level, to the objects of a dataset, and compare them with the default anchors.

Training does this by itself (--anchors auto). Run it to see the numbers, or to use the same anchors several times.
"""

from collections.abc import Sequence

from yolo import tables
from yolo.cli.command import Command
from yolo.config import AnchorsConfig
from yolo.errors import UserError
from yolo.overwriting import refuse_foreign
from yolo.shell import command, data_flags, quoted
from yolo.wording import counted, resolution

EXAMPLES = (
    ("python -m yolo anchors --data my-pictures", "compare anchors that fit your objects with the default ones"),
    ("python -m yolo anchors --data my-pictures --output anchors.txt", "also keep them, for train --anchors"),
)
COMMAND = Command("anchors", AnchorsConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo import anchors
    from yolo.data import data_folder, picture_sizes, readable_pictures

    if config.output:
        refuse_foreign(config.output, "anchors", anchors.holds_anchors)
    dataset = data_folder.DataFolder.of(config).load(config.split)
    data_folder.log_remarks(dataset)
    dataset = readable_pictures.clean(dataset, f"'{config.split}'")
    objects = picture_sizes.object_sizes(dataset.annotations, config.input_size, config.resize)
    if not len(objects):
        raise UserError(f"split '{config.split}' of {config.data} holds no object to measure; choose another --split.")
    fitted = anchors.kmeans(objects, config.levels * anchors.OF_A_LEVEL, config.seed)
    measured = f"{counted(len(objects), 'object')} in {counted(len(dataset), 'picture')}"
    print(f"{measured}, measured at {resolution(config.input_size)} ({config.resize})")
    rows = [("", "mean best IoU", "recall at 0.5", " anchors (width,height)")]
    for name, shapes in (("fitted", fitted), ("default", anchors.DEFAULTS[config.levels])):
        overlap = anchors.best_iou(objects, shapes)
        rows.append((name, f"{overlap.mean():.3f}", f"{(overlap >= 0.5).mean():.3f}", f" {anchors.text(shapes)}"))
    print(tables.aligned(rows, "lrrl", widths=(9,)))
    levels = f" --levels {config.levels}" if config.levels != AnchorsConfig.levels else ""
    flags = f"{data_flags(config)}{levels} --resize {config.resize}"  # training may follow its weights in that
    if config.output:
        anchors.write(config.output, fitted)
        print(f"written to {config.output}; to train with them:")
        print(f"{command('train')} {flags} --anchors {quoted(config.output)}")
    else:
        print("training fits them itself, unless its weights bring theirs (--anchors auto); to keep these:")
        print(f"{COMMAND.program} {flags} --output anchors.txt")
