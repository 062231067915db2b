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


for stage in ("data", "training", "evidence", "tables", "claims", "figures", "report", "explorer", "predict", "run"):

    include: f"workflow/rules/{stage}.smk"
