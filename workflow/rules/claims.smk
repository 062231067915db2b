"""Claims: what the data say of each claim of the source.

Takes  the files of the runs that claims.yaml of the source names, with evidence the minima, and images where they are varied
Makes  results/tables/claims.{csv,json}, results/fig/claims.{png,pdf}
"""

CLAIMS = CONFIGURATION.claims
# Of tasks with other settings, or that are left out, the ledger says so without their runs.
CLAIMED = [
    task
    for task in TASKS.values()
    if any(task.name in claim.all_tasks and not (claim.held and DIFFERING.get(task.name)) for claim in CLAIMS)
]
CLAIMED_RUNS = [run for task in CLAIMED for run in task.runs]
OVER_IMAGES = {name for claim in CLAIMS if claim.by_image or claim.at == "minimum" for name in claim.all_tasks}
MINIMA = {name for claim in CLAIMS if claim.at == "minimum" for name in claim.tasks} & {task.name for task in CLAIMED}


rule decide_claims:
    input:
        steps=run_files(CLAIMED_RUNS, "steps.parquet"),
        evaluations=run_files(CLAIMED_RUNS, "evaluations.parquet"),
        weights=run_files(CLAIMED_RUNS, "weights.npz"),
        summaries=run_files(CLAIMED_RUNS, "summary.json"),
        minima=[
            f"results/optimum/{name}.{kind}"
            for name in sorted(MINIMA)
            if config["evidence"]
            for kind in ("csv", "npz")
        ],
        images=list(images_of([task.name for task in CLAIMED if task.name in OVER_IMAGES]).values()),
    output:
        csv=table("claims"),
        json="results/tables/claims.json",
    log:
        "results/logs/decide_claims.log",
    benchmark:
        "results/benchmarks/decide_claims.tsv"
    priority: 2
    group:
        GROUP
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        code=code_of(
            "decide_claims.py",
            "numpy",
            "pyarrow",
            "scipy",
            modules=tuple(sorted({f"models/{task.model}" for task in CLAIMED})),
        ),
        claims=[vars(claim) for claim in CLAIMS],
        runs=[tuple(run) for run in CLAIMED_RUNS],
        setups={task.name: SETUPS[task.name] for task in CLAIMED},
        differing=DIFFERING,
        shape=DATASET.shape,
    message:
        "Deciding the claims of the source"
    script:
        "../scripts/decide_claims.py"


# A figure of the claims that are varied over data, if the runs of every part are there.
PARTS = [claim for claim in CLAIMS if claim.over == "data" and {*claim.tasks} <= {task.name for task in CLAIMED}]
PARTS_FILES = [f"results/fig/claims.{kind}" for kind in ("png", "pdf") if PARTS]

if PARTS:

    rule plot_claims:
        input:
            claims="results/tables/claims.json",
        output:
            png=report("results/fig/claims.png", category="Figures", labels={"figure": "claims"}),
            pdf="results/fig/claims.pdf",
        log:
            "results/logs/plot_claims.log",
        benchmark:
            "results/benchmarks/plot_claims.tsv"
        group:
            GROUP
        conda:
            "../../environment.yml"
        params:
            code=code_of("plot_claims.py", "numpy", "matplotlib", files=("report/onelayer.mplstyle",)),
            claims=[vars(claim) for claim in PARTS],
        message:
            "Drawing the claims"
        script:
            "../scripts/plot_claims.py"
