"""Webcams and streams: they wait for nobody, come side by side, and are taken up again when they were lost."""

import threading
import time

from yolo.config import DetectConfig
from yolo.inference.sources.frame_source import Frame, FrameSource
from yolo.inference.sources.live_feed import LiveFeed
from yolo.opencv import cv2


class LiveSources(FrameSource):
    """Several webcams and streams side by side: a batch holds the newest frame of each that has a new one.

    Args:
        videos: the `Video` of each.
        patience: for how many seconds one that is lost is tried again.
    """

    live = True

    def __init__(self, videos, patience=DetectConfig.reconnect):
        self._videos = list(videos)
        self._patience = patience
        self._changed = threading.Condition()  # a frame came, a feed ended, or all is to stop
        self._stopped = threading.Event()
        self.number = len(self._videos)
        self.name = ", ".join(video.name for video in self._videos)
        self.fps = max(video.fps for video in self._videos)

    def __iter__(self):
        for frames in self.batches(len(self._videos)):
            yield from frames

    def batches(self, size):
        feeds = [LiveFeed(video, self._patience, self._changed, self._stopped) for video in self._videos]

        def is_worth_a_look():
            states = [self._stopped.is_set(), *(feed.is_ready for feed in feeds)]
            return any(states) or not any(feed.runs for feed in feeds)

        try:
            while not self._stopped.is_set():
                start = time.perf_counter()
                with self._changed:
                    self._changed.wait_for(is_worth_a_look)
                    taken = [(feed.video, *newest) for feed in feeds for newest in feed.take()]
                if not taken:
                    break
                colored = [(*known, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)) for *known, image in taken]
                seconds = (time.perf_counter() - start) / len(taken)
                yield [
                    Frame(image, video.name, index, video.fps, True, seconds, moment)
                    for video, index, moment, image in colored
                ]
        finally:
            self.stop()
            for feed in feeds:
                feed.join()

    def stop(self):
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
