"""What libraries write that are given a COCO JSON, by their own functions."""

from importlib import import_module

from tests.yolo.data.formats.labeling_tools.shown import CLASSES, coco, copy, need, unmarked


def _globox(shown, out):
    need("globox")
    globox = import_module("globox")
    copy(shown, out / "images")
    return globox.AnnotationSet.from_coco(coco(shown, out.parent / "given.json"))


def globox_voc(shown, out):
    _globox(shown, out).save_pascal_voc(out / "Annotations")


def globox_yolo(shown, out):
    _globox(shown, out).save_yolo_v5(out / "labels", label_to_id={name: i for i, name in enumerate(CLASSES)})
    (out / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")


def globox_coco(shown, out):
    _globox(shown, out).save_coco(out / "annotations.json")


def globox_cvat(shown, out):
    _globox(shown, out).save_cvat(out / "annotations.xml")


def globox_labelme(shown, out):
    _globox(shown, out).save_labelme(out / "labels")


def _pylabel(shown, out):
    need("pylabel")
    given = coco(shown, copy(shown, out.parent / "given") / "given.json")
    out.mkdir()
    return import_module("pylabel.importer").ImportCoco(str(given)).export


def pylabel_voc(shown, out):
    _pylabel(shown, out).ExportToVoc(str(out / "Annotations"))
    copy(shown, out / "JPEGImages")


def pylabel_yolo(shown, out):
    _pylabel(shown, out).ExportToYoloV5(str(out / "labels"), copy_images=True, cat_id_index=0)


def pylabel_yolo_ids(shown, out):
    _pylabel(shown, out).ExportToYoloV5(str(out / "labels"), copy_images=True)


def pylabel_coco(shown, out):
    _pylabel(shown, out).ExportToCoco(str(out / "annotations.json"))
    copy(shown, out / "images")


def _labelformat(shown, out):
    need("labelformat")
    formats = import_module("labelformat.formats")
    return formats, formats.COCOObjectDetectionInput(input_file=coco(shown, out.parent / "given.json"))


def labelformat_voc(shown, out):
    formats, given = _labelformat(shown, out)
    copy(shown, out / "images")
    formats.PascalVOCObjectDetectionOutput(output_folder=out / "Annotations").save(label_input=given)


def labelformat_yolo(shown, out):
    formats, given = _labelformat(shown, out)
    copy(shown, out / "images")
    formats.YOLOv8ObjectDetectionOutput(output_file=out / "data.yaml", output_split="train").save(label_input=given)


def labelformat_coco(shown, out):
    formats, given = _labelformat(shown, out)
    copy(shown, out)
    formats.COCOObjectDetectionOutput(output_file=out / "train.json").save(label_input=given)


def labelformat_cvat(shown, out):
    formats, given = _labelformat(shown, out)
    copy(shown, out / "images")
    formats.CVATObjectDetectionOutput(output_folder=out).save(label_input=given)


def _sahi(shown, out):
    need("sahi")
    given = coco(shown, copy(shown, out.parent / "given") / "given.json")
    out.mkdir()
    return import_module("sahi.utils.coco").Coco.from_coco_dict_or_path(str(given), image_dir=str(given.parent))


def sahi_yolo(shown, out):
    _sahi(shown, out).export_as_yolo(out, disable_symlink=True)


def sahi_yolo_renumbered(shown, out):
    data = _sahi(shown, out)
    data.update_categories({name: number for number, name in enumerate(CLASSES)})
    data.export_as_yolo(out, disable_symlink=True)


def sahi_coco(shown, out):
    data = _sahi(shown, out)
    copy(shown, out / "images")
    import_module("sahi.utils.file").save_json(data.json, str(out / "annotations.json"))


def ultralytics_yolo(shown, out):
    need("ultralytics")
    convert = import_module("ultralytics.data.converter").convert_coco
    ids = {name: number for number, name in enumerate(CLASSES, 1)}
    given = coco(unmarked(shown), out.parent / "given" / "train.json", ids)  # crowds would be left out
    convert(str(given.parent), str(out), cls91to80=False)
    copy(shown, out / "images" / "train")
    (out / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")  # convert_coco does not write the names
