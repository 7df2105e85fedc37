"""Read pictures, videos, webcams and streams frame by frame."""

from yolo.inference.sources.frame_source import Frame, FrameSource, UnreadableSourceError
from yolo.inference.sources.open_sources import open_and_count, open_sources

__all__ = ["Frame", "FrameSource", "UnreadableSourceError", "open_and_count", "open_sources"]
