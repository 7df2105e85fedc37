"""Find the pictures, the annotation files and the lists of a dataset with one annotation file for each picture."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from yolo.data import split_folders, split_lists
from yolo.data.file_listing import Listing, children, folders_of, list_files
from yolo.data.hash_split import normal
from yolo.data.layout import Layout
from yolo.data.layout_splits import with_splits
from yolo.data.pairing import pair
from yolo.data.split_folders import PARTS, by_folder
from yolo.picture_files import FOLDERS, is_picture, unread_reason

ANNOTATIONS = ("annotations", "annotation", "xmls", "xml", "jsons", "json", "labels")  # folder names in lower case

Paths: TypeAlias = Mapping[str, Path]
"""stem -> file"""


@dataclass(frozen=True)
class AnnotationFolders:
    """A format with one annotation file for each picture.

    Attributes:
        ending: the ending of annotation files, in lower case.
        layout: makes a `Layout` of all attributes but `read`, `unit` and `format`.
        match: pairs annotations with pictures; it is given (pictures, annotations), and returns the annotations by the
            stems of their pictures, and a sentence on those that had another stem.
    """

    ending: str
    layout: Callable[..., Layout]
    match: Callable[[Paths, Paths], tuple[dict[str, Path], str]] = pair

    def find(self, root: Path) -> list[Layout]:
        """Return the layouts under `root`: one, several for a VOCdevkit, or none.

        Raises:
            UserError: a list that the training pictures depend on cannot be read.
        """
        if not root.is_dir():
            return []
        found = self._of_form(self._named, root) or self._parts(root) or self._of_form(self._mixed, root)
        found = found or self._years(root) or self._years(split_lists.folder_in(root, "VOCdevkit"))
        found = found or self._of_form(self._below, root)
        if not any(layout.annotations for layout in found):
            return []
        return [replace(found[0], remarks=found[0].remarks + self._left_out_remarks(root, found)), *found[1:]]

    def _named(self, root: Path) -> Layout | None:
        """Return the layout of a folder of annotations beside a folder of pictures, or beside pictures."""
        folders = {path.name.lower(): path for path in children(root) if path.is_dir()}
        pictures = next((folders[name] for name in FOLDERS if name in folders), None)
        if pictures is None:
            pictures = root if any(is_picture(path) for path in children(root)) else folders.get("data")  # FiftyOne's
        if pictures is None:
            return None
        for name in ANNOTATIONS:
            if name in folders and (listing := self._listed(folders[name])).annotations:
                layout = self._files(self._listed(pictures), listing)
                return layout if layout.annotations else None
        return None

    def _mixed(self, root: Path) -> Layout | None:
        """Return the layout of pictures and annotation files side by side in the root, and perhaps in folders below."""
        if any(path.suffix.lower() == self.ending for path in children(root)):
            files = self._listed(root)
            layout = self._files(files, files)
            return layout if layout.annotations else None
        return None

    def _below(self, root: Path) -> Layout | None:
        """Return the layout of pictures and annotation files side by side in folders below the root."""
        files = self._listed(root)
        return self._files(files, files) if dict(files.pictures).keys() & dict(files.annotations).keys() else None

    def _any_form(self, root: Path) -> Layout | None:
        return self._named(root) or self._mixed(root) or self._below(root)

    def _years(self, root: Path) -> list[Layout]:
        """Return the layouts of the VOC roots inside a devkit."""
        years = [path for path in children(root) if split_lists.folder_in(path, "Annotations").is_dir()]
        return [layout for year in years for layout in self._of_form(self._named, year)]

    def _parts(self, root: Path) -> list[Layout]:
        """Return, in a list, the layout of a root with a folder of any form for each split; no list is read."""
        here = self._listed(root, below=False)
        if not any(split_lists.canonical(name) in PARTS for name in here.folders):
            return []
        found = {"": self._files(here, here)}
        for path in filter(Path.is_dir, children(root)):
            found[f"{normal(path.name)}/"] = self._any_form(path) or self._files(files := self._listed(path), files)
        bare = () if found[""].usable else tuple(path.name for path in found[""].annotations.values())
        used = {
            before: part for before, part in found.items() if part.usable or split_lists.canonical(before[:-1]) in PARTS
        }
        layout = self._joined(used)
        splits, notes, remarks = by_folder(layout.stems, layout.usable, here.folders)
        irregular = tuple(dict.fromkeys(here.irregular + layout.irregular))
        notes += split_folders.stray_notes(bare)
        lists = [path.relative_to(root).as_posix() for path in split_lists.find(root)]
        remarks += layout.remarks + split_folders.unused_list_remarks(lists)
        return [replace(layout, irregular=irregular, splits=splits, notes=notes, remarks=remarks)] if splits else []

    def _joined(self, layouts: Mapping[str, Layout]) -> Layout:
        """Return one layout of several without splits; each key of `layouts` is put before the stems of its layout."""
        parts, items = layouts.values(), layouts.items()
        return self.layout(
            pictures={before + stem: path for before, part in items for stem, path in part.pictures.items()},
            annotations={before + stem: path for before, part in items for stem, path in part.annotations.items()},
            shadowed=tuple((before + stem, path) for before, part in items for stem, path in part.shadowed),
            irregular=tuple(chain.from_iterable(part.irregular for part in parts)),
            folders=(),
            paired=tuple(chain.from_iterable(part.paired for part in parts)),
            remarks=tuple(chain.from_iterable(part.remarks for part in parts)),
        )

    def _left_out_remarks(self, root: Path, found: Sequence[Layout]) -> tuple[str, ...]:
        """Return a remark on annotated pictures in the root, or in folders that are not used, if there are any."""
        of_pictures = folders_of(path for layout in found for path in layout.pictures.values())
        used = of_pictures | folders_of(path for layout in found for path in layout.annotations.values())
        taken = {folder.parts[len(root.parts)] for folder in map(Path, used) if folder != root}
        here, folders = self._listed(root, below=False), [path for path in children(root) if path.is_dir()]
        beside = root not in map(Path, of_pictures)
        layouts: dict[str, Layout | None] = {split_folders.ITSELF: self._files(here, here)} if beside else {}
        layouts |= {f"{path.name}/": self._any_form(path) for path in folders if path.name not in taken}
        numbers = {place: len(layout.usable) for place, layout in layouts.items() if layout and layout.usable}
        return split_folders.left_out_remarks(numbers, [path.name for path in folders if path.name in taken])

    def _of_form(self, form: Callable[[Path], Layout | None], root: Path) -> list[Layout]:
        """Return the layout of one form with its splits, in a list; an empty list if the root has another form."""
        layout = form(root)
        return [with_splits(layout, root)] if layout else []

    def _files(self, pictures: Listing, annotations: Listing) -> Layout:
        """Return the layout of listed files, without splits.

        Annotation files among the pictures come after the others. Of `a.jpg` and `a.png`, each may have its own, called
        `a.jpg.xml`.
        """
        written = annotations.annotations
        if pictures is not annotations and pictures.annotations:
            known = {path for _, path in written}
            written += tuple((stem, path) for stem, path in pictures.annotations if path not in known)
        numbers, stems = Counter(stem for stem, _ in pictures.pictures), {stem for stem, _ in written}
        named = (
            (whole if numbers[stem] > 1 and (whole := stem + path.suffix) in stems else stem, path)
            for stem, path in pictures.pictures
        )
        picture_of: dict[str, Path] = {}
        annotation_of: dict[str, Path] = {}
        shadowed = []
        for found, files in ((picture_of, named), (annotation_of, written)):
            for stem, path in files:
                if found.setdefault(stem, path) is not path:
                    shadowed.append((stem, path))
        annotation_of, paired = self.match(picture_of, annotation_of)
        irregular = tuple(dict.fromkeys(pictures.irregular + annotations.irregular))
        layout = self.layout(
            pictures=picture_of,
            annotations=annotation_of,
            shadowed=tuple(shadowed),
            irregular=irregular,
            folders=pictures.folders,
            paired=(paired,) * bool(paired),
        )
        return replace(layout, remarks=(unread_reason(pictures.unread),)) if pictures.unread else layout

    def _listed(self, folder: Path, below: bool = True) -> Listing:
        return list_files(folder, below, self.ending)
