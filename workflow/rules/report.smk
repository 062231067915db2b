"""Report: from tables and figures to a PDF; and the provenance, which alone depends on the project's git state."""

from onelayer.io.programs import project_state, versions

DRAWING = sorted({f"figures/{figure}" for own in FIGURES.values() for figure in own})


rule write_provenance:
    input:
        images=images_of(TASKS).values(),
    output:
        provenance="results/provenance.json",
    log:
        "results/logs/write_provenance.log",
    benchmark:
        "results/benchmarks/write_provenance.tsv"
    priority: 11  # before the trainings: it says what was begun in a folder
    group:
        GROUP
    conda:
        "../../environment.yml"
    params:
        code=code_of("write_provenance.py"),
        project=project_state(PROJECT),
        config=CONFIGURATION.experiment,
        versions=versions(),
    message:
        "Recording provenance"
    script:
        "../scripts/write_provenance.py"


rule write_report:
    input:
        tables=[
            *("results/tables/findings.json", "results/tables/claims.json"),
            *(f"results/tables/{name}.csv" for name in ("metrics", "sweep", "published", "gradients", *OPTIMUM)),
        ],
        images=images_of(TASKS).values(),
    output:
        tex="results/report/report.tex",
    log:
        "results/logs/write_report.log",
    benchmark:
        "results/benchmarks/write_report.tsv"
    priority: 2
    group:
        GROUP
    conda:
        "../../environment.yml"
    params:
        code=code_of("write_report.py", "jinja2", modules=(*models_of(TASKS), *DRAWING), files=("report/**/*.jinja",)),
        context={key: CONFIGURATION.shown[key] for key in ("names", "dataset", "source", "versions")}
        | {
            "tasks": PLAIN_TASKS,
            "figures": FIGURES,
            "clipped": {name: [figure for figure in own if limits_of(name, figure)] for name, own in FIGURES.items()},
            "sections": SOURCE.sections,
            "introduction": SOURCE.introduction,
            "slips": SOURCE.slips,
            "parts_figure": "claims" if PARTS else None,
            "appended": [name for name in SOURCE.tasks if name not in SOURCE.own],
            "differing": DIFFERING,
        },
    message:
        "Writing the report"
    script:
        "../scripts/write_report.py"


rule typeset_report:
    input:
        tex="results/report/report.tex",
        figures=[path for path in FIGURE_FILES if path.endswith(".pdf")],
    output:
        pdf=report("results/report/report.pdf", category="Report", labels={"document": "report"}),
    log:
        "results/logs/typeset_report.log",
    benchmark:
        "results/benchmarks/typeset_report.tsv"
    group:
        GROUP
    conda:
        "../../environment.yml"
    params:
        code=code_of("typeset_report.py"),
    message:
        "Typesetting the report"
    script:
        "../scripts/typeset_report.py"
