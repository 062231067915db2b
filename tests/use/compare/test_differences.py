"""Two finished folders beside each other: what is the same, and what differs."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from onelayer.compare import page
from onelayer.compare.differences import COLUMNS, differences_of
from onelayer.compare.folders import RunKey, read_folder
from onelayer.compare.images import paired_tests
from onelayer.data.store import read_images
from tests.conftest import DIGITS, snakemake
from tests.use.compare.conftest import FIRST_SOFTMAX, change_csv, change_json, compare, parts_of

COMPARED = [
    "provenance.json",
    *(f"tables/{name}" for name in ("metrics.csv", "curves.parquet", "claims.json", "published.csv")),
]


@pytest.fixture(scope="module")
def other_lambda(digits, tmp_path_factory):
    """The finished folder run again with one lambda of one task changed, as far as a comparison reads it."""
    folder = parts_of(digits, tmp_path_factory.mktemp("changed") / "mine")
    for part in (".snakemake", "resources"):  # so that only what differs is made again
        shutil.copytree(digits / part, folder / part)
    overlay = folder / "overlay.yaml"
    overlay.write_text('tasks: {softmax: {lambdas: ["0.0", "2.0", "0.3", "0.02", "0.002"]}}')
    snakemake(*DIGITS, overlay, "--cores", 2, *(f"results/{name}" for name in COMPARED), folder=folder)
    return folder


def test_equal_runs_have_no_difference(digits, copy, tmp_path, capsys):
    change_json(copy / "results/provenance.json", lambda document: document["machine"].update(time="1999", cores=99))
    rows, html = compare(digits, copy, tmp_path / "out")
    assert rows == [] and (tmp_path / "out/comparison.csv").read_text() == ",".join(COLUMNS) + "\n"
    runs = len(pd.read_csv(digits / "results/tables/metrics.csv"))
    assert "Nothing differs" in html and "<table>" not in html
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"A is {digits.name}, B is copy: nothing differs; {runs} runs in both",
        str(tmp_path / "out/comparison.html"),
        str(tmp_path / "out/comparison.csv"),
    ]


def test_one_changed_lambda_is_all_that_is_listed(digits, other_lambda, tmp_path):
    rows, html = compare(digits, other_lambda, tmp_path / "out")
    accuracy = {}
    for side, folder, lam in (("a", digits, "0.2"), ("b", other_lambda, "0.3")):
        table = pd.read_csv(folder / "results/tables/metrics.csv", dtype=str)
        accuracy[side] = table[(table["task"] == "softmax") & (table["lambda"] == lam)]["validation_accuracy"].item()
    # The project's own commit may change while tests run.
    assert [{key: value for key, value in row.items() if value} for row in rows if row["kind"] != "code"] == [
        {
            "kind": "configuration",
            "key": "tasks.softmax.lambdas",
            "a": "0.0, 2.0, 0.2, 0.02, 0.002",
            "b": "0.0, 2.0, 0.3, 0.02, 0.002",
            "difference": "only A: 0.2; only B: 0.3",
        },
        {"kind": "run", "task": "softmax", "lambda": "0.2", "shuffle": "true", "seed": "0", "key": "validation_accuracy", "a": accuracy["a"]},
        {"kind": "run", "task": "softmax", "lambda": "0.3", "shuffle": "true", "seed": "0", "key": "validation_accuracy", "b": accuracy["b"]},
    ]  # fmt: skip
    assert html.count("<figure>") == 1 and "λ = 0.2, shuffled, seed 0 in A, λ = 0.3 in B" in html
    assert html.count('class="line-a" points') == html.count('class="line-b" points') == 2


def test_the_same_bytes_at_every_comparison_wherever_the_folders_lie(digits, other_lambda, tmp_path):
    parts_of(digits, tmp_path / "elsewhere" / digits.name)
    parts_of(other_lambda, tmp_path / "elsewhere/mine")
    compare(digits, other_lambda, tmp_path / "one")
    compare(tmp_path / "elsewhere" / digits.name, tmp_path / "elsewhere/mine", tmp_path / "two")
    for name in ("comparison.html", "comparison.csv"):
        content = (tmp_path / "one" / name).read_bytes()
        assert content == (tmp_path / "two" / name).read_bytes()
        assert str(tmp_path).encode() not in content and str(digits.parent).encode() not in content


def test_settings_versions_data_and_verdicts(digits, copy, tmp_path):
    def change(document):
        document["configuration"]["training"]["batch_size"] = 64
        document["configuration"]["tasks"]["binary"]["note"] = True
        document["configuration"]["tasks"]["softmax"]["lambdas"][0] = "0.00"  # the same number
        document["configuration"]["tasks"]["gone"] = None  # a task that is left out
        document["versions"]["numpy"] = "9.9"
        document["data"][0]["images"] = 5
        document["project"] = {"version": "0.9", "commit": "f" * 40, "clean": None}

    change_json(copy / "results/provenance.json", change)
    change_json(copy / "results/tables/claims.json", lambda claims: claims[0].update(verdict="<b>odd</b>"))
    change_csv(copy / "results/tables/published.csv", lambda table: table.loc.__setitem__((2, "verdict"), "missed"))
    a, b = read_folder_with(digits), read_folder_with(copy, check=False)
    found = [(one.kind, one.key, one.a, one.b) for one in differences_of(a, b, [])]
    project = json.loads((digits / "results/provenance.json").read_text())
    first = next(iter(a.claims))

    def shown(value):
        return {True: "true", False: "false", None: "null"}.get(value, value)

    assert found == [
        ("configuration", "training.batch_size", "32", "64"),
        ("configuration", "tasks.binary.note", None, "true"),
        ("data", "train.images", "1297", "5"),
        ("version", "numpy", project["versions"]["numpy"], "9.9"),
        ("code", "version", project["project"]["version"], "0.9"),
        ("code", "commit", shown(project["project"]["commit"]), "f" * 40),
        *([("code", "clean", shown(project["project"]["clean"]), "null")] if project["project"]["clean"] is not None else []),
        ("claim", first, a.claims[first]["verdict"], "<b>odd</b>"),
        ("published", "Task 2 (d): validation loss", "does not apply", "missed"),
    ]  # fmt: skip
    html = page.render(a, b, differences_of(a, b, []), [], {})
    assert "&lt;b&gt;odd&lt;/b&gt;" in html and "<b>odd" not in html and "tasks.\u200bbinary.\u200bnote" in html


def read_folder_with(path, check=True):
    """A folder as read; without the check of its runs, where a test has changed the settings alone."""
    with pytest.MonkeyPatch.context() as patch:
        if not check:
            patch.setattr("onelayer.compare.folders._check_finished", lambda *arguments: None)
        return read_folder(str(path))


def test_metrics_and_curves_of_runs_in_both(digits, copy, tmp_path):
    def change(table):
        row = table.index[(table["task"] == "softmax") & (table["lambda"] == "0.02")][0]
        table.loc[row, "train_accuracy"] = "0.125"
        table.loc[row, "weight_norm_squared"] = repr(float(table.loc[row, "weight_norm_squared"]) * (1 + 1e-10))
        table.loc[row, "train_loss"] = repr(float(table.loc[row, "train_loss"]) * (1 + 1e-8))
        table.loc[row, "diverged"] = "true"
        table.loc[row, "steps"] = str(int(table.loc[row, "steps"]) + 7)

    change_csv(copy / "results/tables/metrics.csv", change)
    curves = pd.read_parquet(copy / "results/tables/curves.parquet")
    rows = curves.index[(curves["task"] == "softmax") & (curves["lambda"] == 0.02)]
    curves.loc[rows[1:], "validation_loss"] *= 1 + 1e-10
    curves.loc[rows[3:], "validation_loss"] += 0.5
    curves.to_parquet(copy / "results/tables/curves.parquet")
    found, html = compare(digits, copy, tmp_path / "out")
    assert {(row["task"], row["lambda"], row["shuffle"], row["seed"]) for row in found} == {
        ("softmax", "0.02", "true", "0")
    }
    by_key = {row["key"]: row for row in found}
    step = curves.loc[rows[3], "step"]
    assert list(by_key) == ["steps", "train_loss", "train_accuracy", "diverged", f"validation_loss from step {step}"]
    assert by_key["steps"]["difference"] == "7" and by_key["diverged"]["difference"] == ""
    accuracy = by_key["train_accuracy"]
    assert float(accuracy["difference"]) == 0.125 - float(accuracy["a"])
    assert float(by_key[f"validation_loss from step {step}"]["difference"]) == pytest.approx(0.5)
    assert html.count("<figure>") == 1 and "1 of the " in html and "+7</span>" in html


def test_a_metric_that_one_folder_alone_has(digits):
    a = read_folder(str(digits))
    run = next(iter(a.runs))
    b = a._replace(metrics=a.metrics | {run: a.metrics[run] | {"brier_score": "0.25"}})
    for pair, values in (((a, b), (None, "0.25")), ((b, a), ("0.25", None))):
        (found,) = differences_of(*pair, [])
        assert (found.key, found.a, found.b, found.difference, found.run) == ("brier_score", *values, "", run)


def test_mcnemar_counts_the_images_that_one_folder_alone_gets_right(digits, copy, tmp_path):
    """Of two weights that differ in all, counted again here from the images, against SciPy's binomial test."""
    path = copy / FIRST_SOFTMAX / "weights.npz"
    with np.load(path, allow_pickle=False) as arrays:
        arrays = dict(arrays)
    before = arrays["last"].copy()
    arrays["last"] = before + np.random.RandomState(3).normal(0, 0.3, before.shape)
    np.savez(path, **arrays)
    stored = read_images(digits / "results/data/digits/test.parquet")
    pixels = stored.images.reshape(len(stored.images), -1)
    inputs = np.hstack([(pixels - 8.0) / 8.0, np.ones((len(pixels), 1))])
    one, two = ((inputs @ weights.T).argmax(axis=1) == stored.labels for weights in (before, arrays["last"]))
    only = int((one & ~two).sum()), int((two & ~one).sum())
    assert min(only) > 0
    p = binomtest(only[0], sum(only)).pvalue
    ((row,), html) = compare(digits, copy, tmp_path / "out")
    assert (row["kind"], row["task"], row["lambda"]) == ("mcnemar", "softmax", "0.0")
    assert (int(row["a"]), int(row["b"]), int(row["difference"])) == (*only, only[1] - only[0])
    runs = len(pd.read_csv(digits / "results/tables/metrics.csv"))
    assert 0 < runs * p < 0.5  # so that the adjusted p is another number
    assert float(row["p"]) == pytest.approx(p, rel=1e-9, abs=0) and float(row["p_holm"]) == pytest.approx(
        runs * p, rel=1e-9, abs=0
    )
    assert (
        f'{len(one)}</td><td class="number">{only[0]}</td><td class="number">{only[1]}</td><td class="number">{p:.3g}<'
        in html
    )


