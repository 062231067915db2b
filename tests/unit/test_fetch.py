import gzip
import os
import subprocess
import sys
import time

import pytest

from onelayer import download as http
from onelayer.errors import InputError
from onelayer.fetch import fetch, read_or_fetch, read_verified, sources_of
from tests.conftest import ROOT
from tests.mirror import CONTENT, EXPECTED, FILES, GZIPPED, PAGE, Server


def content_of(path):
    return gzip.decompress(path.read_bytes())


@pytest.fixture
def destination(tmp_path):
    return tmp_path / "raw" / "file.gz"


@pytest.mark.parametrize("kind", ["good", "plain", "away"])
def test_downloads_gzipped_or_plain(mirror, destination, kind):
    mirror.away = f"{mirror.address}/good"
    assert fetch("file", FILES, [f"{mirror.address}/{kind}"], destination) == f"{mirror.address}/{kind}"
    assert content_of(destination) == CONTENT
    assert list(destination.parent.iterdir()) == [destination]


@pytest.mark.parametrize("kind", ["403", "404", "503", "page", "wrong", "cut-50", "loop", "endless"])
def test_a_bad_source_leads_to_the_next(mirror, destination, kind):
    good = f"{mirror.address}/good/"
    assert fetch("file", FILES, [f"{mirror.address}/{kind}/", "http://127.0.0.1:9", good], destination) == good
    assert content_of(destination) == CONTENT


def test_the_first_good_source_is_the_last_one_asked(mirror, destination):
    fetch("file", FILES, [f"{mirror.address}/good", f"{mirror.address}/never"], destination)
    assert mirror.requests == [("/good/file.gz", None)]


@pytest.mark.parametrize(("kind", "times"), [("flaky-3", 4), ("flaky-9", 4), ("cut-0", 4), ("404", 1), ("wrong", 1)])
def test_only_what_may_pass_is_tried_again_and_not_for_ever(mirror, destination, monkeypatch, kind, times):
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr("onelayer.download.BACKOFF_SECONDS", 1)
    fetch("file", FILES, [f"{mirror.address}/{kind}", f"{mirror.address}/good"], destination)
    assert mirror.requests.count((f"/{kind}/file.gz", None)) == times
    assert [pause for pause in pauses if pause] == [1, 2, 4][: times - 1]


def test_a_cut_download_is_continued(mirror, destination):
    fetch("file", FILES, [f"{mirror.address}/resume-50"], destination)
    (_, first), (_, second) = mirror.requests
    start = int(second.removeprefix("bytes=").removesuffix("-"))
    assert first is None and len(GZIPPED) * 0.4 < start <= len(GZIPPED) * 0.5
    assert content_of(destination) == CONTENT


def test_a_server_without_ranges_is_asked_for_the_whole(mirror, destination):
    """The first answer is cut, the second is whole, and neither knows of ranges."""
    with pytest.raises(InputError, match=r"the body was cut|Connection broken"):
        fetch("file", FILES, [f"{mirror.address}/cut-50"], destination)
    assert len(mirror.requests) == 4 and mirror.requests[1][1].startswith("bytes=")
    assert not destination.exists()


def test_a_wrong_range_is_not_appended(mirror, destination):
    with pytest.raises(InputError):
        fetch("file", FILES, [f"{mirror.address}/shifted-50"], destination)
    ranges = [asked is not None for _, asked in mirror.requests]
    assert ranges == [False, True, False, True]


def test_pieces_of_different_files_lead_to_a_fresh_start(mirror, destination):
    assert fetch("file", FILES, [f"{mirror.address}/mixed-50"], destination) == f"{mirror.address}/mixed-50"
    assert [asked is not None for _, asked in mirror.requests] == [False, True, False]
    assert content_of(destination) == CONTENT


def test_redirects_never_leave_encryption():
    assert http.redirected("https://a.org/x/f.gz", "g.gz") == "https://a.org/x/g.gz"
    assert http.redirected("https://a.org/f.gz", "//b.org/f.gz") == "https://b.org/f.gz"
    assert http.redirected("http://a.org/f.gz", "https://b.org/f.gz") == "https://b.org/f.gz"
    for address, location in (
        ("https://a.org/f.gz", "http://a.org/f.gz"),
        ("https://a.org/f.gz", "HTTP://b.org/f.gz"),
        ("https://a.org/f.gz", "file:///etc/passwd"),
        ("http://a.org/f.gz", "ftp://a.org/f.gz"),
    ):
        with pytest.raises(InputError, match="which is refused: only https may follow https"):
            http.redirected(address, location)


def test_a_right_file_is_kept_and_a_damaged_one_reported_and_fetched_anew(mirror, destination, capsys):
    destination.parent.mkdir()
    destination.write_bytes(GZIPPED)
    assert fetch("file", FILES, [f"{mirror.address}/good"], destination) == str(destination)
    assert mirror.requests == [] and capsys.readouterr().err == ""
    destination.write_bytes(GZIPPED[:-9])
    assert fetch("file", FILES, [f"{mirror.address}/good"], destination) == f"{mirror.address}/good"
    assert content_of(destination) == CONTENT
    said = capsys.readouterr().err
    assert said.startswith(f"Warning: {destination}: damaged gzip file") and "fetched anew" in said


def test_reading_heals_a_damaged_file_and_keeps_its_time(mirror, destination, capsys):
    destination.parent.mkdir()
    destination.write_bytes(GZIPPED[:-9])
    os.utime(destination, (1_600_000_000, 1_600_000_000))
    assert read_or_fetch("file", FILES, [f"{mirror.address}/good"], destination) == CONTENT
    assert "fetched anew" in capsys.readouterr().err
    assert destination.stat().st_mtime == 1_600_000_000
    assert content_of(destination) == CONTENT
    assert read_or_fetch("file", FILES, [], destination) == CONTENT


