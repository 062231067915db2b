# The workflow is workflow/Snakefile. An include leaves its default target behind, so there is one here.
include: "workflow/Snakefile"
include: "workflow/rules/terminal.smk"


rule all:
    input:
        rules.everything.input,
    localrule: True
    message:
        "All is made"
