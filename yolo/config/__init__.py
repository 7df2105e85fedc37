"""The settings of every command as frozen dataclasses, from which the command line is made.

Each field carries its help text, so that `--help`, the saved `config.json` and the code always agree.
"""

from yolo.config.ablation import AblateConfig
from yolo.config.benchmark import BenchmarkConfig
from yolo.config.data_commands import (
    AnchorsConfig,
    AugmentConfig,
    ConvertDataConfig,
    DemoConfig,
    DoctorConfig,
    SplitConfig,
)
from yolo.config.detection import AttendConfig, DetectConfig
from yolo.config.export import ExportConfig
from yolo.config.model_commands import ConvertConfig, EvaluateConfig, SummaryConfig
from yolo.config.training import TrainConfig

__all__ = [
    "AblateConfig",
    "AnchorsConfig",
    "AttendConfig",
    "AugmentConfig",
    "BenchmarkConfig",
    "ConvertConfig",
    "ConvertDataConfig",
    "DemoConfig",
    "DetectConfig",
    "DoctorConfig",
    "EvaluateConfig",
    "ExportConfig",
    "SplitConfig",
    "SummaryConfig",
    "TrainConfig",
]
