"""Evidence beside the published experiment, made where the configuration says `evidence: true`, or when asked for by name.

Takes  results/data/<dataset>/{train,test}.parquet, results/runs/**/{weights,snapshots}.npz of one run a lambda
Makes  results/optimum/<task>.{csv,npz}, for each task whose model is smooth and that has a lambda above 0
       results/tables/optimum.csv
"""

# Where every lambda is 0 there is nothing to certify.
SMOOTH_TASKS = [name for name, task in TASKS.items() if is_smooth(task) and any(map(float, task["lambdas"]))]
EVIDENCE_FILES = ["results/tables/optimum.csv"] if config["evidence"] and SMOOTH_TASKS else []


rule find_optimum:
    input:
        unpack(
            lambda wildcards: {
                role: stored_images(roles_of(wildcards)[role]["file"])[0] for role in ("train", "validation")
            }
        ),
        weights=lambda wildcards: run_files(first_runs(TASKS[wildcards.task]), "weights.npz"),
        snapshots=lambda wildcards: run_files(first_runs(TASKS[wildcards.task]), "snapshots.npz"),
    output:
        table="results/optimum/{task}.csv",
        arrays="results/optimum/{task}.npz",
    log:
        "results/logs/find_optimum/{task}.log",
    benchmark:
        "results/benchmarks/find_optimum/{task}.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        # Inputs are floating-point numbers here: twice the bytes that `memory` counts, and the batch is the whole.
        mem_mb=lambda wildcards: memory(5 * TASKS[wildcards.task]["train"]["count"]),
        # Minutes: 20 times what five lambdas took.
        runtime=lambda wildcards: 2 + TASKS[wildcards.task]["train"]["count"] // 5000,
    params:
        code=code_of("find_optimum.py", "numpy", "scipy"),
        task=lambda wildcards: without_grid(TASKS[wildcards.task]),
        runs=lambda wildcards: [tuple(run) for run in first_runs(TASKS[wildcards.task])],
    message:
        "Finding the minimum for each lambda of {wildcards.task}"
    script:
        "../scripts/find_optimum.py"


rule join_optima:
    input:
        [f"results/optimum/{name}.csv" for name in SMOOTH_TASKS],
    output:
        table="results/tables/optimum.csv",
    log:
        "results/logs/join_optima.log",
    benchmark:
        "results/benchmarks/join_optima.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("join_optima.py"),
    message:
        "Putting the minima of all tasks into one table"
    script:
        "../scripts/join_optima.py"
