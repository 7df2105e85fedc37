"""Every setting of every command, as frozen dataclasses; the command line is generated from them.

Each field carries its help text, so `--help`, the saved `config.json` and the code can never disagree.
"""

from yolo.config.ablation import AblateConfig
from yolo.config.data import AnchorsConfig, DemoConfig
from yolo.config.detection import AttendConfig, DetectConfig
from yolo.config.models import ConvertConfig, EvaluateConfig, SummaryConfig
from yolo.config.training import TrainConfig

__all__ = [
    "AblateConfig",
    "AnchorsConfig",
    "AttendConfig",
    "ConvertConfig",
    "DemoConfig",
    "DetectConfig",
    "EvaluateConfig",
    "SummaryConfig",
    "TrainConfig",
]
