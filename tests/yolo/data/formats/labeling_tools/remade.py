"""What tools write that are no packages, made by hand after their documentation or published code."""

import json
from xml.sax.saxutils import escape

from tests.yolo.data.folders import write_text
from tests.yolo.data.formats.labeling_tools.shown import CLASSES, coco, copy, unmarked


def lines(one):
    """Return the lines of YOLO for the objects of a picture."""
    return "".join(
        f"{CLASSES.index(name)} {(left + right) / 2 / one.width:.6f} {(top + bottom) / 2 / one.height:.6f} "
        f"{(right - left) / one.width:.6f} {(bottom - top) / one.height:.6f}\n"
        for name, left, top, right, bottom, _ in one.objects
    )


def voc(one, rounded=round):
    """Return the XML of a picture, with corners counted from 0, as tools do."""
    objects = "".join(
        f"<object><name>{escape(name)}</name><pose>Unspecified</pose><truncated>0</truncated>"
        f"<difficult>{int(hard)}</difficult><bndbox><xmin>{rounded(left)}</xmin><xmax>{rounded(right)}</xmax>"
        f"<ymin>{rounded(top)}</ymin><ymax>{rounded(bottom)}</ymax></bndbox></object>"
        for name, left, top, right, bottom, hard in one.objects
    )
    size = f"<size><width>{one.width}</width><height>{one.height}</height><depth>3</depth></size>"
    return f"<annotation><folder></folder><filename>{escape(one.name)}</filename>{size}{objects}</annotation>"


def createml(shown):
    """Return the list that the Create ML app reads: centers in pixels."""
    return [
        {
            "image": one.name,
            "annotations": [
                {
                    "label": name,
                    "coordinates": {
                        "x": (left + right) / 2,
                        "y": (top + bottom) / 2,
                        "width": right - left,
                        "height": bottom - top,
                    },
                }
                for name, left, top, right, bottom, _ in one.objects
            ],
        }
        for one in shown
    ]


def parts(shown, out):
    """Copy the pictures into train/, valid/ and test/ as Roboflow does; return (folder, pictures) for each."""
    groups = {"train": shown[:-2], "valid": shown[-2:-1], "test": shown[-1:]}
    return [(copy(group, out / name), group) for name, group in groups.items()]


def roboflow_coco(shown, out):
    for folder, group in parts(shown, out):
        file = coco(
            unmarked(group), folder / "_annotations.coco.json", {name: number for number, name in enumerate(CLASSES, 1)}
        )
        content = json.loads(file.read_text(encoding="utf-8"))
        for each in content["categories"]:
            each["supercategory"] = "animals"
        content["categories"].insert(0, {"id": 0, "name": "animals", "supercategory": "none"})  # holds no objects
        file.write_text(json.dumps(content), encoding="utf-8")


def roboflow_yolo(shown, out):
    groups = {"train": shown[:-2], "valid": shown[-2:-1], "test": shown[-1:]}
    for name, group in groups.items():
        copy(group, out / name / "images")
        for one in group:
            write_text(out / name / "labels" / f"{one.stem}.txt", lines(one))
    folders = "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n"
    service = "\nroboflow:\n  workspace: w\n  project: p\n  version: 1\n  license: CC BY 4.0\n"
    write_text(out / "data.yaml", f"{folders}\nnc: 2\nnames: ['cat', 'traffic light']\n{service}")


def roboflow_darknet(shown, out):
    for folder, group in parts(shown, out):
        write_text(folder / "_darknet.labels", "\n".join(CLASSES))
        for one in group:
            write_text(folder / f"{one.stem}.txt", lines(one))


def roboflow_voc(shown, out):
    for folder, group in parts(unmarked(shown), out):
        for one in group:
            write_text(folder / f"{one.stem}.xml", voc(one))


def roboflow_createml(shown, out):
    for folder, group in parts(shown, out):
        write_text(folder / "_annotations.createml.json", json.dumps(createml(group)))


