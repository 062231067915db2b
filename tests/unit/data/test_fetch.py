import gzip
import logging
import os
import signal
import subprocess
import sys
import time

import pytest
import requests  # noqa: F401, so that no deadline has to wait for it

from onelayer.data import content, fetch
from onelayer.data.content import content_hash, verified_content
from onelayer.data.fetch import sources_of
from onelayer.errors import InputError
from tests.conftest import ROOT
from tests.mirror import CONTENT, FILE, GZIPPED, OTHER, PAGE, SHA256, Server


@pytest.fixture
def mirror(monkeypatch):
    """A server of mirrors, and little patience with it."""
    monkeypatch.setattr(fetch, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 5)
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 5)
    with Server() as server:
        yield server


@pytest.fixture
def hurry(mirror, monkeypatch):
    """A deadline that is over soon."""
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 0.3)


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "mine" / "file.gz"


def get(destination, *sources, file=FILE, offline=False):
    return fetch.fetch(file, sources, destination, offline)


def refusal(destination, *sources, **options):
    """What is said when no source has the file; nothing is left behind then."""
    with pytest.raises(InputError) as raised:
        get(destination, *sources, **options)
    assert not destination.exists() and not list(destination.parent.glob("*.partial"))
    return str(raised.value)


@pytest.mark.parametrize("kind", ["good", "good/", "plain", "away", "flaky-3"])
def test_a_source_that_has_the_file(mirror, destination, kind):
    source = f"{mirror.address}/{kind}"
    assert get(destination, source) == source
    assert destination.read_bytes()[:2] == GZIPPED[:2] and gzip.decompress(destination.read_bytes()) == CONTENT
    assert list(destination.parent.iterdir()) == [destination]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("403", "403"),
        ("404", "404"),
        ("503", "503"),
        ("flaky-4", "503"),
        ("page", "(an HTML page)"),
        ("wrong", f"expected SHA-256 {SHA256}, found "),
        ("cut", "IncompleteRead"),
        ("loop", "30 redirects"),
        ("later-soon", "Retry-After"),
    ],
)
def test_a_bad_source_is_named_with_its_cause_and_leads_to_the_next(mirror, destination, kind, says):
    bad, file = f"{mirror.address}/{kind}", FILE | {"name": "file"}
    message = refusal(destination, bad, file=file)
    assert f"{bad} (file): " in message and says in message.replace("\n", " ")
    mirror.requests.clear()
    assert get(destination, bad, f"{mirror.address}/good", file=file) == f"{mirror.address}/good"


@pytest.mark.parametrize("kind", ["stall", "trickle", "headers", "continue"])
def test_a_server_that_never_ends_is_left_at_the_deadline(mirror, hurry, destination, kind):
    bad, good, file = f"{mirror.address}/{kind}", f"{mirror.address}/good", FILE | {"name": "file"}
    assert f"{bad} (file): not done after 0.3 seconds" in refusal(destination, bad, file=file)
    assert get(destination, good, file=file) == good


@pytest.mark.parametrize("source", ["http://127.0.0.1:9", "http://[x", "ftp://127.0.0.1/x", "http://", "https://%"])
def test_an_address_that_answers_nothing_is_one_more_bad_source(mirror, destination, source):
    assert source in refusal(destination, source)


def test_a_server_that_asks_for_more_time_than_it_has_is_left_at_once(mirror, hurry, destination):
    bad = f"{mirror.address}/later-3600"
    message = refusal(destination, bad)
    assert f"{bad} (file.gz): asks to wait 3600 seconds, longer than the 0.3 that it has" in message
    assert mirror.requests == ["/later-3600/file.gz"]
    assert get(destination, bad, f"{mirror.address}/good") == f"{mirror.address}/good"


def test_a_slow_server_is_not_asked_for_another_form(mirror, hurry, destination):
    refusal(destination, f"{mirror.address}/stall")
    assert mirror.requests == ["/stall/file.gz"]


def test_a_server_that_asks_to_wait_is_asked_again(mirror, destination, monkeypatch):
    pauses = []
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 8)
    monkeypatch.setattr(time, "sleep", pauses.append)
    refusal(destination, f"{mirror.address}/later-7", file=FILE | {"name": "file"})
    assert pauses == [7, 7, 7] and len(mirror.requests) == 4


def test_the_deadline_leaves_the_alarm_as_it_was(mirror, hurry, destination):
    def handler(*_):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, handler)
    try:
        refusal(destination, f"{mirror.address}/trickle")
        get(destination, f"{mirror.address}/good")
        assert signal.getsignal(signal.SIGALRM) is handler and signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_right_file_is_kept_and_a_damaged_one_replaced(mirror, destination):
    destination.parent.mkdir()
    destination.write_bytes(GZIPPED)
    assert get(destination, f"{mirror.address}/good") == str(destination) and mirror.requests == []
    destination.write_bytes(GZIPPED[:-9])
    assert get(destination, f"{mirror.address}/good", f"{mirror.address}/never") == f"{mirror.address}/good"
    assert destination.read_bytes() == GZIPPED and mirror.requests == ["/good/file.gz"]


@pytest.mark.parametrize(("name", "written"), [("file.gz", GZIPPED), ("file", CONTENT)])
def test_a_folder_is_a_source(tmp_path, destination, name, written):
    (tmp_path / name).write_bytes(written)
    assert get(destination, str(tmp_path / "absent"), str(tmp_path)) == str(tmp_path)
    assert gzip.decompress(destination.read_bytes()) == CONTENT