def test_other_images_are_not_tested(digits):
    a = read_folder(str(digits))
    data = [part | ({"sha256": "0"} if part["split"] == "test" else {}) for part in a.provenance["data"]]
    tasks = a.tasks | {"binary": a.tasks["binary"] | {"classes": [2, 4]}}
    softmax = {"softmax": a.tasks["softmax"] | {"validation": {"file": "test", "first": 1, "count": 499}}}
    for changed, reasons in (
        (a._replace(provenance=a.provenance | {"data": data}), {name: "other validation images" for name in a.tasks}),
        (a._replace(tasks=tasks | softmax), {"binary": "other classes", "softmax": "other validation images"}),
    ):
        assert paired_tests(a, changed) == ([], reasons)
    # In another order of the classes, the same weights in that order decide the same.
    reverse = a.tasks["softmax"]["classes"][::-1]
    runs = {
        key: SimpleNamespace(last_weights=files.last_weights[::-1])
        for key, files in a.runs.items()
        if key.task == "softmax"
    }
    turned = a._replace(tasks=a.tasks | {"softmax": a.tasks["softmax"] | {"classes": reverse}}, runs=runs)
    assert [(test.run.task, test.only_a + test.only_b) for test in paired_tests(a, turned)[0]] == [
        ("softmax", 0)
    ] * len(runs)
    tested, untested = paired_tests(a, a)
    assert [test.run for test in tested] == list(a.runs) and untested == {}
    assert all((test.only_a, test.only_b, test.p, test.p_holm) == (0, 0, 1, 1) for test in tested)


def test_runs_are_paired_by_the_number_of_lambda(digits, copy, tmp_path):
    def change(table):
        table["lambda"] = table["lambda"].replace({"0.02": "0.020", "0.002": "2e-3"})

    change_csv(copy / "results/tables/metrics.csv", change)
    rows, _ = compare(digits, copy, tmp_path / "out")
    assert rows == []
    assert RunKey("t", 0.002, True, 4).place == "λ = 0.002, shuffled, seed 4"
    assert RunKey("t", 0.0, False, 0).place == "λ = 0.0, file order"
