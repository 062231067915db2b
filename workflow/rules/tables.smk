"""Tables: what the runs came to.

Takes  results/runs/**/summary.json, the evaluations of the runs that the text speaks of, config/published.yaml
Makes  results/tables/{metrics,sweep,published,findings,experiment,data}.csv
"""

# The runs that the report's text speaks of, by the prefix of their findings.
SHOWN = {"binary": shown_run("binary"), "softmax": shown_run("softmax")}
if len(config["tasks"]["binary"]["shuffle"]) == 2:
    SHOWN |= {"in_order": shown_run("binary", shuffle=False), "shuffled": shown_run("binary", shuffle=True)}


rule make_tables:
    input:
        **{f"{name}_summary": run_file(run, "summary.json") for name, run in SHOWN.items()},
        **{f"{name}_evaluations": run_file(run, "evaluations.parquet") for name, run in SHOWN.items()},
        summaries=run_files([run for task in TASKS for run in RUNS[task]], "summary.json"),
        weights=run_files(contrast_runs(), "weights.npz"),
        published=project("config/published.yaml"),
        train=f"results/data/{DATASET}/train.parquet",
        validation=f"results/data/{DATASET}/test.parquet",
        modules=modules("errors", "joblog", "config", "idx", "store", "objective", "metrics", "published"),
    output:
        metrics="results/tables/metrics.csv",
        sweep="results/tables/sweep.csv",
        published="results/tables/published.csv",
        findings="results/tables/findings.csv",
        experiment="results/tables/experiment.csv",
        data="results/tables/data.csv",
    log:
        "results/logs/make_tables.log",
    benchmark:
        "results/benchmarks/make_tables.tsv"
    conda:
        "../../environment.yml"
    params:
        config=EXPERIMENT,
        description=DATASETS[DATASET],
        shown=list(SHOWN),
    message:
        "Making the tables"
    script:
        "../scripts/make_tables.py"


rule verify:
    input:
        table="results/tables/published.csv",
        modules=modules("errors", "joblog"),
    log:
        "results/logs/verify.log",
    conda:
        "../../environment.yml"
    params:
        differing=DIFFERING,
    message:
        "Holding the rebuilt values to the published ones"
    script:
        "../scripts/verify.py"
