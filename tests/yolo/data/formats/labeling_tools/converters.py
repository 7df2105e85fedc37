"""What libraries write that convert data sets, by their own functions."""

from importlib import import_module

import numpy as np

from tests.yolo.data.formats.labeling_tools.shown import CLASSES, need


def _datumaro(shown, out, form, last="train"):
    need("datumaro")
    dm = import_module("datumaro")
    items = [
        dm.DatasetItem(
            one.stem,
            subset=last if one is shown[-1] else "train",
            media=dm.Image.from_file(str(one.path)),
            annotations=[
                dm.Bbox(
                    *box[:2],
                    box[2] - box[0],
                    box[3] - box[1],
                    label=CLASSES.index(name),
                    id=number,
                    attributes={"difficult": hard},
                )
                for number, (name, *box, hard) in enumerate(one.objects, 1)
            ],
        )
        for one in shown
    ]
    dm.Dataset.from_iterable(items, categories=list(CLASSES)).export(str(out), form, save_media=True)


def datumaro_voc(shown, out):
    _datumaro(shown, out, "voc")


def datumaro_coco(shown, out):
    _datumaro(shown, out, "coco_instances")


def datumaro_yolo(shown, out):
    _datumaro(shown, out, "yolo")


def datumaro_ultralytics(shown, out):
    _datumaro(shown, out, "yolo_ultralytics", last="val")  # it wants both


def datumaro_cvat(shown, out):
    _datumaro(shown, out, "cvat")


def _supervision(shown):
    need("supervision")
    sv = import_module("supervision")
    boxes = {
        str(one.path): sv.Detections(
            xyxy=np.array([box for _, *box, _ in one.objects], np.float32).reshape(-1, 4),
            class_id=np.array([CLASSES.index(name) for name, *_ in one.objects], int),
        )
        for one in shown
    }
    return sv.DetectionDataset(list(CLASSES), [str(one.path) for one in shown], boxes)


def supervision_voc(shown, out):
    _supervision(shown).as_pascal_voc(str(out / "JPEGImages"), str(out / "Annotations"))


def supervision_yolo(shown, out):
    _supervision(shown).as_yolo(str(out / "images"), str(out / "labels"), str(out / "data.yaml"))


def supervision_coco(shown, out):
    _supervision(shown).as_coco(str(out / "images"), str(out / "annotations.json"))


def _fiftyone(shown, exporter):
    """Let an exporter write; it works without the database that the rest of FiftyOne needs."""
    fo = import_module("fiftyone")
    with exporter:
        for one in shown:
            boxes = [
                fo.Detection(
                    label=name,
                    bounding_box=[
                        box[0] / one.width,
                        box[1] / one.height,
                        (box[2] - box[0]) / one.width,
                        (box[3] - box[1]) / one.height,
                    ],
                )
                for name, *box, _ in one.objects
            ]
            metadata = fo.ImageMetadata.build_for(str(one.path))
            exporter.export_sample(str(one.path), fo.Detections(detections=boxes), metadata=metadata)


def fiftyone_voc(shown, out):
    need("fiftyone")
    _fiftyone(shown, import_module("fiftyone.utils.voc").VOCDetectionDatasetExporter(export_dir=str(out)))


def fiftyone_yolo(shown, out):
    need("fiftyone")
    make = import_module("fiftyone.utils.yolo").YOLOv5DatasetExporter
    _fiftyone(shown, make(export_dir=str(out), classes=list(CLASSES)))


def fiftyone_coco(shown, out):
    need("fiftyone")
    make = import_module("fiftyone.utils.coco").COCODetectionDatasetExporter
    _fiftyone(shown, make(export_dir=str(out), classes=list(CLASSES)))


def _supervisely(shown, out):
    need("supervisely")
    sly = import_module("supervisely")
    classes = [sly.ObjClass(name, sly.Rectangle) for name in CLASSES]
    project = sly.Project(str(out.parent / "project"), sly.OpenMode.CREATE)
    meta = sly.ProjectMeta(sly.ObjClassCollection(classes))
    project.set_meta(meta)
    dataset = project.create_dataset("ds")
    for one in shown:
        labels = [
            sly.Label(sly.Rectangle(box[1], box[0], box[3] - 1, box[2] - 1), meta.get_obj_class(name))
            for name, *box, _ in one.objects
        ]
        dataset.add_item_file(one.name, str(one.path), sly.Annotation((one.height, one.width), labels))
    return import_module("supervisely.convert"), project


def supervisely_voc(shown, out):
    convert, project = _supervisely(shown, out)
    convert.to_pascal_voc(project, str(out), train_val_split_coef=1)


def supervisely_yolo(shown, out):
    convert, project = _supervisely(shown, out)
    convert.to_yolo(project, str(out))


def supervisely_coco(shown, out):
    convert, project = _supervisely(shown, out)
    convert.to_coco(project, str(out.parent / "project-coco"), copy_images=True)
    (out.parent / "project-coco" / "ds").rename(out)  # a folder for each dataset of the project
