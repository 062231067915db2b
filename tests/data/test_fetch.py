"""Raw files from mirrors, addresses and folders: verified, whole, and no password in what is printed."""

import gzip
import importlib
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
    """What is said when no source has the file: the ways out too. Nothing is left behind then."""
    message = refusal(get, *sources, **options)
    assert not list(HERE.parent.glob("*"))
    ways_out = "ONELAYER_MIRROR", "holds mine/file.gz", f"into {HERE.parent.resolve()} by", "datasets.mine.sources"
    assert all(way in message for way in ways_out)
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
        ("{}/403", "403 Client Error"), ("{}/503", "503 Server Error"), ("{}/503-4", "503 Server Error"),
        ("{}/login", "401 Client Error"), ("{}/loop", "30 redirects"), ("{}/page", "(an HTML page)"),
        ("{}/wrong", f"expected SHA-256 {SHA256}, found "), ("{}/cut", "IncompleteRead"), ("{}/stall", "Read timed out"),
        ("{}/endless", "sends more than 1000000 bytes"), ("http://127.0.0.1:9", "Connection refused"),
        ("bomb", "more than 1000000 bytes of content"),
        ("http://[x", "Failed to parse"), ("ftp://127.0.0.1/x", "No connection adapters"), ("absent", "No such file"),
    ],
)  # fmt: skip
def test_a_bad_source_is_named_with_its_cause_and_leads_to_the_next(mirror, source, says):
    source, good = source.format(mirror.address), f"{mirror.address}/good"
    assert says in refused(source).partition(f"\n  {source}: ")[2].partition("\n")[0]
    mirror.requests.clear()
    assert get(source, good) == good and HERE.read_bytes() == GZIPPED


@pytest.mark.parametrize(
    "login",
    ["user:secret@{}/503", "user:secret@{}/loop", "user:secret@127.0.0.1:9/x", "user:sec/ret@{}/x", "user:1/secret@{}/x",
     "user:sec?ret@{}/x", "user:sec@ret@{}/404", "secret@{}/wrong", "user:secret@[x/x"],
)  # fmt: skip
def test_a_password_is_never_printed(mirror, caplog, login):
    caplog.set_level("DEBUG")
    for scheme, offline in (("http", False), ("ftp", False), ("https", True)):
        message = refused(f"{scheme}://{login.format(mirror.place)}", offline=offline)
        assert ("not asked, because offline is true" in message) is offline
        for part in ("secret", "ret@", "user:sec"):
            assert part not in message and part not in caplog.text


def test_offline_does_without_requests_whose_import_opens_a_socket(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    importlib.reload(fetch)
    Path("file.gz").write_bytes(GZIPPED)
    assert get("https://a.org", ".", offline=True) == "."


def test_the_mirror_is_asked_before_the_sources(monkeypatch):
    dataset = DataSet("mine", "Mine", "idx", [4, 3], [0, 1], ["https://a.org/", "data"])
    for given, first in (("", []), ("http://b.org/x/", ["http://b.org/x/mine"]), ("/there", ["/there/mine"])):
        monkeypatch.setenv("ONELAYER_MIRROR", given)
        assert fetch.places_of(dataset) == [*first, "https://a.org/", "data"]
    monkeypatch.setenv("ONELAYER_MIRROR", "folder")
    assert refusal(fetch.places_of, dataset) == "ONELAYER_MIRROR = 'folder': give an address or an absolute path"
