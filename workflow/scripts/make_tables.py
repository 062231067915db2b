"""Make the tables: the runs' metrics, the L2 sweep, published beside rebuilt, and what the report's text is made from."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from onelayer.config import differing_keys, read_yaml
from onelayer.joblog import job
from onelayer.metrics import (
    curve_findings,
    findings_table,
    metrics_table,
    neighbour_correlation,
    smoothness_findings,
    sweep_findings,
    sweep_table,
)
from onelayer.objective import PENALTY_FACTOR
from onelayer.published import published_table
from onelayer.store import read_columns, read_images

PACKAGES = ("pandas", "pyarrow", "matplotlib", "snakemake")  # each run says itself which NumPy trained it


def main(inputs, shown, config, dataset, outputs):
    """Write all tables.

    Parameters
    ----------
    inputs : object with the path `published`, the lists of paths `summaries`, `weights` (of the smallest lambda first, of
        the largest last), and the paths `train` and `validation`
    shown : dict
        From a prefix of findings to the (summary.json, evaluations.parquet) of the run that it is about.
    config, dataset : dict
        The configuration, and the description of its data set.
    outputs : object with a path for each table.
    """
    metrics = metrics_table(inputs.summaries)
    metrics.to_csv(outputs.metrics, index=False)

    softmax = config["tasks"]["softmax"]
    sweep = sweep_table(
        metrics,
        learning_rate=softmax["learning_rate"],
        penalty_factor=PENALTY_FACTOR[config["training"]["penalty"]],
        shuffle=str(softmax["shuffle"][0]).lower(),
    )
    sweep.to_csv(outputs.sweep, index=False)

    published = read_yaml(inputs.published)
    differing = differing_keys(config, published["experiment"])
    published_table(published["values"], metrics, differing).to_csv(outputs.published, index=False)

    findings = findings_of(shown, sweep, inputs.weights, dataset["shape"], config["training"]["patience"])
    findings_table(findings).to_csv(outputs.findings, index=False)

    data = {key: value for key, value in dataset.items() if key != "files"}
    experiment = dict(_flatten({**config, "data": data, "source": published["source"]}))
    experiment["published.differing"] = ", ".join(differing)
    experiment["version.python"] = platform.python_version()
    experiment |= {f"version.{name}": version(name) for name in PACKAGES}
    pd.DataFrame(experiment.items(), columns=["key", "value"]).to_csv(outputs.experiment, index=False)

    rows = []
    for path in (inputs.train, inputs.validation):
        metadata = read_images(path, 0).metadata
        rows += [{"split": metadata["split"], **source} for source in metadata["sources"]]
    pd.DataFrame(rows).to_csv(outputs.data, index=False)


def findings_of(shown, sweep, weights_paths, shape, patience):
    """All findings, a mapping from names to values."""
    findings = {}
    curves = {prefix: read_columns(evaluations) for prefix, (_, evaluations) in shown.items()}
    for prefix, (summary, _) in shown.items():
        run = json.loads(Path(summary).read_text(encoding="utf-8"))
        findings |= {f"{prefix}.{key}": _word(value) for key, value in run.items()}
        findings |= curve_findings(prefix, curves[prefix], patience)
    if "shuffled" in shown:
        findings |= smoothness_findings({prefix: curves[prefix] for prefix in ("in_order", "shuffled")})
    findings |= sweep_findings(sweep)
    for name, path in zip(("low", "high"), (weights_paths[0], weights_paths[-1]), strict=True):
        with np.load(path, allow_pickle=False) as weights:
            findings[f"sweep.neighbour_correlation_{name}"] = neighbour_correlation(weights["last"], shape)
    return findings


def _flatten(document, prefix=""):
    """Pairs of dotted keys and values; a list becomes its items, joined by commas."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            yield f"{prefix}{key}", ", ".join(str(_word(item)) for item in value)
        else:
            yield f"{prefix}{key}", _word(value)


def _word(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            inputs=snakemake.input,
            shown={
                prefix: (snakemake.input[f"{prefix}_summary"], snakemake.input[f"{prefix}_evaluations"])
                for prefix in snakemake.params.shown
            },
            config=snakemake.params.config,
            dataset=snakemake.params.description,
            outputs=snakemake.output,
        )
