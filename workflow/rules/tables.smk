"""Tables: what the runs came to.

Takes  results/runs/**/{summary.json,evaluations.parquet}, config/published.yaml
Makes  results/tables/{metrics,sweep,published}.csv, curves.parquet, findings.json
"""

ALL_RUNS = [run for runs in RUNS.values() for run in runs]
TABLES = [
    f"results/tables/{name}"
    for name in (
        "metrics.csv",
        "curves.parquet",
        "sweep.csv",
        "published.csv",
        "gradients.csv",
        "findings.json",
        "claims.csv",
        "claims.json",
    )
]


rule make_tables:
    input:
        summaries=run_files(ALL_RUNS, "summary.json"),
        evaluations=run_files(ALL_RUNS, "evaluations.parquet"),
    output:
        metrics="results/tables/metrics.csv",
        curves="results/tables/curves.parquet",
        sweep="results/tables/sweep.csv",
        published="results/tables/published.csv",
        findings="results/tables/findings.json",
    log:
        "results/logs/make_tables.log",
    benchmark:
        "results/benchmarks/make_tables.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=800 + len(ALL_RUNS) // 5,
    params:
        code=code_of("make_tables.py", "numpy", "pandas", "pyarrow"),
        tasks=TASKS,
        runs=[tuple(run) for run in ALL_RUNS],
        published=PUBLISHED["values"],
        differing=DIFFERING,
    message:
        "Making the tables"
    script:
        "../scripts/make_tables.py"


rule verify:
    input:
        metrics="results/tables/metrics.csv",
    log:
        "results/logs/verify.log",
    priority: -1  # last, so that its table stands near the end
    localrule: True
    conda:
        "../../environment.yml"
    params:
        published=PUBLISHED["values"],
        differing=DIFFERING,
    message:
        "Holding the rebuilt values to the published ones"
    script:
        "../scripts/verify.py"
