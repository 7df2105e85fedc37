"""A stream of JPEGs over HTTP, as cameras in a network send."""

import http.server
import threading
import time

import cv2
import numpy as np


class MotionJpeg:
    """Serves grey pictures of a given `brightness` at `http://127.0.0.1:{port}/`, the same port after every `start`."""

    def __init__(self):
        self.port = 0
        self.brightness = 40

    def start(self):
        stream = self
        self.on = True

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                try:
                    while stream.on:
                        picture = np.full((48, 64, 3), stream.brightness, np.uint8)
                        content = cv2.imencode(".jpg", picture)[1].tobytes()
                        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(content)}\r\n\r\n"
                        self.wfile.write(head.encode() + content + b"\r\n")
                        time.sleep(0.02)
                except OSError:
                    pass  # the reader has gone

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.on = False
        self.server.shutdown()
        self.server.server_close()
