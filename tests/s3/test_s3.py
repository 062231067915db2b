"""The pipeline with its files in a bucket: a server of S3 on this machine, the plugins that a cluster would use."""

import json
import os
import re
import shutil
import subprocess

import pytest
import requests

from tests.conftest import DIGITS, ROOT

pytestmark = pytest.mark.s3

BUCKET = "onelayer"
EVIDENCE = (*DIGITS, "--config", "evidence=true")
# The server checks no signature, but keeps what is stored from whoever has none.
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, Signature=none"}
# Times, and what they are made of, differ from run to run.
UNCOMPARED = ("results/logs/", "results/benchmarks/")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of S3 with one empty bucket, kept in memory."""
    program, log = shutil.which("moto_server"), tmp_path_factory.mktemp("server") / "log"
    assert program, "moto_server is missing: run the tests with make test-s3"
    with log.open("w") as output:
        process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", "0"], stdout=output, stderr=output)
    try:
        address = None
        while address is None:
            assert process.poll() is None, log.read_text()
            address = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        assert requests.put(f"{address[0]}/{BUCKET}", timeout=30).ok
        yield address[0]
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def snakemake(server):
    """Runs the Snakefile with the environment that has the plugins, in a folder; its output."""
    program = shutil.which("snakemake")
    settings = {"ENDPOINT_URL": server, "ACCESS_KEY": "any", "SECRET_KEY": "any"}
    variables = os.environ | {f"SNAKEMAKE_STORAGE_S3_{key}": value for key, value in settings.items()}

    def run(folder, *arguments):
        command = [program, "--snakefile", ROOT / "Snakefile", "--directory", folder, *arguments]
        done = subprocess.run(
            list(map(str, command)),
            cwd=ROOT,
            env=variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


def stored(server, prefix):
    """The results in the bucket below a prefix: bytes by path."""

    def get(address, **parameters):
        answer = requests.get(f"{server}/{BUCKET}{address}", params=parameters, headers=SIGNED, timeout=30)
        assert answer.ok, answer.text
        return answer

    listing = get("", prefix=f"{prefix}/results/").text
    assert "<IsTruncated>false</IsTruncated>" in listing
    paths = [key.removeprefix(f"{prefix}/") for key in re.findall(r"<Key>([^<]+)</Key>", listing)]
    return {path: get(f"/{prefix}/{path}").content for path in compared(paths)}


def compared(paths):
    return [path for path in paths if not path.startswith(UNCOMPARED)]


def without_machine(provenance):
    """The provenance without when and where it was made."""
    return {key: value for key, value in json.loads(provenance).items() if key != "machine"}


def test_results_in_a_bucket_are_those_of_a_local_run(server, snakemake, tmp_path):
    local, first, other = (tmp_path / name for name in ("local", "first", "other"))
    snakemake(local, *EVIDENCE, "--cores", 2)
    storage = ("--default-storage-provider", "s3", "--default-storage-prefix", f"s3://{BUCKET}/digits")
    snakemake(first, *EVIDENCE, "--cores", 2, *storage)
    expected = {path.relative_to(local).as_posix(): path for path in local.glob("results/**/*") if path.is_file()}
    found = stored(server, "digits")
    assert set(found) == set(compared(expected)) and len(found) > 100
    provenance = "results/provenance.json"
    assert without_machine(found.pop(provenance)) == without_machine(expected[provenance].read_bytes())
    assert [path for path, content in found.items() if content != expected[path].read_bytes()] == []
    assert not (first / "results").exists()
    # Another machine, which has nothing but the bucket, goes on from there.
    assert "Nothing to be done" in snakemake(other, *EVIDENCE, "--cores", 2, *storage, "--dry-run")


def test_the_profile_would_train_in_pods_of_several(snakemake, tmp_path):
    """A dry run: it loads both plugins and the profile, and asks the bucket; no cluster is asked."""
    place = ("--default-storage-prefix", f"s3://{BUCKET}/pods", "--container-image", "onelayer:none")
    profile = ("--workflow-profile", ROOT / "profiles/kubernetes", "--group-components", "train=3")
    output = snakemake(tmp_path, *profile, *place, "--dry-run", *DIGITS)
    pods = output.split("Group job train ")[1:]
    assert sum(pod.count(": Training ") for pod in pods) == 7 and len(pods) == 3, output
