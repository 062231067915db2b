"""Explorer: the runs as one page that works without network.

Takes  results/runs/**/, results/data/<dataset>, results/tables/, results/provenance.json, workflow/explorer/
Makes  results/explorer.html
"""

PAGE_FILES = tuple(
    sorted(f"explorer/{path.name}" for path in Path(PROJECT, "workflow/explorer").iterdir() if path.is_file())
)


rule make_explorer:
    input:
        steps=run_files(ALL_RUNS, "steps.parquet"),
        evaluations=run_files(ALL_RUNS, "evaluations.parquet"),
        # Of the runs that are not shown the page has curves alone.
        weights=[
            path
            for name in ("weights.npz", "snapshots.npz")
            for task in TASKS.values()
            for path in run_files(page_candidates(task), name)
        ],
        images=[path for task in TASKS.values() for path in stored_images(task["validation"]["file"])],
        tables=["results/tables/published.csv", "results/tables/claims.json", *EVIDENCE_FILES],
        provenance="results/provenance.json",
    output:
        page=report(
            "results/explorer.html",
            caption="../report/captions/explorer.rst",
            category="Explorer",
            labels={"page": "explorer"},
        ),
    log:
        "results/logs/make_explorer.log",
    benchmark:
        "results/benchmarks/make_explorer.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("make_explorer.py", "numpy", "pyarrow", "jinja2", "vl-convert-python", files=PAGE_FILES),
        tasks=TASKS,
        dataset=shown_description(DESCRIPTION),
        runs=[tuple(run) for run in ALL_RUNS],
    message:
        "Making the page to explore and draw on"
    script:
        "../scripts/make_explorer.py"
