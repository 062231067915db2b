"""Raw files from mirrors, addresses and folders: verified, whole, and no password in what is printed."""

import gzip
import importlib
import re
import sys
from pathlib import Path

import pytest

from onelayer.data import content, fetch
from onelayer.data.description import DataSet
from tests.helpers import refusal
from tests.reliability.mirror import CONTENT, FILE, GZIPPED, OTHER, SHA256, mirrors

HERE = Path("mine/file.gz")


@pytest.fixture
def mirror(monkeypatch):
    """A server of mirrors, and little patience with it."""
    for limit, value in (("BACKOFF_SECONDS", 0.001), ("TIMEOUT_SECONDS", 0.5), ("MAX_BYTES", 1_000_000)):
        monkeypatch.setattr(fetch, limit, value)
    monkeypatch.setattr(content, "MAX_BYTES", 1_000_000)
    Path("bomb").mkdir()
    Path("bomb/file.gz").write_bytes(gzip.compress(bytes(1_000_001)))
    with mirrors() as server:
        yield server


def get(*sources, offline=False):
    return fetch.fetch(FILE, sources, HERE, offline)


def refused(*sources, **options):
    """What is said when no source has the file: the ways out, and no password. Nothing is left behind then."""
    message = refusal(get, *sources, **options)
    assert not list(HERE.parent.glob("*"))
    ways_out = "ONELAYER_MIRROR", "holds mine/file.gz", f"into {HERE.parent.resolve()} by", "datasets.mine.sources"
    assert all(way in message for way in ways_out)
    assert not any(part in message for part in ("secret", "ret@", "user:sec"))
    return message


@pytest.mark.parametrize("kind", ["good", "good/", "away", "503-3", "429-3", "login"])
def test_a_source_that_has_the_file_is_enough_and_asked_only_for_a_missing_or_damaged_one(mirror, kind):
    source, never = f"http://user:secret@{mirror.place}/{kind}", f"{mirror.address}/never"
    HERE.parent.mkdir()
    for damage in (GZIPPED[:-9], OTHER, b""):
        HERE.write_bytes(damage)
        assert get(source, never) == f"{mirror.address}/{kind}"
        assert gzip.decompress(HERE.read_bytes()) == CONTENT
        mirror.requests.clear()
        assert get(source) == str(HERE) and mirror.requests == []
    assert list(HERE.parent.iterdir()) == [HERE]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("http://{}/403", "403 Client Error"), ("http://user:secret@{}/503", "503 Server Error"), ("http://{}/503-4", "503 Server Error"),
        ("http://{}/login", "401 Client Error"), ("http://user:secret@{}/loop", "30 redirects"), ("http://{}/page", "(an HTML page)"),
        ("http://secret@{}/wrong", f"expected SHA-256 {SHA256}, found "), ("http://{}/cut", "IncompleteRead"),
        ("http://{}/stall", "Read timed out"), ("http://{}/endless", "sends more than 1000000 bytes"),
        ("http://user:secret@127.0.0.1:9", "Connection refused"), ("http://user:sec@ret@{}/404", "404 Client Error"),
        ("http://user:secret@[x", "Failed to parse"), ("ftp://user:secret@127.0.0.1/x", "No connection adapters"),
        ("http://user:sec/ret@{}/x", "write / as %2F"), ("http://user:1/secret@{}/x", "write / as %2F"),
        ("http://user:sec?ret@{}/x", "? as %3F"), ("absent", "No such file"), ("bomb", "more than 1000000 bytes of content"),
        ("bomb/mine", "bomb has it: name the folder that holds a folder mine"),
    ],
)  # fmt: skip
def test_a_bad_source_is_named_without_its_password_and_leads_to_the_next(mirror, caplog, source, says):
    caplog.set_level("DEBUG")
    source, shown = (text.format(mirror.place) for text in (source, re.sub("//.*@", "//", source)))
    good = f"{mirror.address}/good"
    assert says in refused(source).partition(f"\n  {shown}: ")[2].partition("\n")[0]
    mirror.requests.clear()
    assert get(source, good) == good and HERE.read_bytes() == GZIPPED
    assert "secret" not in caplog.text and "ret@" not in caplog.text


def test_offline_does_without_requests_whose_import_opens_a_socket(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    importlib.reload(fetch)
    assert "https://a.org: not asked, because offline is true" in refused("https://user:secret@a.org", offline=True)
    Path("file.gz").write_bytes(GZIPPED)
    assert get("https://a.org", ".", offline=True) == "."


def test_the_mirror_is_asked_before_the_sources(monkeypatch):
    dataset = DataSet("mine", "Mine", "idx", [4, 3], [0, 1], ["https://a.org/", "data"])
    for given, first in (("", []), ("http://b.org/x/", ["http://b.org/x/mine"]), ("/there", ["/there/mine"])):
        monkeypatch.setenv("ONELAYER_MIRROR", given)
        assert fetch.places_of(dataset) == [*first, "https://a.org/", "data"]
    monkeypatch.setenv("ONELAYER_MIRROR", "folder")
    assert refusal(fetch.places_of, dataset) == "ONELAYER_MIRROR = 'folder': give an address or an absolute path"
