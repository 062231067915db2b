"""Collect the summaries of all runs: metrics.csv, the L2 sweep, and published beside rebuilt values."""

from onelayer.config import read_yaml
from onelayer.joblog import job
from onelayer.metrics import metrics_table, sweep_table
from onelayer.objective import PENALTY_FACTOR
from onelayer.published import differing_keys, published_table


def main(summaries, published_path, config, outputs):
    """Write the three tables."""
    metrics = metrics_table(summaries)
    metrics.to_csv(outputs.metrics, index=False)

    softmax = config["tasks"]["softmax"]
    sweep = sweep_table(
        metrics,
        learning_rate=softmax["learning_rate"],
        penalty_factor=PENALTY_FACTOR[config["training"]["penalty"]],
        shuffle=str(softmax["shuffle"][0]).lower(),
    )
    sweep.to_csv(outputs.sweep, index=False)

    published = read_yaml(published_path)
    differing = differing_keys(config, published["experiment"])
    published_table(published["values"], metrics, differing).to_csv(outputs.published, index=False)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            summaries=snakemake.input.summaries,
            published_path=snakemake.input.published,
            config=snakemake.params.config,
            outputs=snakemake.output,
        )
