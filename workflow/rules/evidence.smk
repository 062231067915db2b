"""Evidence, with `evidence: true`: from the images to certified minima."""

from onelayer.models import model_named

# A task whose lambdas are all 0 has nothing to certify.
SMOOTH_TASKS = [name for name, own in TASKS.items() if any(map(float, own.lambdas)) and model_named(own.model).smooth]
MINIMISED = SMOOTH_TASKS if config["evidence"] else []
OPTIMUM = ["optimum"] if MINIMISED else []  # the name of the table of minima


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
        mem_mb=lambda wildcards: memory(5 * TASKS[wildcards.task].train.size),  # in float64, and the batch is the whole
        runtime=lambda wildcards: 2 + TASKS[wildcards.task].train.size // 5000,  # 20 times what five lambdas took
    params:
        code=lambda wildcards: code_of("find_optimum.py", "numpy", "scipy", modules=models_of([wildcards.task])),
        setup=lambda wildcards: SETUPS[wildcards.task],
        lambdas=lambda wildcards: sorted(TASKS[wildcards.task].lambdas, key=float),
        seed=lambda wildcards: TASKS[wildcards.task].seeds[0],  # where it draws the images
    message:
        "Finding the minimum for each lambda of {wildcards.task}"
    script:
        "../scripts/find_optimum.py"
