"""Evidence, made if the configuration says `evidence: true`: the certified minimum of each objective, and what each task's models
say of each validation image.

Takes  results/data/<dataset>/{train,test}.parquet, results/runs/**/weights.npz of one run a lambda
Makes  results/optimum/<task>.{csv,npz}, for each task whose model is smooth and that has a lambda above 0, without evidence too if a
       published value is of it
       results/tables/{optimum,diagnostics,confusion,comparisons}.csv
"""

from onelayer.models import model_named

# A task whose lambdas are all 0 has nothing to certify.
SMOOTH_TASKS = [
    name for name, task in TASKS.items() if model_named(task.model).smooth and any(map(float, task.lambdas))
]
FIRST_RUNS = [run for task in TASKS.values() for run in task.first_runs]
TRAINED = [name for name, task in TASKS.items() if task.runs]
OPTIMUM = ["optimum"] if config["evidence"] and SMOOTH_TASKS else []
EVIDENCE = [*("diagnostics", "confusion", "comparisons"), *OPTIMUM] if config["evidence"] else []


rule find_optimum:
    input:
        unpack(lambda wildcards: images_of([wildcards.task])),
    output:
        table="results/optimum/{task}.csv",
        arrays="results/optimum/{task}.npz",
    log:
        "results/logs/find_optimum/{task}.log",
    benchmark:
        "results/benchmarks/find_optimum/{task}.tsv"
    group:
        GROUP
    conda:
        "../../environment.yml"
    resources:
        # Inputs are floating-point numbers here: twice the bytes that `memory` counts, and the batch is the whole.
        mem_mb=lambda wildcards: memory(5 * TASKS[wildcards.task].train.size),
        # Minutes: 20 times what five lambdas took.
        runtime=lambda wildcards: 2 + TASKS[wildcards.task].train.size // 5000,
    params:
        code=lambda wildcards: code_of(
            "find_optimum.py", "numpy", "scipy", modules=(f"models/{TASKS[wildcards.task].model}",)
        ),
        setup=lambda wildcards: SETUPS[wildcards.task],
        lambdas=lambda wildcards: sorted(TASKS[wildcards.task].lambdas, key=float),
        # Where images are drawn, those of the first seed.
        seed=lambda wildcards: TASKS[wildcards.task].seeds[0],
    message:
        "Finding the minimum for each lambda of {wildcards.task}"
    script:
        "../scripts/find_optimum.py"


if EVIDENCE:

    rule make_evidence_tables:
        input:
            optima=[f"results/optimum/{name}.csv" for name in SMOOTH_TASKS],
            weights=run_files(FIRST_RUNS, "weights.npz"),
            arrays=[f"results/optimum/{name}.npz" for name in SMOOTH_TASKS],
            images=images_of(TASKS).values(),
        output:
            [table(name) for name in EVIDENCE],
        log:
            "results/logs/make_evidence_tables.log",
        benchmark:
            "results/benchmarks/make_evidence_tables.tsv"
        group:
            GROUP
        conda:
            "../../environment.yml"
        params:
            code=code_of("make_evidence_tables.py", "numpy", "pyarrow", "scipy", modules=ALL_MODELS),
            setups=SETUPS,
            runs=[tuple(run) for run in FIRST_RUNS],
        message:
            "Making the tables of the evidence"
        script:
            "../scripts/make_evidence_tables.py"
