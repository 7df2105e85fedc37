"""Read several webcams and streams at the same time, always the newest frame of each."""

import threading
import time
from collections.abc import Iterable, Iterator

from yolo.config import DetectConfig
from yolo.inference.sources.frame_source import Frame, FrameSource
from yolo.inference.sources.live_feed import LiveFeed
from yolo.inference.sources.video import VideoSource
from yolo.opencv import cv2


class LiveSources(FrameSource):
    """Several webcams and streams as one source: a batch contains the newest frame of each that has a new one.

    Args:
        videos: the webcams and streams.
        patience: seconds to try to reconnect to one that is lost.
    """

    live = True

    def __init__(self, videos: Iterable[VideoSource], patience: float = DetectConfig.reconnect) -> None:
        self._videos = list(videos)
        self._patience = patience
        self._changed = threading.Condition()  # notified of a new frame, the end of a feed, or `stop`
        self._stopped = threading.Event()
        self.number = len(self._videos)
        self.name = ", ".join(video.name for video in self._videos)
        self.fps = max(video.fps for video in self._videos)

    def __iter__(self) -> Iterator[Frame]:
        for frames in self.batches(len(self._videos)):
            yield from frames

    def batches(self, size: int) -> Iterator[list[Frame]]:
        """Yield lists of the newest frames, at most one of each webcam or stream; `size` has no effect."""
        feeds = [LiveFeed(video, self._patience, self._changed, self._stopped) for video in self._videos]

        def is_over_or_ready() -> bool:
            states = [self._stopped.is_set(), *(feed.is_ready for feed in feeds)]
            return any(states) or not any(feed.runs for feed in feeds)

        try:
            while not self._stopped.is_set():
                start = time.perf_counter()
                with self._changed:
                    self._changed.wait_for(is_over_or_ready)
                    taken = [(feed.video, *newest) for feed in feeds for newest in feed.take()]
                if not taken:
                    break
                images = [cv2.cvtColor(image, cv2.COLOR_BGR2RGB) for *_, image in taken]
                seconds = (time.perf_counter() - start) / len(taken)
                yield [
                    Frame(image, video.name, index, video.fps, True, seconds, moment)  # type: ignore[arg-type]  # uint8
                    for image, (video, index, moment, _) in zip(images, taken, strict=True)
                ]
        finally:
            self.stop()
            for feed in feeds:
                feed.join()

    def stop(self) -> None:
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
