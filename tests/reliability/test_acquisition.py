"""Getting data when servers misbehave, processes are killed, and several want the same file."""

import contextlib
import gzip
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tarfile
import threading
import time

import pytest

from onelayer.errors import InputError
from onelayer.fetch import fetch
from tests.conftest import DIGITS, ROOT, copy_project, snakemake
from tests.mirror import CONTENT, FILES, Server

pytestmark = pytest.mark.reliability

TARGETS = ("results/data/digits/train.parquet", "results/data/digits/test.parquet")


@contextlib.contextmanager
def watched(destination):
    """While the body runs, look at the destination all the time; the list of wrong contents that were seen."""
    wrong, over = [], threading.Event()

    def look():
        while not over.is_set():
            with contextlib.suppress(FileNotFoundError):
                content = destination.read_bytes()
                try:
                    right = gzip.decompress(content) == CONTENT
                except (OSError, EOFError):
                    right = False
                if not right:
                    wrong.append(len(content))
            time.sleep(0.0005)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield wrong
    finally:
        over.set()
        watcher.join()


BAD = ["403", "404", "503", "page", "wrong", "loop", "endless", "stall", "cut-0", "cut-1", "cut-50", "cut-99"]
HELPED = ["slow-1500", "flaky-3", "resume-1", "resume-50", "resume-99", "mixed-50", "plain", "good"]


def test_every_kind_of_bad_mirror_leads_to_the_next(mirror, tmp_path, tally):
    survived = 0
    for kind in BAD:
        destination = tmp_path / kind / "file.gz"
        with watched(destination) as wrong:
            source = fetch("file", FILES, [f"{mirror.address}/{kind}", f"{mirror.address}/good"], destination)
        survived += source.endswith("/good") and not wrong and os.listdir(destination.parent) == ["file.gz"]
    tally("mirrors that fail, another after them", len(BAD), survived, ", ".join(BAD))
    assert survived == len(BAD)


def test_every_kind_of_poor_mirror_is_enough(mirror, tmp_path, tally):
    """A mirror that is slow (longer than the time-out in all), fails for a while or cuts what it sends."""
    survived = 0
    for kind in HELPED:
        destination = tmp_path / kind / "file.gz"
        with watched(destination) as wrong:
            fetch("file", FILES, [f"{mirror.address}/{kind}"], destination)
        survived += gzip.decompress(destination.read_bytes()) == CONTENT and not wrong
    tally("mirrors that are slow, cut or answer late, alone", len(HELPED), survived, ", ".join(HELPED))
    assert survived == len(HELPED)


def test_bad_mirrors_alone_end_in_one_error_and_no_file(mirror, tmp_path, tally):
    survived = 0
    for kind in BAD:
        destination, start = tmp_path / kind / "file.gz", time.monotonic()
        with watched(destination) as wrong, pytest.raises(InputError, match="no source has this file"):
            fetch("file", FILES, [f"{mirror.address}/{kind}"], destination)
        in_time = time.monotonic() - start < mirror.stall_seconds
        survived += in_time and not wrong and not os.listdir(destination.parent)
    tally("mirrors that fail, alone: one error, no file", len(BAD), survived)
    assert survived == len(BAD)


