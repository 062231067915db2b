"""Explorer: the runs as one page that works without network.

Takes  results/runs/**/, results/data/<dataset>, results/tables/, workflow/explorer/
Makes  results/explorer.html, resources/vega-<version>.js
"""

from importlib.metadata import version

from onelayer.explorer import LAMBDAS

VEGA = f"resources/vega-{version('vl-convert-python')}.js"
PAGE_FILES = tuple(sorted(f"explorer/{path.name}" for path in PROJECT.glob("workflow/explorer/*")))


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
        # Of the runs that are not shown the page has curves alone.
        weights=[path for task in TASKS.values() for path in run_files(task.sampled_runs(LAMBDAS), "weights.npz")],
        images=images_of(TRAINED).values(),
        tables=[
            "results/tables/published.csv",
            "results/tables/claims.json",
            *(f"results/tables/{name}.csv" for name in OPTIMUM),
        ],
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
        code=code_of(
            "make_explorer.py",
            "numpy",
            "pyarrow",
            "jinja2",
            modules=ALL_MODELS,
            files=PAGE_FILES,
        ),
        tasks={name: PLAIN_TASKS[name] for name in TRAINED},
        runs=[tuple(run) for run in ALL_RUNS],
        shown=CONFIGURATION.shown,
    message:
        "Making the page to explore and draw on"
    script:
        "../scripts/make_explorer.py"
