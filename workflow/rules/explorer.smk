"""Explorer: from the runs, images and tables to one page that works without network."""

from importlib.metadata import version

from onelayer.explorer import LAMBDAS

VEGA = f"resources/vega-{version('vl-convert-python')}.js"
TRAINED = [name for name, task in TASKS.items() if task.runs]
# Of the runs that are not shown the page has curves alone.
SAMPLED = [run for task in TASKS.values() for run in task.sampled_runs(LAMBDAS)]


# It takes longer than the rest of the page, and is the same until there is a new version: kept beside the downloads.
rule bundle_vega:
    output:
        VEGA,
    log:
        "results/logs/bundle_vega.log",
    conda:
        "../../environment.yml"
    params:
        code=code_of("bundle_vega.py"),
    message:
        "Bundling the library that draws the explorer's curves"
    script:
        "../scripts/bundle_vega.py"


rule make_explorer:
    input:
        vega=VEGA,
        steps=run_files(ALL_RUNS, "steps.parquet"),
        evaluations=run_files(ALL_RUNS, "evaluations.parquet"),
        weights=run_files(SAMPLED, "weights.npz"),
        images=images_of(TRAINED).values(),
        tables=["results/tables/claims.json", *(f"results/tables/{name}.csv" for name in ("published", *OPTIMUM))],
    output:
        page=report("results/explorer.html", category="Explorer", labels={"page": "explorer"}),
    log:
        "results/logs/make_explorer.log",
    benchmark:
        "results/benchmarks/make_explorer.tsv"
    group:
        GROUP
    conda:
        "../../environment.yml"
    params:
        code=code_of("make_explorer.py", "numpy", "pyarrow", "jinja2", modules=models_of(TASKS), files=("explorer/*",)),
        tasks={name: PLAIN_TASKS[name] for name in TRAINED},
        shown=CONFIGURATION.shown,
    message:
        "Making the page to explore and draw on"
    script:
        "../scripts/make_explorer.py"
