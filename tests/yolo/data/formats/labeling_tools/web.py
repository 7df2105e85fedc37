"""What labeling tools write that are used in a browser, by the code of the installed package."""

import json
import os
import tempfile
from importlib import import_module
from pathlib import Path

from tests.yolo.data.formats.labeling_tools.shown import CLASSES, copy, need

CONFIG = (
    '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">'
    + "".join(f'<Label value="{name}"/>' for name in CLASSES)
    + "</RectangleLabels></View>"
)


def _label_studio(shown, out, form):
    need("label-studio-sdk")
    converter = import_module("label_studio_sdk.converter").Converter
    tasks = [
        {
            "id": number,
            "data": {"image": str(one.path)},
            "annotations": [
                {
                    "id": number,
                    "completed_by": 1,
                    "result": [
                        {
                            "type": "rectanglelabels",
                            "from_name": "label",
                            "to_name": "image",
                            "original_width": one.width,
                            "original_height": one.height,
                            "value": {
                                "x": 100 * box[0] / one.width,
                                "y": 100 * box[1] / one.height,
                                "width": 100 * (box[2] - box[0]) / one.width,
                                "height": 100 * (box[3] - box[1]) / one.height,
                                "rotation": 0,
                                "rectanglelabels": [name],
                            },
                        }
                        for name, *box, _ in one.objects
                    ],
                }
            ],
        }
        for number, one in enumerate(shown, 1)
    ]
    given = out.parent / "tasks.json"
    given.write_text(json.dumps(tasks), encoding="utf-8")
    converter(CONFIG, project_dir=None, download_resources=False).convert(str(given), str(out), form, is_dir=False)
    copy(shown, out / "images")


def label_studio_voc(shown, out):
    _label_studio(shown, out, "VOC")


def label_studio_yolo(shown, out):
    _label_studio(shown, out, "YOLO")


def label_studio_coco(shown, out):
    _label_studio(shown, out, "COCO")


def _labelu(shown, out, form):
    need("labelu")
    os.environ.setdefault("MEDIA_ROOT", tempfile.mkdtemp())
    settings = import_module("labelu.internal.common.config").settings
    convert = import_module("labelu.internal.common.converter").converter.convert
    settings.MEDIA_ROOT = Path(shown[0].path.parent)
    attributes = [{"key": name, "value": name} for name in CLASSES]
    samples = [
        {
            "id": number,
            "state": "DONE",
            "file": {"filename": one.name, "path": one.name},
            "data": json.dumps(
                {
                    "result": json.dumps(
                        {
                            "width": one.width,
                            "height": one.height,
                            "rotate": 0,
                            "rectTool": {
                                "toolName": "rectTool",
                                "result": [
                                    {
                                        "x": box[0],
                                        "y": box[1],
                                        "width": box[2] - box[0],
                                        "height": box[3] - box[1],
                                        "label": name,
                                        "attributes": {"difficult": [int(hard)]},
                                    }
                                    for name, *box, hard in one.objects
                                ],
                            },
                        }
                    )
                }
            ),
        }
        for number, one in enumerate(shown, 1)
    ]
    config = {"tools": [{"tool": "rectTool", "config": {"attributes": attributes}}], "attributes": []}
    convert(config, samples, out, "1", form)
    for archive in out.glob("*.zip"):
        archive.unlink()
    copy(shown, out)


def labelu_voc(shown, out):
    _labelu(shown, out, "PASCAL_VOC")


def labelu_yolo(shown, out):
    _labelu(shown, out, "YOLO")


def labelu_coco(shown, out):
    _labelu(shown, out, "COCO")


def labelu_labelme(shown, out):
    _labelu(shown, out, "LABEL_ME")
