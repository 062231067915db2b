"""A server that plays mirrors, good and bad, and the file that they hold."""

import gzip
import hashlib
import http.server
import random
import threading
import time
from email.utils import formatdate

CONTENT = random.Random(1).randbytes(300_000)
GZIPPED = gzip.compress(CONTENT, mtime=0)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = {"name": "file.gz", "sha256": SHA256}
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
OTHER = gzip.compress(random.Random(2).randbytes(300_000), mtime=0)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers by the first folder of the path, `kind` or `kind-number`.

    good sends the file, plain only without .gz, login only to the right password. 403, 404, 503, page and wrong answer
    at once. away redirects to good, loop for ever. cut sends half of the body. flaky-N fails N times; later-N says 429
    and Retry-After: N; busy-N says 429 N times, to come back in a second, and until does so once with a date. stall stops
    in the middle, slow sends all of it in pieces, trickle a byte now and then, endless more and more of no stated length;
    headers never comes to the end of its headers, continue says for ever that the answer is to come.
    """

    def do_GET(self):
        kind, *_, name = self.path.strip("/").split("/")
        kind, _, number = kind.partition("-")
        earlier = self.server.requests.count(self.path)
        self.server.requests.append(self.path)
        body = {"page": PAGE, "wrong": OTHER}.get(kind, GZIPPED if name.endswith(".gz") else CONTENT)
        if kind in {"403", "404", "503"}:
            return self.answer(int(kind), b"no")
        if kind == "plain" and name.endswith(".gz"):
            return self.answer(404, b"no")
        if kind == "flaky" and earlier < int(number):
            return self.answer(503, b"no")
        if kind == "later":
            return self.answer(429, b"no", **{"Retry-After": number})
        if (kind == "busy" and earlier < int(number)) or (kind == "until" and not earlier):
            return self.answer(
                429, b"no", **{"Retry-After": "1" if kind == "busy" else formatdate(time.time() + 1, usegmt=True)}
            )
        if kind == "login" and self.headers["Authorization"] != "Basic dXNlcjpzZWNyZXQ=":
            return self.answer(401, b"no")
        if kind in {"loop", "away"}:
            return self.answer(302, b"", Location=self.path.replace("away", "good"))
        if kind == "headers":
            self.send_response(200)
            self.flush_headers()
            return self.repeat(b"X-More: more\r\n")
        if kind == "endless":
            self.send_response(200)
            self.end_headers()
            return self.repeat(body)
        if kind == "continue":
            return self.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.answer(200, body, share=0.5 if kind in {"cut", "stall"} else 0 if kind in {"trickle", "slow"} else 1)
        for start in range(0, len(body), 50_000) if kind == "slow" else ():
            time.sleep(0.05)
            self.wfile.write(body[start : start + 50_000])
        if kind == "stall":
            self.server.over.wait(30)
        if kind == "trickle":
            self.repeat(b"x")

    def answer(self, status, body, share=1.0, **headers):
        """Send a share of `body`, whose whole length is announced."""
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body[: int(len(body) * share)])

    def repeat(self, piece):
        """Send the same again and again, slowly."""
        while not self.server.over.wait(0.05):
            self.wfile.write(piece)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """A Mirror on a free port of 127.0.0.1; `requests` holds the path of each request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Mirror)
        self.place = f"127.0.0.1:{self.server_port}"
        self.address = f"http://{self.place}"
        self.requests, self.over = [], threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass  # a client that has had enough is what some tests are about
