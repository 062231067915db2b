"""Tables: what the runs came to.

Takes  results/runs/**/{summary.json,evaluations.parquet}, and what the published values of the source are of
Makes  results/tables/{metrics,sweep,published}.csv, curves.parquet, findings.json
"""

from onelayer.experiment.values import CONFUSIONS

# What the published values are of, beside the summaries and evaluations of all runs.
VALUES = [value for value in SOURCE.values if DIFFERING.get(value.run.task) == []]
CONFUSED = sorted({value.run.task for value in VALUES if value.column in CONFUSIONS})
OF_BATCHES = {value.run.task for value in VALUES if value.column == "batch_loss"}
AT_MINIMUM = sorted({value.run.task for value in VALUES if value.when == "minimum"})
OF_VALUES = {
    "steps": run_files((run for run in ALL_RUNS if run.task in OF_BATCHES), "steps.parquet"),
    "weights": run_files((run for run in ALL_RUNS if run.task in CONFUSED), "weights.npz"),
    "images": list(images_of(CONFUSED).values()),
    "minima": [f"results/optimum/{name}.{kind}" for name in AT_MINIMUM for kind in ("csv", "npz")],
}
PLAIN_VALUES = [value.plain() for value in SOURCE.values]


rule make_tables:
    input:
        **OF_VALUES,
        summaries=run_files(ALL_RUNS, "summary.json"),
        evaluations=run_files(ALL_RUNS, "evaluations.parquet"),
    output:
        metrics=table("metrics"),
        sweep=table("sweep"),
        published=table("published"),
        curves="results/tables/curves.parquet",
        findings="results/tables/findings.json",
    log:
        "results/logs/make_tables.log",
    benchmark:
        "results/benchmarks/make_tables.tsv"
    priority: 2  # the way to the PDF is the longest: tables and report, then figures, beside the last of it the page
    group:
        GROUP
    conda:
        "../../environment.yml"
    resources:
        mem_mb=800 + len(ALL_RUNS) // 5,
    params:
        code=code_of("make_tables.py", "numpy", "pandas", "pyarrow", modules=ALL_MODELS if CONFUSED else ()),
        tasks=PLAIN_TASKS,
        runs=[tuple(run) for run in ALL_RUNS],
        published=PLAIN_VALUES,
        differing=DIFFERING,
    message:
        "Making the tables"
    script:
        "../scripts/make_tables.py"


rule verify:
    input:
        **OF_VALUES,
        evaluations=run_files(ALL_RUNS, "evaluations.parquet"),
        summaries=run_files(ALL_RUNS, "summary.json"),
    log:
        "results/logs/verify.log",
    priority: -1  # last, so that its table stands near the end
    localrule: True
    conda:
        "../../environment.yml"
    params:
        setups=SETUPS,
        runs=[tuple(run) for run in ALL_RUNS],
        published=PLAIN_VALUES,
        differing=DIFFERING,
    message:
        "Comparing the rebuilt values with the published ones"
    script:
        "../scripts/verify.py"
