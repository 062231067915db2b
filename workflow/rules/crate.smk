"""Crate: the results as a research object that others can archive, read by machine and cite.

Takes  what `all` makes, the files of each run, minima and predictions where there is evidence, the project's own files
Makes  results/onelayer.crate.zip, when asked for: a Workflow Run RO-Crate

The images stay out: they are named by address and hash.
"""

# Files and folders of the project that are packed with the results.
PACKED = (
    *("Snakefile", "workflow", "config", "profiles", "environment.yml", "requirements.txt", "pyproject.toml"),
    *("README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "LICENSES", "results/README.md"),
)


rule crate:
    input:
        results=everything_made,
        optima=[f"results/optimum/{task}.npz" for task in SMOOTH_TASKS if config["evidence"]],
        predictions=[f"results/predictions/{task}.parquet" for task in TASKS if config["evidence"]],
        runs=[path for name in RUN_FILES for path in run_files(ALL_RUNS, name)],
        tex="results/report/report.tex",
        provenance="results/provenance.json",
    output:
        crate="results/onelayer.crate.zip",
    log:
        "results/logs/crate.log",
    benchmark:
        "results/benchmarks/crate.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code_of("write_crate.py"),
        files=lambda wildcards: files_under(project("."), PACKED),
        content=lambda wildcards: content_hash(Path(project(path)) for path in files_under(project("."), PACKED)),
        dataset=DATASET,
        description=DESCRIPTION,
    message:
        "Packing the results as an RO-Crate"
    script:
        "../scripts/write_crate.py"
