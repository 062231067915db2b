"""Data: from the sources in config["datasets"], or ONELAYER_MIRROR, to verified files in resources/ and Parquet in results/data/.

A file without a hash is read where it is.
"""


# The hash alone decides what is in the file: no code and no address is a parameter.
rule fetch:
    output:
        # update: a file that is there is not deleted before the job, which keeps it if it is right.
        raw=update("resources/{dataset}/{file}"),
    log:
        "results/logs/fetch/{dataset}/{file}.log",
    benchmark:
        "results/benchmarks/fetch/{dataset}/{file}.tsv"
    localrule: True  # nodes of a cluster often have no way out
    conda:
        "../../environment.yml"
    resources:
        downloads=1,
    params:
        sha256=lambda wildcards: DATASETS[wildcards.dataset].fetched_file(wildcards.file)["sha256"],
    message:
        "Fetching {wildcards.file} of {wildcards.dataset}"
    script:
        "../scripts/fetch_raw.py"


rule prepare:
    input:
        unpack(lambda wildcards: DATASETS[wildcards.dataset].raw_paths(wildcards.split)),
    output:
        parquet="results/data/{dataset}/{split}.parquet",
    log:
        "results/logs/prepare/{dataset}/{split}.log",
    benchmark:
        "results/benchmarks/prepare/{dataset}/{split}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=lambda wildcards: DATASETS[wildcards.dataset].reading(wildcards.split),
        code=lambda wildcards: code_of(
            "prepare.py", "numpy", "pyarrow", modules=(f"data/readers/{DATASETS[wildcards.dataset].format}",)
        ),
    message:
        "Storing the {wildcards.split} images of {wildcards.dataset} as Parquet"
    script:
        "../scripts/prepare.py"
