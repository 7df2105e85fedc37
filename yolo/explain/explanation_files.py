"""Write explanations as files."""

from pathlib import Path

from yolo import picture_files
from yolo.explain.explainer import Explanation
from yolo.explain.sheet import sheet
from yolo.inference.output_files import picture_name
from yolo.inference.sinks import AnnotatedCopies


class ExplanationFiles(AnnotatedCopies):
    """A sink that writes the explanation of every picture as a PNG, and of every video as a colored copy.

    The arguments are those of `AnnotatedCopies`.
    """

    def write(self, explanation: Explanation) -> None:  # type: ignore[override]  # a sink for explanations only
        if explanation.frame.fps:
            super().write(explanation)  # type: ignore[arg-type]  # only `frame` and `drawn` are used for a video
            return
        name = f"{Path(picture_name(explanation.frame.source)).stem}.png"
        with self._spared(), self._names.file(name) as path:
            picture_files.write(path, sheet(explanation))
            self.written += 1
