"""A server that plays mirrors, good and bad, and the file that they hold."""

import gzip
import hashlib
import http.server
import random
import threading
import time

CONTENT = random.Random(1).randbytes(300_000)
GZIPPED = gzip.compress(CONTENT, mtime=0)
EXPECTED = {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
FILES = {"file": EXPECTED}
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
OTHER = gzip.compress(random.Random(2).randbytes(300_000), mtime=0)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers by the first folder of the path, `kind` or `kind-number`.

    403, 404, 503, page and wrong answer at once. loop redirects for ever, away to `server.away`. cut-N sends N % of
    each body, and knows no ranges; resume-N sends N % at first and answers ranges; mixed-N too, but what it sends at
    first is of another file. shifted answers another range than was asked for. flaky-N fails N times. stall stops in
    the middle, slow-N takes N milliseconds, endless never ends.
    """

    def do_GET(self):
        kind, name = self.path.strip("/").split("/")[-2:]
        kind, _, number = kind.partition("-")
        with self.server.lock:
            earlier = sum(path == self.path for path, _ in self.server.requests)
            self.server.requests.append((self.path, self.headers["Range"]))
        number, gzipped, asked = int(number or 0), name.endswith(".gz"), self.headers["Range"]
        if kind in {"403", "404", "503"} or (kind == "plain" and gzipped) or (kind == "flaky" and earlier < number):
            status = {"plain": "404", "flaky": "503"}.get(kind, kind)
            return self.answer(int(status), b"no")
        if kind in {"loop", "away"}:
            return self.answer(302, b"", Location=self.path if kind == "loop" else f"{self.server.away}/{name}")
        body = {"page": PAGE, "wrong": OTHER}.get(kind, GZIPPED if gzipped else CONTENT)
        if asked and kind in {"resume", "mixed", "shifted"}:
            start = int(asked.removeprefix("bytes=").rstrip("-")) - (kind == "shifted")
            return self.answer(206, body[start:], **{"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})
        if kind == "mixed" and not earlier:
            return self.answer(200, OTHER[: len(body)].ljust(len(body), b"\0"), cut=number)
        if kind in {"cut", "resume", "shifted"}:
            return self.answer(200, body, cut=number)
        if kind == "stall":
            return self.answer(200, body, cut=50, then=self.server.stall_seconds)
        if kind == "slow":
            return self.answer(200, body, pause=number / 1000)
        if kind == "endless":
            return self.answer(200, bytes(100_000_000), length=False)
        return self.answer(200, body)

    def answer(self, status, body, cut=100, then=0, pause=0, length=True, **headers):
        """Send `cut` % of `body` in 20 pieces that take `pause` seconds together; wait for `then` seconds; hang up."""
        self.send_response(status)
        if length:
            self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        sent = body[: len(body) * cut // 100]
        try:
            for start in range(0, len(sent), len(sent) // 20 + 1):
                self.wfile.write(sent[start : start + len(sent) // 20 + 1])
                time.sleep(pause / 20)
            self.server.over.wait(then)
        except OSError:
            pass  # the client has had enough

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A Mirror on a free port of 127.0.0.1; `requests` holds the path and the range of each request."""

    request_queue_size = 64

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Mirror)
        scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.address = f"{scheme}://127.0.0.1:{self.server_port}"
        self.requests, self.lock, self.over = [], threading.Lock(), threading.Event()
        self.away, self.stall_seconds = self.address, 30

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass  # a broken connection is what some tests are about
