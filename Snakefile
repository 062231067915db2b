# The front door: configuration, stages, targets. What each stage takes and makes is said in its file.
from snakemake.utils import min_version

min_version("9.9")


configfile: f"{workflow.basedir}/config/config.yaml"
configfile: f"{workflow.basedir}/config/datasets.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/diagnostics.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


localrules:
    all,
    fetch,  # nodes of a cluster often have no way out
    verify,


rule all:
    default_target: True
    input:
        run_files(ALL_RUNS, "summary.json"),
        TABLES,
        FIGURE_FILES,
        EVIDENCE_FILES,
        DIAGNOSTIC_TABLES,
        "results/provenance.json",
        report_targets(),
