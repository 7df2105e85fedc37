"""Explanations as files."""

from pathlib import Path

from yolo import picture_files
from yolo.explain.sheet import sheet
from yolo.inference.output_files import picture_name
from yolo.inference.sinks import AnnotatedCopies


class ExplanationFiles(AnnotatedCopies):
    """The explanation of every picture as a PNG, of every video as a coloured copy; takes Explanations.

    The arguments are those of `AnnotatedCopies`.
    """

    def write(self, explanation):
        if explanation.frame.fps:
            super().write(explanation)
            return
        name = f"{Path(picture_name(explanation.frame.source)).stem}.png"
        with self._spared(), self._names.file(name) as path:
            picture_files.write(path, sheet(explanation))
            self.written += 1
