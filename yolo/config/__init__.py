"""Every setting of every command, as frozen dataclasses; the command line is generated from them.

Each field carries its help text, so `--help`, the saved `config.json` and the code can never disagree.
"""

from yolo.config.ablation import AblateConfig
from yolo.config.benchmark import BenchmarkConfig
from yolo.config.data import AnchorsConfig, AugmentConfig, DemoConfig, DoctorConfig
from yolo.config.detection import AttendConfig, DetectConfig
from yolo.config.export import ExportConfig
from yolo.config.models import ConvertConfig, EvaluateConfig, SummaryConfig
from yolo.config.training import TrainConfig

__all__ = [
    "AblateConfig",
    "AnchorsConfig",
    "AttendConfig",
    "AugmentConfig",
    "BenchmarkConfig",
    "ConvertConfig",
    "DemoConfig",
    "DetectConfig",
    "DoctorConfig",
    "EvaluateConfig",
    "ExportConfig",
    "SummaryConfig",
    "TrainConfig",
]