def test_what_a_killed_process_left_is_used_up(mirror, destination):
    destination.parent.mkdir()
    (destination.parent / ".file.gz.part").write_bytes(b"left over" * 100_000)
    fetch("file", FILES, [f"{mirror.address}/good"], destination)
    assert content_of(destination) == CONTENT
    assert list(destination.parent.iterdir()) == [destination]


def test_a_folder_is_a_source(tmp_path, destination):
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "file").write_bytes(CONTENT)
    fetch("file", FILES, [str(tmp_path / "absent"), str(folder)], destination)
    assert content_of(destination) == CONTENT


def test_when_all_fail_the_error_lists_sources_causes_and_ways_out(mirror, tmp_path, destination):
    sources = [str(tmp_path), *(f"{mirror.address}/{kind}" for kind in ("404", "page", "wrong", "loop"))]
    with pytest.raises(InputError) as raised:
        fetch("file", FILES, sources, destination)
    message = str(raised.value)
    for expected in (str(tmp_path), "No such file", "404", "HTML page", "found", "more than 5 redirects"):
        assert expected in message
    assert "ONELAYER_MIRROR" in message
    assert list(destination.parent.iterdir()) == []


OFFLINE = """
import sys

def refuse(event, _):
    if event.startswith("socket."):
        raise RuntimeError(event)

sys.addaudithook(refuse)
from onelayer.errors import InputError
from onelayer.fetch import fetch

files = {name: {"bytes": %d, "sha256": "%s"} for name in ("file", "other")}
try:
    print(fetch("file", files, ["https://127.0.0.1:9/", *sys.argv[2:]], sys.argv[1], offline=True))
except InputError as error:
    print(error)
"""


def run_offline(*arguments):
    """fetch, offline, in a process in which opening a socket is an error; what it says."""
    return subprocess.run(
        [sys.executable, "-c", OFFLINE % tuple(EXPECTED.values()), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_offline_opens_no_socket_and_says_what_to_put_where(tmp_path, destination):
    said = run_offline(destination)
    assert "https://127.0.0.1:9/: not asked, because offline is true" in said
    assert f"Missing in {destination.parent} " in said and "put the files into " + str(destination.parent) in said
    for name in ("file", "other"):
        assert f"  {name}.gz: {EXPECTED['bytes']} bytes, SHA-256 {EXPECTED['sha256']}" in said
    destination.with_name("other.gz").write_bytes(CONTENT)
    assert "other.gz" not in run_offline(destination)
    destination.write_bytes(CONTENT)
    assert run_offline(destination).strip() == str(destination)
    destination.unlink()
    (tmp_path / "file.gz").write_bytes(GZIPPED)
    assert run_offline(destination, tmp_path).strip() == str(tmp_path)


def test_the_mirror_comes_first_and_is_absolute(monkeypatch):
    monkeypatch.delenv("ONELAYER_MIRROR", raising=False)
    assert sources_of("mnist", ["https://a.org/", "data"], "/project") == ["https://a.org/", "/project/data"]
    monkeypatch.setenv("ONELAYER_MIRROR", "http://127.0.0.1/")
    assert sources_of("mnist", ["https://a.org/"], "/project") == ["http://127.0.0.1/mnist", "https://a.org/"]
    monkeypatch.setenv("ONELAYER_MIRROR", "folder")
    with pytest.raises(InputError, match="ONELAYER_MIRROR = 'folder'"):
        sources_of("mnist", [], "/project")


@pytest.mark.parametrize("damage", [GZIPPED[:-9], GZIPPED[:50] + b"????" + GZIPPED[54:], b"\x1f\x8b", b"", PAGE])
def test_read_verified_refuses_damage(tmp_path, damage):
    path = tmp_path / "file.gz"
    path.write_bytes(damage)
    with pytest.raises(InputError):
        read_verified(path, EXPECTED)


def test_read_verified_reads_no_more_than_it_expects(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(InputError, match="found more than 300000"):
        read_verified(path, EXPECTED)


def test_a_server_with_a_certificate_that_nobody_signed_is_refused(tmp_path, mirror, destination, certificate):
    with Server(certificate.context) as server:
        good = f"{mirror.address}/good"
        assert fetch("file", FILES, [f"{server.address}/good", good], destination) == good
        assert server.requests == []


def test_a_redirect_from_https_to_http_is_not_followed(mirror, destination, monkeypatch, certificate):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.path))
    with Server(certificate.context) as server:
        server.away = f"{mirror.address}/good"
        with pytest.raises(InputError, match=f"redirects to {mirror.address}/good/file.gz, which is refused"):
            fetch("file", FILES, [f"{server.address}/away"], destination)
        assert mirror.requests == [] and not destination.exists()
        server.away = f"{server.address}/good"
        assert fetch("file", FILES, [f"{server.address}/away"], destination) == f"{server.address}/away"


@pytest.mark.parametrize("location", ["http://[x", "https://[::1"])
def test_a_redirect_to_no_address_is_one_more_bad_source(location):
    with pytest.raises(InputError, match="which is no address"):
        http.redirected("http://example.org/a", location)


def test_a_mirror_that_is_no_address_is_one_more_bad_source(tmp_path):
    with pytest.raises(InputError, match="no source has this file"):
        fetch("file", FILES, ["http://[x"], tmp_path / "file.gz")
