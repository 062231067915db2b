# The workflow: the stages, and the default target. What each stage takes and makes is said in its file.
from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/common.smk"


rule all:
    input:
        lambda wildcards: everything(),
    localrule: True
    message:
        "Done"


include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/predict.smk"
include: "workflow/rules/run.smk"
