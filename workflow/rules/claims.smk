"""Claims: from the runs that the claims of the source are about to a verdict on each, and a figure of those varied over data."""

CLAIMS = CONFIGURATION.claims
# Of tasks with other settings, or that are left out, the ledger says so without their runs.
ASKED = {name for claim in CLAIMS for name in claim.all_tasks if not (claim.held and DIFFERING.get(name))}
CLAIMED = {name: task for name, task in TASKS.items() if name in ASKED}
CLAIMED_RUNS = [run for task in CLAIMED.values() for run in task.runs]
OVER_IMAGES = {name for claim in CLAIMS if claim.by_image or claim.at == "minimum" for name in claim.all_tasks}
MINIMA = {name for claim in CLAIMS if claim.at == "minimum" for name in claim.tasks} & {*CLAIMED}
# Of those varied over data there is a figure, if the runs of every part are there.
PARTS = [claim for claim in CLAIMS if claim.over == "data" and {*claim.tasks} <= {*CLAIMED}]


rule decide_claims:
    input:
        runs=run_files(CLAIMED_RUNS, "summary.json"),
        others=run_files(CLAIMED_RUNS, *RUN_FILES[:-1]),
        minima=minimum_files(sorted(MINIMA) if config["evidence"] else []),
        images=images_of(name for name in CLAIMED if name in OVER_IMAGES).values(),
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
    params:
        code=code_of("decide_claims.py", "numpy", "pyarrow", "scipy", modules=models_of(CLAIMED)),
        claims=[vars(claim) for claim in CLAIMS],
        setups={name: SETUPS[name] for name in CLAIMED},
        differing=DIFFERING,
        shape=DATASET.shape,
    message:
        "Deciding the claims of the source"
    script:
        "../scripts/decide_claims.py"


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
            code=code_of("plot_claims.py", "numpy", "matplotlib", files=(STYLE,)),
            claims=[vars(claim) for claim in PARTS],
        message:
            "Drawing the claims"
        script:
            "../scripts/plot_claims.py"
