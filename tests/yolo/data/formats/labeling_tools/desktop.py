"""What labeling tools write that are programs with a window, by the code of the installed package."""

import json
import os
from importlib import import_module

from tests.yolo.data.formats.labeling_tools.shown import CLASSES, copy, corners, need

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _labelimg(shown, out, save, ending):
    need("labelImg")
    reading, files = import_module("PyQt5.QtGui"), import_module("libs.labelFile")
    copy(shown, out)
    for one in shown:
        reader = reading.QImageReader(str(one.path))
        reader.setAutoTransform(True)  # as the program opens a picture
        shapes = [{"points": corners(*box), "label": name, "difficult": hard} for name, *box, hard in one.objects]
        arguments = [str(out / f"{one.stem}{ending}"), shapes, str(one.path), reader.read()]
        getattr(files.LabelFile(), save)(*arguments, *([] if ending == ".xml" else [list(CLASSES)]))


def labelimg_voc(shown, out):
    _labelimg(shown, out, "save_pascal_voc_format", ".xml")


def labelimg_yolo(shown, out):
    _labelimg(shown, out, "save_yolo_format", ".txt")


def labelimg_createml(shown, out):
    _labelimg(shown, out, "save_create_ml_format", ".json")


def labelme(shown, out):
    need("labelme")
    write = import_module("labelme._label_file").write_label_file
    copy(shown, out)
    for one in shown:
        shapes = [
            {"label": name, "points": [box[2:], box[:2]], "shape_type": "rectangle", "flags": {}, "group_id": None}
            for name, *box, _ in one.objects
        ]
        write(
            str(out / f"{one.stem}.json"),
            shapes=shapes,
            image_path=one.name,
            image_height=one.height,
            image_width=one.width,
        )


def _anylabeling_files(shown, folder, points):
    """Write the files that both AnyLabeling and X-AnyLabeling keep beside the pictures."""
    copy(shown, folder)
    for one in shown:
        shapes = [
            {
                "label": name,
                "points": points(*box),
                "shape_type": "rectangle",
                "group_id": None,
                "difficult": hard,
                "flags": {},
            }
            for name, *box, hard in one.objects
        ]
        content = {"version": "0.4.43", "flags": {}, "shapes": shapes, "imagePath": one.name, "imageData": None}
        content |= {"imageHeight": one.height, "imageWidth": one.width}
        (folder / f"{one.stem}.json").write_text(json.dumps(content), encoding="utf-8")


def _anylabeling(shown, out, form):
    need("anylabeling")
    worker = import_module("anylabeling.views.labeling.utils.export_worker").ExportWorker
    drawn = out.parent / "drawn"
    _anylabeling_files(shown, drawn, lambda *box: [box[:2], box[2:]])
    out.mkdir()
    worker(form, str(drawn), str(out)).run()


def anylabeling_json(shown, out):
    need("anylabeling")
    _anylabeling_files(shown, out, lambda *box: [box[:2], box[2:]])


def anylabeling_yolo(shown, out):
    _anylabeling(shown, out, "yolo")


def anylabeling_voc(shown, out):
    _anylabeling(shown, out, "pascal_voc")


def anylabeling_coco(shown, out):
    _anylabeling(shown, out, "coco")


def anylabeling_createml(shown, out):
    _anylabeling(shown, out, "createml")


def _x_anylabeling(shown, out):
    need("x-anylabeling-cvhub")
    converter = import_module("anylabeling.views.labeling.label_converter").LabelConverter
    drawn, names = out.parent / "drawn", out.parent / "classes.txt"
    _anylabeling_files(shown, drawn, corners)
    names.write_text("\n".join(CLASSES), encoding="utf-8")
    out.mkdir()
    return converter(str(names)), drawn


def x_anylabeling_json(shown, out):
    need("x-anylabeling-cvhub")
    _anylabeling_files(shown, out, corners)


def x_anylabeling_yolo(shown, out):
    converter, drawn = _x_anylabeling(shown, out)
    copy(shown, out / "images")
    (out / "labels").mkdir()
    (out / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")
    for one in shown:
        converter.custom_to_yolo(str(drawn / f"{one.stem}.json"), str(out / "labels" / f"{one.stem}.txt"), "hbb")


def x_anylabeling_voc(shown, out):
    converter, drawn = _x_anylabeling(shown, out)
    copy(shown, out)
    for one in shown:
        files = (drawn / one.name, drawn / f"{one.stem}.json", out / f"{one.stem}.xml")
        converter.custom_to_voc(*map(str, files), "rectangle")


def x_anylabeling_coco(shown, out):
    converter, drawn = _x_anylabeling(shown, out)
    copy(shown, out / "images")
    pictures = [str(drawn / one.name) for one in shown]
    (out / "annotations").mkdir()
    converter.custom_to_coco(pictures, str(drawn), str(out / "annotations"), "rectangle")
