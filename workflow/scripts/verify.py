"""Print published values beside rebuilt ones, and fail unless every one is met."""

import sys

import pandas as pd

from onelayer.joblog import job, log


def main(table_path, differing):
    """Exit status 0 if all values are met; 1, with the rows that are not, otherwise."""
    table = pd.read_csv(table_path, dtype=str, keep_default_na=False)
    print(table.to_string(index=False))
    log.info("\n%s", table.to_string(index=False))
    unmet = table[table["verdict"] != "met"]
    if differing:
        sys.exit(f"verify: the published values do not apply: the configuration differs in {', '.join(differing)}")
    if len(unmet):
        sys.exit(f"verify: {len(unmet)} of {len(table)} published values are not met:\n{unmet.to_string(index=False)}")
    print(f"verify: all {len(table)} published values are met")


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(snakemake.input.table, snakemake.params.differing)
