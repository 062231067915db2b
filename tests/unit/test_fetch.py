import gzip
import hashlib
import http.server
import threading

import pytest

from onelayer.errors import InputError
from onelayer.fetch import fetch, read_verified

CONTENT = bytes(range(256)) * 40
EXPECTED = {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
GZIPPED = gzip.compress(CONTENT)
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers by the first folder of the path: what a mirror may do, good and bad."""

    def do_GET(self):
        kind, name = self.path.strip("/").split("/")[-2:]
        self.server.requests.append(self.path)
        gzipped = name.endswith(".gz")
        body = GZIPPED if gzipped else CONTENT
        status = 200
        if kind in {"403", "404", "503"}:
            status, body = int(kind), b"no"
        elif kind == "page":
            body = PAGE
        elif kind == "wrong":
            body = gzip.compress(CONTENT[:-1] + b"?")
        elif kind == "plain" and gzipped:
            status, body = 404, b"no"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.requests = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def content_of(path):
    return gzip.decompress(path.read_bytes())


@pytest.mark.parametrize("kind", ["good", "plain"])
def test_downloads_gzipped_or_plain(mirror, tmp_path, kind):
    _, address = mirror
    destination = tmp_path / "raw" / "file.gz"
    assert fetch("file", EXPECTED, [f"{address}/{kind}"], destination) == f"{address}/{kind}"
    assert content_of(destination) == CONTENT
    assert list(destination.parent.iterdir()) == [destination]


@pytest.mark.parametrize("kind", ["403", "404", "503", "page", "wrong", "cut"])
def test_a_bad_source_leads_to_the_next(mirror, tmp_path, kind):
    _, address = mirror
    destination = tmp_path / "file.gz"
    source = fetch("file", EXPECTED, [f"{address}/{kind}/", "http://127.0.0.1:9", f"{address}/good/"], destination)
    assert source == f"{address}/good/"
    assert content_of(destination) == CONTENT


def test_the_first_good_source_is_the_last_one_asked(mirror, tmp_path):
    server, address = mirror
    fetch("file", EXPECTED, [f"{address}/good", f"{address}/never"], tmp_path / "file.gz")
    assert server.requests == ["/good/file.gz"]


def test_a_right_file_is_kept_and_a_damaged_one_fetched_anew(mirror, tmp_path):
    server, address = mirror
    destination = tmp_path / "file.gz"
    destination.write_bytes(GZIPPED)
    assert fetch("file", EXPECTED, [f"{address}/good"], destination) == str(destination)
    assert server.requests == []
    destination.write_bytes(GZIPPED[:-9])
    assert fetch("file", EXPECTED, [f"{address}/good"], destination) == f"{address}/good"
    assert content_of(destination) == CONTENT


def test_a_folder_is_a_source(tmp_path):
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "file").write_bytes(CONTENT)
    fetch("file", EXPECTED, [str(tmp_path / "absent"), str(folder)], tmp_path / "file.gz")
    assert content_of(tmp_path / "file.gz") == CONTENT


def test_when_all_fail_the_error_lists_sources_causes_and_ways_out(mirror, tmp_path):
    _, address = mirror
    destination = tmp_path / "mnist" / "file.gz"
    with pytest.raises(InputError) as raised:
        fetch("file", EXPECTED, [str(tmp_path), f"{address}/404", f"{address}/page", f"{address}/wrong"], destination)
    message = str(raised.value)
    for expected in (str(tmp_path), "No such file", "404", "HTML page", "found", EXPECTED["sha256"]):
        assert expected in message
    assert "ONELAYER_MIRROR" in message and str(destination) in message
    assert list(destination.parent.iterdir()) == []


@pytest.mark.parametrize("damage", [GZIPPED[:-9], GZIPPED[:50] + b"????" + GZIPPED[54:], b"\x1f\x8b", b"", PAGE])
def test_read_verified_refuses_damage(tmp_path, damage):
    path = tmp_path / "file.gz"
    path.write_bytes(damage)
    with pytest.raises(InputError):
        read_verified(path, EXPECTED)


def test_read_verified_reads_no_more_than_it_expects(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(InputError, match="found more than 10240"):
        read_verified(path, EXPECTED)
