"""What the tests share."""

import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from onelayer.store import ImageSet
from tests.mirror import Server

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def images():
    """A small image set: 60 images of 4 x 3 pixels, labels 0 to 4."""
    random = np.random.RandomState(1)
    pixels = random.randint(0, 17, (60, 4, 3)).astype(np.uint8)
    return ImageSet(pixels, random.randint(0, 5, 60).astype(np.uint8), {"pixel_max": 16, "shape": [4, 3]})


@pytest.fixture
def mirror(monkeypatch):
    """A server of mirrors; downloads wait for a tenth of a second where they would wait for long."""
    monkeypatch.setattr("onelayer.download.TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr("onelayer.download.BACKOFF_SECONDS", 0.01)
    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1: its path, and the context of a server that shows it."""
    path = tmp_path_factory.mktemp("certificate") / "certificate.pem"
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path.with_name("key.pem"), "-out", path]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, path.with_name("key.pem"))
    return SimpleNamespace(path=path, context=context)


def snakemake(*arguments, folder, check=True, **environment):
    """Run the project's Snakefile in `folder`; standard output and error together, and the status."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    variables = {key: value for key, value in os.environ.items() if key != "ONELAYER_MIRROR"} | environment
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=ROOT,
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if check:
        assert done.returncode == 0, done.stdout
    return done


def copy_project(target, *without):
    """Copy the project to `target`, without what is made or set up in it and without the patterns `without`."""
    made = (".git", ".venv", "demo", "results", "resources", ".snakemake", "__pycache__")
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*made, *without))


DIGITS = ("--configfile", ROOT / "config/digits.yaml")


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """A folder in which the whole pipeline has run on the embedded digits, and what it printed."""
    folder = tmp_path_factory.mktemp("digits")
    done = snakemake(*DIGITS, "--cores", 2, folder=folder)
    return folder, done.stdout