@pytest.fixture(scope="module")
def processes():
    """Processes that start fast, because they come from one that has imported what a fetch needs, and no thread."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["onelayer.fetch", "onelayer.download"])
    return context


def test_killed_downloads_leave_no_corrupt_file_and_the_next_run_succeeds(tmp_path, processes, tally):
    """Each process is killed somewhere between its start and a little after its end; the seed is fixed."""
    moments = random.Random(0)
    destination = tmp_path / "file.gz"
    kills = left = corrupt = succeeded = 0
    with Server() as mirror:
        while kills < 100:
            slow, good = f"{mirror.address}/slow-100", f"{mirror.address}/good"
            process = processes.Process(target=fetch, args=("file", FILES, [slow], destination))
            process.start()
            process.join(moments.uniform(0, 0.2))
            process.kill()
            process.join()
            if process.exitcode == 0:
                destination.unlink()
                continue
            kills += 1
            found = sorted(path.name for path in tmp_path.iterdir())
            left += ".file.gz.part" in found
            assert set(found) <= {".file.gz.part", "file.gz"}
            corrupt += destination.exists() and gzip.decompress(destination.read_bytes()) != CONTENT
            fetch("file", FILES, [good], destination)
            succeeded += gzip.decompress(destination.read_bytes()) == CONTENT and os.listdir(tmp_path) == ["file.gz"]
            destination.unlink()
    tally(
        "downloads killed, then run again", kills, succeeded, f"{corrupt} corrupt files, {left} left-overs, all used up"
    )
    assert (corrupt, succeeded) == (0, 100)
    assert left > 30  # most kills met a download under way


def test_eight_processes_fetch_one_file_once(tmp_path, processes, tally):
    rounds = survived = 0
    with Server() as mirror:
        for rounds in range(1, 11):
            destination = tmp_path / str(rounds) / "file.gz"
            arguments = ("file", FILES, [f"{mirror.address}/{rounds}/slow-50"], destination)
            fetches = [processes.Process(target=fetch, args=arguments) for _ in range(8)]
            for process in fetches:
                process.start()
            for process in fetches:
                process.join()
            survived += (
                [process.exitcode for process in fetches] == [0] * 8
                and gzip.decompress(destination.read_bytes()) == CONTENT
                and os.listdir(destination.parent) == ["file.gz"]
                and len(mirror.requests) == rounds
            )
    tally("eight processes that fetch one file", rounds, survived, "one download each time")
    assert survived == rounds


def test_damaged_raw_files_are_reported_and_healed_by_a_plain_run(tmp_path, tally):
    """Every file of the digits, damaged in its own way, with an old and with a new time; then nothing is left to do."""
    survived = 0
    (tmp_path / "whole").mkdir()
    snakemake(*DIGITS, "--cores", 2, *TARGETS, folder=tmp_path / "whole")
    for round_, keep_time in enumerate([False, True]):
        folder = tmp_path / str(round_)
        shutil.copytree(tmp_path / "whole", folder)
        damages = {}
        for path, damage in zip(sorted((folder / "resources/digits").iterdir()), damaging(), strict=True):
            times = path.stat().st_atime_ns, path.stat().st_mtime_ns
            path.write_bytes(damage(path.read_bytes()))
            damages[path] = times
            if keep_time:
                os.utime(path, ns=times)
        if keep_time:  # Snakemake reads them only if something is to be made of them
            for target in TARGETS:
                (folder / target).unlink()
        done = snakemake(*DIGITS, "--cores", 2, *TARGETS, folder=folder)
        assert "Nothing to be done" in snakemake(*DIGITS, "--cores", 2, *TARGETS, folder=folder).stdout
        for path in damages:
            original = ROOT / "workflow/data/digits" / path.name
            reported = f"Warning: resources/digits/{path.name}: " in done.stdout
            survived += reported and path.read_bytes() == original.read_bytes()
    tally(
        "damaged raw files met by a plain run",
        8,
        survived,
        "reported, fetched anew, and a second run has nothing to do",
    )
    assert survived == 8


def damaging():
    """Four ways to damage a gzip file."""
    return [
        lambda content: content[: len(content) // 2],
        lambda content: content[:40] + bytes([content[40] ^ 255]) + content[41:],
        lambda content: b"<html>Sign in</html>",
        lambda content: b"",
    ]


# An audit hook in every Python process of the run: what connects or asks for a name is written down.
SITECUSTOMIZE = """
import os, sys

