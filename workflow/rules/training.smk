"""Training: from the stored images to the files of each run, and to the check of the gradients."""

RUN = "task={task}/lambda={lam}/shuffle={shuffle}/seed={seed}"
CHECKED = ("model", "classes", "penalty", "inputs", "bias", "train")  # what a gradient depends on


rule train:
    input:
        unpack(lambda wildcards: images_of([wildcards.task])),
    output:
        **{Path(name).stem: f"results/runs/{RUN}/{name}" for name in RUN_FILES},
    log:
        f"results/logs/train/{RUN}.log",
    benchmark:
        f"results/benchmarks/train/{RUN}.tsv"
    priority: 10  # the longest jobs first, so that none is left over for the end
    localrule: "SLURM_JOB_ID" in os.environ  # in a SLURM job they run one by one, without a Snakemake for each (docs/slurm.md)
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
        code=code_of("check_gradients.py", "numpy", modules=models_of(TASKS)),
        setups={name: {key: setup[key] for key in CHECKED} for name, setup in SETUPS.items()},
    message:
        "Checking gradients"
    script:
        "../scripts/check_gradients.py"
