"""Tables: what the runs came to.

Takes  results/runs/**/{summary.json,evaluations.parquet}, config/published.yaml
Makes  results/tables/{metrics,sweep,published}.csv, curves.parquet, findings.json
"""


rule make_tables:
    input:
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
    group:
        "report"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=800 + len(ALL_RUNS) // 5,
    params:
        code=code_of("make_tables.py", "numpy", "pandas", "pyarrow"),
        tasks=PLAIN_TASKS,
        runs=[tuple(run) for run in ALL_RUNS],
        published=SOURCE.values,
        differing=DIFFERING,
    message:
        "Making the tables"
    script:
        "../scripts/make_tables.py"


rule verify:
    input:
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
        published=SOURCE.values,
        differing=DIFFERING,
    message:
        "Comparing the rebuilt values with the published ones"
    script:
        "../scripts/verify.py"
