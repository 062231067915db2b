"""The real Snakefile where things go wrong while it runs."""

import re
import subprocess
import sys
import time

from tests.conftest import DIGITS, ROOT, snakemake


def test_a_run_that_diverges_is_one_error_and_no_table(tmp_path):
    """At a learning rate of 1e6, in the type that overflows first."""
    fast = tmp_path / "fast.yaml"
    fast.write_text('training: {dtype: float32}\ntasks: {softmax: {learning_rate: 1.0e+6, lambdas: ["0.0"]}}\n')
    done = snakemake(*DIGITS, fast, "--cores", 2, "results/tables/metrics.csv", folder=tmp_path, check=False)
    errors = [line for line in done.stdout.splitlines() if line.startswith("Error:")]
    said = r"Error: softmax, lambda 0: the \w+ loss at step \d+ is \S+: training diverged; lower tasks\.softmax\.learning_rate"
    assert done.returncode == 1 and len(errors) == 1 and re.match(said, errors[0])
    assert "Traceback" not in done.stdout and "RuntimeWarning" not in done.stdout
    assert (
        not list((tmp_path / "results").glob("runs/task=softmax/**/*.*")) and not (tmp_path / "results/tables").exists()
    )


def test_a_second_run_in_the_same_folder_is_refused_in_one_line(tmp_path):
    command = [sys.executable, "-m", "snakemake", *map(str, DIGITS), "--cores", "1", "--directory", str(tmp_path)]
    first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (tmp_path / ".snakemake/run.lock").exists():
        time.sleep(0.05)
    second = snakemake(*DIGITS, "--cores", 1, folder=tmp_path, check=False)
    assert second.returncode == 1 and "another run is at work in this folder; wait for it to end" in second.stdout
    assert "Traceback" not in second.stdout and first.poll() is None
    snakemake(*DIGITS, "--dry-run", folder=tmp_path)
    first.kill()
    first.wait()
