"""Pages: each table as one, for Snakemake's own report, which shows pages but no CSV files.

Takes  results/tables/*.csv
Makes  results/tables/*.html
"""

SHOWN_TABLES = [path for path in TABLES + EVIDENCE_FILES + DIAGNOSTIC_TABLES if path.endswith(".csv")]
TABLE_PAGES = [path.replace(".csv", ".html") for path in SHOWN_TABLES]


# The first page of Snakemake's own report.
report: "../report/captions/workflow.rst"


rule show_tables:
    input:
        SHOWN_TABLES,
    output:
        [
            report(
                page,
                caption=f"../report/captions/tables/{Path(page).stem}.rst",
                category="Tables",
                labels={"table": Path(page).stem},
            )
            for page in TABLE_PAGES
        ],
    log:
        "results/logs/show_tables.log",
    benchmark:
        "results/benchmarks/show_tables.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("show_tables.py", "jinja2", files=("report/table.html",)),
    message:
        "Writing the tables as pages"
    script:
        "../scripts/show_tables.py"
