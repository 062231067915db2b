"""Training: one job a run, and the gradient check.

Takes  results/data/<dataset>/{train,test}.parquet
Makes  results/runs/task=T/lambda=L/shuffle=S/seed=N/{steps,evaluations}.parquet, weights.npz, summary.json
       results/tables/gradients.csv
"""


rule train:
    input:
        unpack(lambda wildcards: images_of([wildcards.task])),
    output:
        **{
            Path(name).stem: f"results/runs/task={{task}}/lambda={{lam}}/shuffle={{shuffle}}/seed={{seed}}/{name}"
            for name in RUN_FILES
        },
    log:
        "results/logs/train/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}.log",
    benchmark:
        "results/benchmarks/train/task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}.tsv"
    priority: 10  # the longest jobs first, so that none is left over for the end
    # In a SLURM job, which takes many trainings, they run one by one without a Snakemake for each (docs/slurm.md).
    localrule: "SLURM_JOB_ID" in os.environ
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda wildcards: memory(sum(images.size for images in TASKS[wildcards.task].sets.values())),
        runtime=lambda wildcards: minutes(TASKS[wildcards.task]),
    params:
        code=lambda wildcards: code_of("train.py", "numpy", modules=modules_of(wildcards.task)),
        settings=lambda wildcards: TASKS[wildcards.task].settings(Run.of(wildcards)).plain(),
    message:
        "Training {wildcards.task}: lambda {wildcards.lam}, shuffle {wildcards.shuffle}, seed {wildcards.seed}"
    script:
        "../scripts/train.py"


rule check_gradients:
    input:
        images_of(TASKS, "train").values(),
    output:
        table=table("gradients"),
    log:
        "results/logs/check_gradients.log",
    benchmark:
        "results/benchmarks/check_gradients.tsv"
    priority: 2
    group:
        GROUP
    conda:
        "../../environment.yml"
    resources:
        mem_mb=memory(max(task.train.size for task in TASKS.values())),
    params:
        code=code_of("check_gradients.py", "numpy", modules=ALL_MODELS),
        setups={
            name: {key: setup[key] for key in ("model", "classes", "penalty", "inputs", "bias", "train")}
            for name, setup in SETUPS.items()
        },
    message:
        "Checking gradients"
    script:
        "../scripts/check_gradients.py"
