"""Tables: from the runs to their metrics and curves, and to the published values beside the rebuilt ones."""

from onelayer.experiment.values import CONFUSIONS

# What the published values are of, beside the summaries and evaluations of all runs.
VALUES = [value for value in SOURCE.values if DIFFERING.get(value.run.task) == []]
CONFUSED = sorted({value.run.task for value in VALUES if value.column in CONFUSIONS})
OF_BATCHES = {value.run.task for value in VALUES if value.column == "batch_loss"}
AT_MINIMA = {value.run.task for value in VALUES if value.when == "minimum"}
OF_RUNS = {
    "runs": run_files(ALL_RUNS, "summary.json"),
    "evaluations": run_files(ALL_RUNS, "evaluations.parquet"),
    "steps": run_files((run for run in ALL_RUNS if run.task in OF_BATCHES), "steps.parquet"),
    "weights": run_files((run for run in ALL_RUNS if run.task in CONFUSED), "weights.npz"),
    "images": images_of(CONFUSED).values(),
    "minima": minimum_files(sorted(AT_MINIMA)),
}
COMPARED = {"published": [vars(value) for value in SOURCE.values], "differing": DIFFERING}


rule make_tables:
    input:
        **OF_RUNS
        | {
            "ends": run_files((run for name in MINIMISED for run in TASKS[name].first_runs), "weights.npz"),
            "images": images_of({*CONFUSED, *MINIMISED}).values(),
            "minima": minimum_files(sorted({*AT_MINIMA, *MINIMISED})),
        },
    output:
        **{name: table(name) for name in OPTIMUM},
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
        **COMPARED,
        code=code_of("make_tables.py", "numpy", "pandas", "pyarrow", modules=models_of({*CONFUSED, *MINIMISED})),
        tasks=PLAIN_TASKS,
        optimum=MINIMISED,
    message:
        "Making the tables"
    script:
        "../scripts/make_tables.py"


rule verify:
    input:
        **OF_RUNS,
    log:
        "results/logs/verify.log",
    priority: -1  # last, so that its table stands near the end
    localrule: True
    conda:
        "../../environment.yml"
    params:
        **COMPARED,
        setups=SETUPS,
    message:
        "Comparing the rebuilt values with the published ones"
    script:
        "../scripts/verify.py"
