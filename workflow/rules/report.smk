"""Report: from tables and figures to a PDF; and the provenance, which alone depends on the project's git state.

Takes  results/data/<dataset>, results/tables/, results/fig/*.pdf, workflow/report/
Makes  results/report/report.tex, results/report/report.pdf, results/provenance.json
"""

from onelayer.io.programs import project_state, versions

TEMPLATES = tuple(
    sorted(str(path.relative_to(PROJECT / "workflow")) for path in PROJECT.glob("workflow/report/**/*.jinja"))
)
IMAGES = list(images_of(TASKS).values())


rule write_provenance:
    input:
        images=IMAGES,
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
            *(f"results/tables/{name}.csv" for name in ("metrics", "sweep", "published", "gradients")),
            *(f"results/tables/{name}.json" for name in ("findings", "claims")),
            *(f"results/tables/{name}.csv" for name in OPTIMUM),
        ],
        images=IMAGES,
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
        code=code_of(
            "write_report.py",
            "jinja2",
            modules=(
                *ALL_MODELS,
                *sorted({f"figures/{figure}" for own in FIGURES.values() for figure in own}),
            ),
            files=TEMPLATES,
        ),
        context={key: CONFIGURATION.shown[key] for key in ("names", "dataset", "versions")}
        | {
            "tasks": PLAIN_TASKS,
            "figures": FIGURES,
            "clipped": {name: [figure for figure in own if limits_of(name, figure)] for name, own in FIGURES.items()},
            "sections": SOURCE.sections,
            "source": SOURCE.details,
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
        figures=[path for path in (*FIGURE_FILES, *PARTS_FILES) if path.endswith(".pdf")],
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
