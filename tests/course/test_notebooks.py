"""The notebooks run from top to bottom: on the results of the digits, with the stubs and with the solutions."""

import os

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

COURSE = ROOT / "docs/course"


@pytest.fixture
def run(tmp_path):
    """A function that executes a notebook of the course and gives the outputs of all its cells."""

    def execute(name, **environment):
        notebook = nbformat.read(COURSE / name, as_version=4)
        inline = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "IPYTHONDIR": str(tmp_path)}
        client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(COURSE)}})
        client.execute(env=os.environ | inline | environment)
        return [output for cell in notebook.cells for output in cell.get("outputs", [])]

    return execute


def images(outputs):
    return sum("image/png" in output.get("data", {}) for output in outputs)


def printed(outputs):
    return "".join(output.get("text", "") for output in outputs)


def test_results_draws_three_figures_of_a_finished_run(run, digits):
    assert images(run("results.ipynb", ONELAYER_RESULTS=str(digits / "results"))) == 3


def test_the_exercises_pass_with_the_solutions(run):
    outputs = run("exercises.ipynb", ONELAYER_ANSWERS="solutions")
    assert [f"Exercise {number}: right." in printed(outputs) for number in range(1, 11)] == [True] * 10
    assert images(outputs) == 4


def test_the_exercises_run_before_anything_is_filled_in(run):
    outputs = run("exercises.ipynb", ONELAYER_ANSWERS="exercises")
    assert printed(outputs).count("is not filled in yet") == 10
    assert images(outputs) == 0
