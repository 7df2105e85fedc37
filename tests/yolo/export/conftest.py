"""Fixtures of the tests of exporting."""

from tests.yolo.export.detectors import thin

__all__ = ["thin"]
