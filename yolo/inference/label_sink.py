"""Write detections as labels, to correct them in a labeling tool or to train on them."""

import contextlib
import os
from collections.abc import Collection
from itertools import count
from pathlib import Path

import numpy as np

from yolo import picture_files
from yolo.atomic_write import write_whole
from yolo.errors import UserError, os_errors_as_user_errors
from yolo.inference.output_files import OutputFiles, make_folder, picture_name, video_name
from yolo.inference.sink import FrameResult, Sink
from yolo.inference.sources import Frame
from yolo.label_files.coco_json import document, image_line, object_lines
from yolo.label_files.plain_names import plain_name
from yolo.label_files.voc_xml import annotation_xml
from yolo.label_files.yolo_txt import data_yaml, label_lines
from yolo.overwriting import refuse_foreign
from yolo.structures import Annotation

TXT, XML, COCO, PICTURES = "txt", "xml", "coco", "pictures"
ENDINGS = {TXT: ".txt", XML: ".xml"}
FOLDERS = {TXT: "labels", XML: "annotations", PICTURES: "images"}
CLASSES, YAML, JSON = "classes.txt", "data.yaml", "detections.json"
AUTHOR = "detections of yolov4-tiny"  # stands at the beginning of the JSON and the YAML file


class LabelSink(Sink):
    """A sink that writes the detections in each picture or frame as labels: `dog.txt`, `clip_000012.xml` for frame 12.

    The files of one picture have the same name in all folders. If a picture or a file that is not from this program has
    the name already, they get a number. The JSON file is kept in memory until the sink is closed.

    Labels belong to the pictures in `images`. That folder and `YAML` are written even if the pictures are not, so that
    no training takes copies with drawn boxes, which may lie above it, for the pictures.

    Args:
        folder: created if it does not exist; it gets the `FOLDERS`, `YAML` with TXT, and `JSON`.
        kinds: what to write: TXT for YOLO, XML for VOC, COCO for JSON, PICTURES for the pictures as they are.
        sources: the files that this run reads; none may be in the `FOLDERS`.
        scores: whether a line of a text file ends with the score.

    Raises:
        UserError: a folder contains a source, a source in `images` has labels, or a file is not from this program or
            cannot be written.
    """

    def __init__(
        self, folder: str | Path, kinds: Collection[str], sources: Collection[Path] = (), scores: bool = False
    ) -> None:
        self._folder = make_folder(folder)
        self._kinds = frozenset(kinds)
        self._scores = scores
        self._class_names: tuple[str, ...] = ()
        self._images: list[str] = []  # entries of the JSON file
        self._objects: list[str] = []
        for kind, name in ((COCO, JSON), (TXT, YAML)):
            if kind in kinds:
                refuse_foreign(self._folder / name, AUTHOR, _is_ours)
        self._files = {kind: OutputFiles(self._folder / FOLDERS[kind], sources) for kind in FOLDERS if kind in kinds}
        make_folder(self._folder / FOLDERS[PICTURES])
        self._refuse_labeled(sources)
        if TXT in kinds and self._files[TXT].new(CLASSES).name != CLASSES:
            raise UserError(f"{self._folder / FOLDERS[TXT] / CLASSES} is not from this program: move it away.")

    def write(self, result: FrameResult) -> None:
        frame, found = result.frame, result.detections
        self._class_names = found.class_names
        name = self._free_name(frame)
        stem, size = Path(name).stem, frame.image.shape[:2]
        annotation = Annotation(Path(FOLDERS[PICTURES], name), found.boxes, found.labels, np.zeros(len(found), bool))
        with self._spared():
            if PICTURES in self._kinds:
                with self._files[PICTURES].file(name) as path:
                    picture_files.save(path, _content(frame, name))
            if TXT in self._kinds:
                scores = found.scores if self._scores else None
                with self._files[TXT].file(f"{stem}.txt") as path:
                    _write(path, label_lines(annotation, size, scores))
            if XML in self._kinds:
                with self._files[XML].file(f"{stem}.xml") as path:
                    _write(path, annotation_xml(annotation, size, found.class_names))
            if COCO in self._kinds:
                place = annotation.path.as_posix() if PICTURES in self._kinds else _way(frame, name, self._folder)
                self._images.append(image_line(len(self._images) + 1, place, size))
                lines = object_lines(annotation, len(self._images), len(self._objects) + 1, found.scores)
                self._objects += lines
            self.written += 1

    def outcome(self) -> str:
        if not self.written:
            return "no labels were written"
        places = [str(self._folder / name) for kind, name in {**FOLDERS, COCO: JSON}.items() if kind in self._kinds]
        is_bare = {TXT, XML} & self._kinds and PICTURES not in self._kinds
        advice = f" (to train on them, put the pictures into {self._folder / FOLDERS[PICTURES]})" if is_bare else ""
        return f"labels are in {', '.join(places)}{advice}"

    def close(self) -> None:
        with contextlib.ExitStack() as stack:  # does all, even if one raises
            for files in self._files.values():
                stack.callback(files.close)
            if self._class_names:
                self._finish()

    def _finish(self) -> None:
        """Write the files that are for all pictures together."""
        names = self._class_names
        if TXT in self._kinds:
            _write(self._folder / FOLDERS[TXT] / CLASSES, "".join(f"{' '.join(name.split())}\n" for name in names))
            _write(self._folder / YAML, f"# {AUTHOR}\n{data_yaml({'train': FOLDERS[PICTURES]}, names)}")
        if COCO in self._kinds:
            _write(self._folder / JSON, "".join(document(AUTHOR, names, self._images, self._objects)))

    def _refuse_labeled(self, sources: Collection[Path]) -> None:
        """Raise UserError if a source lies in `images` and has labels of somebody else: it would get a second file."""
        pictures = self._folder / FOLDERS[PICTURES]
        for source in sources:
            for kind, ending in ENDINGS.items() if source.parent.samefile(pictures) else ():
                name = source.stem + ending
                if kind in self._files and not self._files[kind].is_free(name):
                    raise UserError(
                        f"{self._folder / FOLDERS[kind] / name} is not from this program, and labels {source}: give "
                        "another folder by --output."
                    )

    def _free_name(self, frame: Frame) -> str:
        """Return the name of a picture that no other one has, in whichever folder."""
        if frame.fps:
            stem, ending = f"{Path(video_name(frame.source)).stem}_{frame.index:06d}", ".jpg"
        else:
            stem, ending = os.path.splitext(picture_name(frame.source))
        stem = plain_name(stem)
        endings = {**ENDINGS, PICTURES: ending}
        for number in count(1):
            free = stem if number == 1 else f"{stem}-{number}"
            if all(files.is_free(free + endings[kind]) for kind, files in self._files.items()):
                break
        return free + ending


def _content(frame: Frame, name: str) -> picture_files.Content:
    """Return the bytes of a picture: those of its file, or a frame of a video or a picture from the net encoded."""
    if frame.fps or not os.path.isfile(frame.source):
        return picture_files.encode(name, frame.image)
    with os_errors_as_user_errors(f"cannot read {frame.source}"):
        return np.fromfile(frame.source, np.uint8)


def _way(frame: Frame, name: str, folder: Path) -> str:
    """Return the path of a picture relative to a folder; if it has no file, where it could be put."""
    if frame.fps or not os.path.isfile(frame.source):
        return f"{FOLDERS[PICTURES]}/{name}"
    try:
        return Path(os.path.relpath(frame.source, folder)).as_posix()
    except ValueError:  # it is on another drive of Windows
        return Path(frame.source).resolve().as_posix()


def _write(path: Path, text: str) -> None:
    with os_errors_as_user_errors(f"cannot write {path}"):
        write_whole(path, text)


def _is_ours(path: str | Path) -> bool:
    """Return whether a file begins like the JSON or the YAML file of this program."""
    with os_errors_as_user_errors(f"cannot read {path}"), Path(path).open("rb") as file:
        return AUTHOR.encode() in file.read(100)
