"""Report: from tables and figures to a PDF.

Takes  the project's git state, results/data/<dataset>, results/tables/*.csv, results/fig/*.pdf, workflow/report/report.tex.jinja
Makes  results/provenance.json, results/report/report.tex, results/report/report.pdf
"""


rule write_provenance:
    input:
        images=[f"results/data/{DATASET}/{split}.parquet" for split in ("train", "test")],
        modules=modules("errors", "joblog", "idx", "store"),
    output:
        provenance="results/provenance.json",
    log:
        "results/logs/write_provenance.log",
    benchmark:
        "results/benchmarks/write_provenance.tsv"
    conda:
        "../../environment.yml"
    params:
        project=lambda wildcards: project_state(),
        config=EXPERIMENT,
    message:
        "Writing down what the results were made from"
    script:
        "../scripts/write_provenance.py"


rule write_report:
    input:
        template=project("workflow/report/report.tex.jinja"),
        tables=expand("results/tables/{table}.csv", table=TABLES),
        provenance="results/provenance.json",
        modules=modules("errors", "joblog", "report"),
    output:
        tex="results/report/report.tex",
    log:
        "results/logs/write_report.log",
    benchmark:
        "results/benchmarks/write_report.tsv"
    conda:
        "../../environment.yml"
    message:
        "Writing the report"
    script:
        "../scripts/write_report.py"


rule typeset_report:
    input:
        tex="results/report/report.tex",
        figures=expand("results/fig/{figure}.pdf", figure=FIGURES),
        modules=modules("errors", "joblog", "latex"),
    output:
        pdf="results/report/report.pdf",
    log:
        "results/logs/typeset_report.log",
    benchmark:
        "results/benchmarks/typeset_report.tsv"
    conda:
        "../../environment.yml"
    message:
        "Typesetting the report"
    script:
        "../scripts/typeset_report.py"
