"""Data: from the mirrors to Parquet.

Takes  the sources of a data set in config/datasets.yaml, and ONELAYER_MIRROR
Makes  resources/<dataset>/<file>.gz, verified
       results/data/<dataset>/{train,test}.parquet
       results/bundle/<dataset>.tar, when asked for

Whatever reads a raw file verifies it, and fetches it anew if it is damaged. The scripts read `offline` from the
configuration, not from a parameter: changing it makes nothing again.
"""


rule fetch:
    input:
        modules=modules("errors", "joblog", "download", "fetch"),
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
        description=described("files", "sources"),
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
        modules=modules("errors", "joblog", "config", "idx", "download", "fetch", "store"),
    output:
        parquet="results/data/{dataset}/{split}.parquet",
    log:
        "results/logs/prepare/{dataset}/{split}.log",
    benchmark:
        "results/benchmarks/prepare/{dataset}/{split}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=described("shape", "pixel_max", "classes", "files", "sources"),
        project=project("."),
    message:
        "Storing the {wildcards.split} images of {wildcards.dataset} as Parquet"
    script:
        "../scripts/prepare.py"


rule bundle:
    input:
        raw=lambda wildcards: [
            f"resources/{wildcards.dataset}/{name}.gz" for name in DATASETS[wildcards.dataset]["files"]
        ],
        modules=modules("errors", "joblog", "download", "fetch"),
    output:
        tar="results/bundle/{dataset}.tar",
    log:
        "results/logs/bundle/{dataset}.log",
    benchmark:
        "results/benchmarks/bundle/{dataset}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=described(
            "title", "subject", "authors", "licence", "licence_address", "citation", "files", "sources"
        ),
        project=project("."),
    message:
        "Packing the raw files of {wildcards.dataset}"
    script:
        "../scripts/bundle.py"
