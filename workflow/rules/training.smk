"""Training: one job a run, and the gradient check.

Takes  results/data/<dataset>/{train,test}.parquet
Makes  results/runs/task=T/lambda=L/shuffle=S/seed=N/{steps,evaluations}.parquet, weights.npz, summary.json
       results/tables/gradients.csv
       results/checkpoints/task=T/..., while a run of more than 10 seconds is under way
"""


rule train:
    input:
        train=f"results/data/{DATASET}/train.parquet",
        validation=f"results/data/{DATASET}/test.parquet",
        modules=modules(
            "errors", "joblog", "idx", "store", "checkpoint", "samples", "objective", "evaluation", "training"
        ),
    output:
        steps="results/runs/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}/steps.parquet",
        evaluations="results/runs/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}/evaluations.parquet",
        weights="results/runs/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}/weights.npz",
        summary="results/runs/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}/summary.json",
    log:
        "results/logs/train/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}.log",
    benchmark:
        "results/benchmarks/train/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}.tsv"
    priority: 10  # the longest jobs first, so that none is left over for the end
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        dataset=DATASET,
        counts={"train": config["train_images"], "validation": config["validation_images"]},
        sources={"train": source_hashes("train"), "validation": source_hashes("test")},
        settings=train_settings,
        # No output: Snakemake would delete it before the job goes on.
        checkpoint="results/checkpoints/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}.npz",
    message:
        "Training {wildcards.task}: lambda {wildcards.lam}, shuffle {wildcards.shuffle}, seed {wildcards.seed}"
    script:
        "../scripts/train.py"


rule check_gradients:
    input:
        train=f"results/data/{DATASET}/train.parquet",
        modules=modules("errors", "joblog", "idx", "store", "samples", "objective", "gradcheck"),
    output:
        table="results/tables/gradients.csv",
    log:
        "results/logs/check_gradients.log",
    benchmark:
        "results/benchmarks/check_gradients.tsv"
    conda:
        "../../environment.yml"
    params:
        images=config["train_images"],
        sources=source_hashes("train"),
        tasks=config["tasks"],
        penalty=config["training"]["penalty"],
    message:
        "Holding every partial derivative to central differences"
    script:
        "../scripts/check_gradients.py"
