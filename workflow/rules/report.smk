"""Report: from tables and figures to a PDF.

Takes  the project's git state, results/data/<dataset>, results/tables/, results/fig/*.pdf, workflow/report/
Makes  results/provenance.json, results/report/report.tex, results/report/report.pdf
"""

TEMPLATES = tuple(
    sorted(str(path.relative_to(f"{PROJECT}/workflow")) for path in Path(PROJECT, "workflow/report").rglob("*.jinja"))
)


rule write_provenance:
    input:
        images=stored_images(*(task[role]["file"] for task in TASKS.values() for role in ("train", "validation"))),
    output:
        provenance="results/provenance.json",
    log:
        "results/logs/write_provenance.log",
    benchmark:
        "results/benchmarks/write_provenance.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("write_provenance.py"),
        project=project_state(),
        config=EXPERIMENT,
        versions=versions(),
    message:
        "Writing down what the results were made from"
    script:
        "../scripts/write_provenance.py"


rule write_report:
    input:
        tables=TABLES + EVIDENCE_FILES + DIAGNOSTIC_TABLES,
        provenance="results/provenance.json",
    output:
        tex="results/report/report.tex",
    log:
        "results/logs/write_report.log",
    benchmark:
        "results/benchmarks/write_report.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("write_report.py", "jinja2", files=TEMPLATES),
        context=context_of(TASKS, DESCRIPTION, PUBLISHED, DIFFERING, FIGURE_NAMES) | {"versions": versions()},
    message:
        "Writing the report"
    script:
        "../scripts/write_report.py"


rule typeset_report:
    input:
        tex="results/report/report.tex",
        figures=[path for path in FIGURE_FILES if path.endswith(".pdf")],
    output:
        pdf=report(
            "results/report/report.pdf",
            caption="../report/captions/report.rst",
            category="Report",
            labels={"document": "report"},
        ),
    log:
        "results/logs/typeset_report.log",
    benchmark:
        "results/benchmarks/typeset_report.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("typeset_report.py"),
    message:
        "Typesetting the report"
    script:
        "../scripts/typeset_report.py"
