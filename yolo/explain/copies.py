"""Explanations as files."""

from pathlib import Path

from yolo import images
from yolo.explain.plots import sheet
from yolo.inference.sinks import AnnotatedCopies


class ExplainedCopies(AnnotatedCopies):
    """The explanation of every picture as a PNG, of every video as a coloured copy; takes Explanations.

    The arguments are those of `AnnotatedCopies`.
    """

    def write(self, explanation):
        if explanation.frame.fps:
            super().write(explanation)
        else:
            images.write(self._names.new(f"{Path(explanation.frame.source).stem}.png"), sheet(explanation))