def note(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        with open(os.environ["NOTED"], "a") as file:
            print(event, arguments, sys.argv, file=file)

sys.addaudithook(note)
"""


def test_offline_no_process_of_a_run_connects_and_a_file_put_there_by_hand_is_used(tmp_path, tally):
    project, work, site = tmp_path / "project", tmp_path / "work", tmp_path / "site"
    copy_project(project, "*.gz")
    work.mkdir()
    site.mkdir()
    (site / "sitecustomize.py").write_text(SITECUSTOMIZE)
    noted = tmp_path / "noted"
    path = project / "config/datasets.yaml"
    path.write_text(path.read_text().replace("    - workflow/data/digits", "    - https://127.0.0.1:9/digits/"))
    arguments = ("--snakefile", project / "Snakefile", "--cores", 1, *TARGETS, "--config", "dataset=digits")
    environment = {"PYTHONPATH": str(site), "NOTED": str(noted), "ONELAYER_MIRROR": "http://127.0.0.1:9/mirror"}

    def run(*more, check):
        sizes = ("train_images=1297", "validation_images=500")
        return snakemake(*arguments, *sizes, *more, folder=work, check=check, **environment)

    done = run("offline=true", check=False)
    assert done.returncode == 1 and "Traceback" not in done.stdout
    assert (
        "https://127.0.0.1:9/digits/: not asked" in done.stdout
        and "http://127.0.0.1:9/mirror/digits: not asked" in done.stdout
    )
    originals = sorted((ROOT / "workflow/data/digits").glob("*.gz"))
    for original in originals:
        assert f"  {original.name}: " in done.stdout
    assert f"put the files into {work / 'resources/digits'} yourself (make the folder" in done.stdout
    (work / "resources/digits").mkdir(parents=True, exist_ok=True)  # Snakemake removes empty folders of a failed job
    for original in originals:
        shutil.copy(original, work / "resources/digits")
    run("offline=true", check=True)
    assert "Nothing to be done" in run("offline=false", check=True).stdout
    connections = noted.read_text() if noted.exists() else ""
    tally("offline runs, with every socket noted", 2, 2 - bool(connections), "0 connections, 0 look-ups of names")
    assert connections == ""
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"],
        env=os.environ | environment,
        check=True,
    )
    assert "socket.connect" in noted.read_text()  # the hook does note


def test_a_bundle_is_the_same_every_time_and_serves_a_machine_without_network(tmp_path, tally):
    archives = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        snakemake(*DIGITS, "--cores", 2, "results/bundle/digits.tar", folder=folder)
        archives.append(folder / "results/bundle/digits.tar")
    damaged = tmp_path / "second/resources/digits/test-labels-idx1-ubyte.gz"
    damaged.write_bytes(b"damaged")
    archives[1].unlink()
    done = snakemake(*DIGITS, "--cores", 2, "results/bundle/digits.tar", folder=tmp_path / "second")
    assert "test-labels-idx1-ubyte.gz: expected" in done.stdout and "fetched anew" in done.stdout
    assert archives[0].read_bytes() == archives[1].read_bytes()

    extracted = tmp_path / "extracted"
    extracted.mkdir()
    with tarfile.open(archives[0]) as archive:
        assert {(entry.mtime, entry.uid, entry.gid, entry.mode) for entry in archive} == {(0, 0, 0, 0o644)}
    subprocess.run(["tar", "-xf", archives[0], "-C", extracted], check=True)
    licence = (extracted / "digits/LICENCE.txt").read_text()
    for part in (
        "E. Alpaydin and C. Kaynak",
        "CC BY 4.0",
        "creativecommons.org/licenses/by/4.0/",
        "Optical Recognition",
    ):
        assert part in licence
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=extracted / "digits", check=True)

    project, work = tmp_path / "project", tmp_path / "work"
    copy_project(project, "*.gz")
    work.mkdir()
    arguments = ("--snakefile", project / "Snakefile", "--cores", 2, *TARGETS, "--config", "offline=true")
    snakemake(*DIGITS, *arguments, folder=work, ONELAYER_MIRROR=str(extracted))
    assert all((work / target).exists() for target in TARGETS)
    tally("data bundles written, extracted and used as mirror", 2, 2, "byte for byte the same")