def cvat_images(shown, out):
    labels = "".join(f"<label><name>{name}</name><color>#fa3253</color><type>any</type></label>" for name in CLASSES)
    images = "".join(
        f'<image id="{number}" name="{escape(one.name)}" width="{one.width}" height="{one.height}">'
        + "".join(
            f'<box label="{name}" source="manual" occluded="0" xtl="{left:.2f}" ytl="{top:.2f}" xbr="{right:.2f}" '
            f'ybr="{bottom:.2f}" z_order="0"></box>'
            for name, left, top, right, bottom, _ in one.objects
        )
        + "</image>"
        for number, one in enumerate(shown)
    )
    meta = (
        f"<meta><task><id>1</id><size>{len(shown)}</size><mode>annotation</mode><labels>{labels}</labels></task></meta>"
    )
    text = f'<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version>{meta}{images}</annotations>'
    write_text(out / "annotations.xml", text)
    copy(shown, out / "images")


def cvat_yolo(shown, out):
    copy(shown, out / "obj_train_data")
    for one in shown:
        write_text(out / "obj_train_data" / f"{one.stem}.txt", lines(one))
    write_text(out / "train.txt", "".join(f"data/obj_train_data/{one.name}\n" for one in shown))
    write_text(out / "obj.names", "\n".join(CLASSES) + "\n")
    write_text(out / "obj.data", "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n")


def cvat_ultralytics(shown, out):
    copy(shown, out / "images" / "train")
    for one in shown:
        write_text(out / "labels" / "train" / f"{one.stem}.txt", lines(one))
    write_text(out / "train.txt", "".join(f"images/train/{one.name}\n" for one in shown))
    write_text(out / "data.yaml", "names:\n  0: cat\n  1: traffic light\npath: .\ntrain: train.txt\n")


def cvat_coco(shown, out):
    copy(shown, out / "images" / "default")
    coco(unmarked(shown), out / "annotations" / "instances_default.json")


def cvat_voc(shown, out):
    copy(shown, out / "JPEGImages")
    for one in shown:
        write_text(out / "Annotations" / f"{one.stem}.xml", voc(one, rounded=float))
    write_text(out / "ImageSets" / "Main" / "default.txt", "".join(f"{one.stem}\n" for one in shown))
    write_text(out / "labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:1,2,3::\n")


def vott_voc(shown, out):
    copy(shown, out / "JPEGImages")
    for one in unmarked(shown):
        write_text(out / "Annotations" / f"{one.stem}.xml", voc(one, rounded=float))
    for name in CLASSES:
        held = {one.name: 1 if any(each[0] == name for each in one.objects) else -1 for one in shown}
        rows = [f"{picture} {sign}" for picture, sign in held.items()]
        write_text(out / "ImageSets" / "Main" / f"{name}_val.txt", "\n".join(rows[:1]))
        write_text(out / "ImageSets" / "Main" / f"{name}_train.txt", "\n".join(rows[1:]))
    write_text(out / "pascal_label_map.pbtxt", "item {\n id: 1\n name: 'cat'\n}\n")


def via_coco(shown, out):
    copy(shown, out)
    coco(unmarked(shown), out / "via_export_coco.json")


def makesense_yolo(shown, out):
    copy(shown, out)
    for one in shown:
        if one.objects:
            write_text(out / f"{one.stem}.txt", lines(one).rstrip("\n"))


def makesense_voc(shown, out):
    copy(shown, out)
    for one in unmarked(shown):
        if one.objects:
            write_text(out / f"{one.stem}.xml", voc(one))


def darkmark(shown, out):
    home = copy(shown, out / "pets")
    for one in shown:
        write_text(home / f"{one.stem}.txt", lines(one))
        marks = [{"class_idx": CLASSES.index(name), "name": name} for name, *_ in one.objects]
        write_text(home / f"{one.stem}.json", json.dumps({"image": {"width": one.width}, "mark": marks}))
    write_text(home / "pets.names", "\n".join(CLASSES) + "\n")
    write_text(home / "pets_train.txt", "".join(f"{home / one.name}\n" for one in shown[1:]))
    write_text(home / "pets_valid.txt", f"{home / shown[0].name}\n")
    described = (
        f"classes = 2\ntrain = {home}/pets_train.txt\nvalid = {home}/pets_valid.txt\nnames = {home}/pets.names\n"
    )
    write_text(home / "pets.data", described + f"backup = {home}\n")


def rectlabel_yolo(shown, out):
    copy(shown, out / "images")
    for one in shown:
        write_text(out / "labels" / f"{one.stem}.txt", lines(one))
    write_text(out / "classes.txt", "\n".join(CLASSES))


def create_ml_app(shown, out):
    copy(shown, out)
    write_text(out / "annotations.json", json.dumps(createml(shown)))
