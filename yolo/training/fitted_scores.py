"""The score thresholds and the temperature that were fitted at the end of a run, as its folder keeps them."""

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path

from yolo.atomic_write import atomic_write
from yolo.config.shared_options import SCORE_THRESHOLD
from yolo.errors import UserError
from yolo.json_files import read_json, without_nan
from yolo.wording import counted, shorten

FILE = Path("eval") / "thresholds.json"
SHOWN = 8  # classes in the sentence


@dataclass(frozen=True)
class FittedScores:
    """The result of fitting the scores of the kept model to some pictures.

    Attributes:
        pictures: "validation" or, without such pictures, "training".
        images: number of pictures.
        thresholds: the score threshold of each class; empty if no detection was right.
        temperature: by which scores are scaled before they are shown; 1 leaves them as they are.
        error_before, error_after: mean negative log likelihood of a detection in pictures that the temperature was not
            fitted on, at temperature 1 and at the fitted one; NaN without validation, as the following.
        calibration_error_before, calibration_error_after: mean distance of a score from the share of right detections,
            at temperature 1 and at `temperature`.
        ap50_interval, ap_interval: 95 % intervals of AP50 and AP on these pictures.
    """

    pictures: str
    images: int
    thresholds: dict[str, float]
    temperature: float = 1.0
    error_before: float = math.nan
    error_after: float = math.nan
    calibration_error_before: float = math.nan
    calibration_error_after: float = math.nan
    ap50_interval: tuple[float, float] = (math.nan, math.nan)
    ap_interval: tuple[float, float] = (math.nan, math.nan)

    def sentence(self) -> str:
        """Return the thresholds, what they were fitted on and the temperature in one line."""
        reason = ", as there is no validation" if self.pictures == "training" else ""
        where = f"the {counted(self.images, f'{self.pictures} picture')}{reason}"
        scaled = f"; scores are scaled by the temperature {self.temperature:.2f}" if self.temperature != 1 else ""
        if not self.thresholds:
            missing = f"no score thresholds: no detection was right in {where}; predict keeps {SCORE_THRESHOLD:g}"
            return f"{missing}{scaled}"
        named = [f"{name} {threshold:.2f}" for name, threshold in self.thresholds.items()]
        return f"score thresholds of the highest F1 on {where}, for predict: {shorten(named, SHOWN)}{scaled}"

    def save(self, folder: Path) -> None:
        """Write them into the folder of a run.

        Raises:
            OSError: the file cannot be written.
        """
        (folder / FILE).parent.mkdir(exist_ok=True)
        content = without_nan(dataclasses.asdict(self))
        atomic_write(folder / FILE, json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, folder: Path) -> "FittedScores | None":
        """Return those in the folder of a run; None for a run of an earlier version.

        Raises:
            UserError: the file is damaged.
        """
        if not (folder / FILE).is_file():
            return None
        content = read_json(folder / FILE, "the file of thresholds")
        try:
            fitted = cls(**content)
            numbers = [fitted.temperature, *fitted.thresholds.values()]
            if fitted.pictures not in ("validation", "training") or type(fitted.images) is not int:
                raise ValueError(f"{fitted.images} {fitted.pictures} pictures")
            if wrong := [number for number in numbers if type(number) not in (int, float)]:
                raise ValueError(f"{wrong[0]!r} is no number")
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(f"{folder / FILE} holds no thresholds ({error}): put back what was there.") from error
        return fitted
