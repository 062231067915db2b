"""A server that plays mirrors, good and bad, and the file that they hold."""

import contextlib
import gzip
import hashlib
import http.server
import random
import threading

CONTENT = random.Random(1).randbytes(300_000)
GZIPPED = gzip.compress(CONTENT, mtime=0)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = {"name": "file.gz", "sha256": SHA256}
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
OTHER = gzip.compress(random.Random(2).randbytes(300_000), mtime=0)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers by the first folder of the path, `kind` or `kind-number`.

    good sends the file, login only to the right password. page and wrong send something else, away
    redirects to good, loop for ever, cut sends half of the body, endless more than is taken. A number is a status: 404 is
    answered every time, 503-3 three times before the file. stall stops in the middle.
    """

    def do_GET(self):
        kind, *_, name = self.path.strip("/").split("/")
        status, _, times = kind.partition("-")
        earlier = self.server.requests.count(self.path)
        self.server.requests.append(self.path)
        body = {"page": PAGE, "wrong": OTHER}.get(kind, GZIPPED if name.endswith(".gz") else CONTENT)
        if status.isdigit() and (not times or earlier < int(times)):
            return self.answer(int(status), b"no")
        if kind == "login" and self.headers["Authorization"] != "Basic dXNlcjpzZWNyZXQ=":
            return self.answer(401, b"no")
        if kind in {"loop", "away"}:
            return self.answer(302, b"", Location=self.path.replace("away", "good"))
        length = 10**12 if kind == "endless" else len(body)
        self.answer(200, body[: len(body) // 2] if kind in {"cut", "stall"} else body, **{"Content-Length": length})
        for _ in range(10 if kind == "endless" else 0):
            self.wfile.write(body)
        if kind == "stall":
            self.server.over.wait(30)

    def answer(self, status, body, **headers):
        """Send an answer; `headers` may say another length than that of `body`."""
        self.send_response(status)
        for key, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(key, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def mirrors():
    """A Mirror on a free port of 127.0.0.1; `requests` holds the path of each request."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.place = f"127.0.0.1:{server.server_port}"
    server.address = f"http://{server.place}"
    server.requests, server.over = [], threading.Event()
    server.handle_error = lambda *_: None  # a client that has had enough is what some tests are about
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
