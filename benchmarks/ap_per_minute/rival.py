"""Architectures of the package ultralytics as detectors of the comparison.

Of ultralytics 8.4.190, all settings are its defaults but those in ULTRALYTICS. These save time without changing what is
learned: pictures stay in memory, nothing is plotted or saved on the way, and no epoch but the last is validated.
The number of epochs is given rather than its setting `time`, whose schedule would begin as for 100 epochs, be computed
anew after every epoch, and be broken off within the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.ap_per_minute.compared_data import ComparedData
from benchmarks.ap_per_minute.competitor import RANDOM
from yolo.errors import UserError

ULTRALYTICS: dict[str, Any] = {
    "imgsz": 416,
    "device": "cpu",
    "cache": "ram",
    "plots": False,
    "val": False,
    "save": False,
    "amp": False,  # as it decides itself on a processor, but without looking for a file of weights
}
CLOSE_MOSAIC = 10  # its epochs at the end without mosaic; shorter trainings have none at all


@dataclass(frozen=True)
class Rival:
    """An architecture of ultralytics, such as `yolo11n.yaml`, in an environment of its own.

    Attributes:
        changed: settings that replace its defaults.
    """

    name: str
    architecture: str
    folder: Path
    changed: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "ultralytics"
    starts: tuple[str, ...] = (RANDOM,)

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def environment(self) -> dict[str, str]:
        return {"YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": str(self.folder / "config")}

    @property
    def close_mosaic(self) -> int:
        return int(self.changed.get("close_mosaic", CLOSE_MOSAIC))

    def settings(self, data: ComparedData, start: str, epochs: int, seed: int, quick: bool | None) -> dict[str, Any]:
        settings = {"model": self.architecture, "data": str(data.yaml), "epochs": epochs, "seed": seed}
        mosaic = {} if quick is None else {"close_mosaic": epochs if quick else 0}
        return {**settings, **ULTRALYTICS, **self.changed, **mosaic}

    def count_quick(self, epochs: int) -> int:
        return min(epochs, self.close_mosaic)


def read_rival(text: str, folder: Path) -> Rival:
    """Return the architecture in a text such as `YOLO11n=yolo11n.yaml` or `small batches=yolo11n.yaml batch=8 nbs=8`.

    Args:
        folder: the environment with ultralytics.

    Raises:
        UserError: it is no such text.
    """
    name, _, rest = text.partition("=")
    architecture, *changes = rest.split() or [""]
    pairs = [change.partition("=") for change in changes]
    if not name or not architecture.endswith(".yaml") or not all(key and value for key, _, value in pairs):
        raise UserError(f"--rivals wants NAME=ARCHITECTURE.yaml, and settings as KEY=VALUE behind it; got '{text}'.")
    return Rival(name, architecture, folder, {key: yaml.safe_load(value) for key, _, value in pairs})
