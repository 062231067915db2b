"""Print published values beside rebuilt ones, and fail unless every one is met. The numbers come from the files of the runs."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from onelayer.experiment.task import Setup
from onelayer.experiment.values import Value
from onelayer.io.log import job
from onelayer.results.published import in_printed_digits, published_rows
from onelayer.results.rebuilt import Rebuilt

SHOWN = ["place", "quantity", "task", "lambda", "at", "published", "rebuilt", "units", "verdict"]


def main(published: Sequence[Value], rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]]) -> None:
    """Exit with status 1, after the rows that are not met and why, unless all values are met."""
    rows = published_rows(published, rebuilt, differing)
    # Of a confusion matrix whose entries are met the first row stands for all.
    shown = [row for row in rows if row["verdict"] != "met" or row["cell"] in ("", "0 0")]
    print(pd.DataFrame(map(in_printed_digits, shown), columns=SHOWN).fillna("").to_string(index=False))
    counts = Counter(row["verdict"] for row in rows)
    print(f"verify: {counts['met']} of {len(rows)} published values are met")
    unmet = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if verdict != "met")
    if unmet:
        reasons = [f"tasks.{task} differs in {', '.join(keys)}" for task, keys in differing.items() if keys]
        # The file that a missed value comes from; with the name of its rule all its jobs would run.
        missed = [value for value, row in zip(published, rows, strict=True) if row["verdict"] == "missed"]
        for value in missed[:1]:
            run = value.run
            made = f"optimum/{run.task}.csv" if value.when == "minimum" else f"runs/{run.folder}/summary.json"
            reasons.append(f"snakemake verify --forcerun results/{made}")
        sys.exit("; ".join([f"Error: verify: of {len(rows)} published values {unmet}", *reasons]))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        values = [Value(**plain) for plain in snakemake.params.published]
        main(values, Rebuilt.of(setups, snakemake.input), snakemake.params.differing)
