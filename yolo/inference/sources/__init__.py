"""Sources of pictures: files, folders, globs, videos, webcams and streams, all read frame by frame."""

from yolo.inference.sources.frame import Frame, Source, UnreadableError
from yolo.inference.sources.naming import open_and_count, open_sources

__all__ = ["Frame", "Source", "UnreadableError", "open_and_count", "open_sources"]
