"""Data: from the mirrors to Parquet.

Takes  the sources of a data set in config/datasets.yaml, and ONELAYER_MIRROR
Makes  resources/<dataset>/<file>.gz, verified
       results/data/<dataset>/{train,test}.parquet
"""


rule fetch:
    input:
        modules=modules("errors", "joblog", "fetch"),
    output:
        # update: a file that is there is not deleted before the job, which keeps it if it is right.
        raw=update("resources/{dataset}/{file}.gz"),
    log:
        "results/logs/fetch/{dataset}/{file}.log",
    benchmark:
        "results/benchmarks/fetch/{dataset}/{file}.tsv"
    conda:
        "../../environment.yml"
    params:
        expected=lambda wildcards: DATASETS[wildcards.dataset]["files"][wildcards.file],
        sources=lambda wildcards: DATASETS[wildcards.dataset]["sources"],
        project=project("."),
    message:
        "Fetching {wildcards.file} of {wildcards.dataset}"
    script:
        "../scripts/fetch_raw.py"


rule prepare:
    input:
        images=lambda wildcards: "resources/{}/{}.gz".format(
            wildcards.dataset, file_of(DATASETS[wildcards.dataset], wildcards.split, "images")[0]
        ),
        labels=lambda wildcards: "resources/{}/{}.gz".format(
            wildcards.dataset, file_of(DATASETS[wildcards.dataset], wildcards.split, "labels")[0]
        ),
        modules=modules("errors", "joblog", "config", "idx", "fetch", "store"),
    output:
        parquet="results/data/{dataset}/{split}.parquet",
    log:
        "results/logs/prepare/{dataset}/{split}.log",
    benchmark:
        "results/benchmarks/prepare/{dataset}/{split}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=lambda wildcards: {
            key: DATASETS[wildcards.dataset][key] for key in ("shape", "pixel_max", "classes", "files")
        },
    message:
        "Storing the {wildcards.split} images of {wildcards.dataset} as Parquet"
    script:
        "../scripts/prepare.py"