def test_compression_depends_on_nothing_but_the_content(tmp_path, destination, monkeypatch):
    (tmp_path / "file").write_bytes(CONTENT)
    get(destination, str(tmp_path))
    first = destination.read_bytes()
    destination.unlink()
    monkeypatch.setattr(time, "time", lambda: 1e9)
    get(destination, str(tmp_path))
    assert destination.read_bytes() == first


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_only_regular_files_are_read(tmp_path, hurry, destination, make):
    make(tmp_path / "file.gz")
    assert "is not a regular file" in refusal(destination, str(tmp_path))


def test_too_much_is_cut_off(tmp_path, mirror, destination, monkeypatch):
    (tmp_path / "file.gz").write_bytes(gzip.compress(bytes(5_000_000)))
    monkeypatch.setattr(content, "MAX_BYTES", 1_000_000)
    assert "more than 1000000 bytes of content" in refusal(destination, str(tmp_path))
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    assert "sends more than 1000 bytes" in refusal(destination, f"{mirror.address}/good")


def test_when_all_fail_the_ways_out_are_named(mirror, tmp_path, destination):
    message = refusal(destination, str(tmp_path), f"{mirror.address}/404")
    for part in (str(tmp_path), "No such file", "404", "ONELAYER_MIRROR", "mine/file.gz", "datasets.mine.sources"):
        assert part in message
    assert str(destination.parent) in message


@pytest.mark.parametrize(
    "source",
    [
        "http://user:secret@{0}/404",
        "http://user:secret@{0}/later-soon",
        "http://user:secret@{0}/wrong",
        "http://user:secret@127.0.0.1:9/x",
        "http://user:sec/ret@{0}/good",
        "http://user:1/secret@{0}/good",
        "http://user:sec@ret@{0}/404",
        "http://secret@{0}/404",
        "ftp://user:secret@{0}/good",
        "http://user:secret@[x/good",
    ],
)
@pytest.mark.parametrize("offline", [False, True])
def test_a_password_is_never_told(mirror, destination, monkeypatch, caplog, source, offline):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ONELAYER_MIRROR", source.format(mirror.place))
    message = refusal(destination, *sources_of("mine", {"sources": []}, ""), offline=offline)
    for told in (message, caplog.text):
        assert "secret" not in told and "ret@" not in told and "sec" not in told.replace("seconds", "")


def test_a_password_opens_its_source(mirror, destination):
    assert get(destination, f"http://user:secret@{mirror.place}/login") == f"{mirror.address}/login"


OFFLINE = """
import sys
from pathlib import Path

opened = []
sys.addaudithook(lambda event, _: event.startswith("socket.") and opened.append(event))
from onelayer.data.fetch import fetch
from onelayer.errors import InputError

try:
    print(fetch(dict(name="file.gz", sha256=sys.argv[1]), ["https://127.0.0.1:9/", *sys.argv[3:]], Path(sys.argv[2]), True))
except InputError as error:
    print(error)
assert not opened, opened
"""


def test_offline_opens_no_socket(tmp_path, destination):
    def offline(*sources):
        command = [sys.executable, "-c", OFFLINE, SHA256, destination, *sources]
        paths = os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")}
        return subprocess.run(list(map(str, command)), env=paths, capture_output=True, text=True, check=True).stdout

    assert "https://127.0.0.1:9/: not asked, because offline is true" in offline()
    (tmp_path / "file.gz").write_bytes(GZIPPED)
    assert offline(tmp_path).strip() == str(tmp_path)
    assert offline().strip() == str(destination)


def test_sources_in_their_order(monkeypatch):
    description = {"sources": ["https://a.org/", "data", "/data", "<project>/data"]}
    monkeypatch.delenv("ONELAYER_MIRROR", raising=False)
    assert sources_of("mine", description, "/p") == ["https://a.org/", "data", "/data", "/p/data"]
    for given, first in (("http://b.org/x/", "http://b.org/x/mine"), ("/there", "/there/mine")):
        monkeypatch.setenv("ONELAYER_MIRROR", given)
        assert sources_of("mine", description, "/p")[:2] == [first, "https://a.org/"]
    monkeypatch.setenv("ONELAYER_MIRROR", "folder")
    with pytest.raises(InputError, match="ONELAYER_MIRROR = 'folder': give an address or an absolute path"):
        sources_of("mine", description, "/p")


@pytest.mark.parametrize("written", [GZIPPED, CONTENT])
def test_content_is_what_is_hashed(tmp_path, written):
    (tmp_path / "file").write_bytes(written)
    assert content_hash(tmp_path / "file") == SHA256
    assert verified_content(tmp_path / "file", SHA256) == verified_content(tmp_path / "file", None) == CONTENT


DAMAGES = [GZIPPED[:-9], GZIPPED[:50] + b"????" + GZIPPED[54:], b"\x1f\x8b", b"", PAGE, OTHER]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_content_is_refused(tmp_path, damage):
    path = tmp_path / "a file.gz"
    path.write_bytes(damage)
    with pytest.raises(InputError) as raised:
        verified_content(path, SHA256)
    assert str(raised.value).startswith(f"{path}: damaged (")
    assert str(raised.value).endswith(f": delete it and run again: rm '{path}'")


def test_a_file_without_hash_is_not_to_be_deleted(tmp_path):
    (tmp_path / "file.gz").write_bytes(GZIPPED[:-9])
    for name, says in (("file.gz", "not a whole gzip file"), ("absent", "cannot be read: No such file")):
        with pytest.raises(InputError, match=says) as raised:
            verified_content(tmp_path / name, None)
        assert "delete" not in str(raised.value)
