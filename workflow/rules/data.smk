"""Data: from the sources to Parquet.

Takes  the data sets in config["datasets"], and ONELAYER_MIRROR
Makes  resources/<dataset>/<file>, verified
       results/data/<dataset>/{train,test}.parquet
       results/bundle/<dataset>.tar, when asked for

A file without a hash is read where it is, in the first local source that has it. Of pictures, Snakemake sees the folders:
a picture that comes or goes makes the Parquet anew; after an edit of one, `make dataset` writes the new hash.
"""

from onelayer.data.description import file_named, raw_path, raw_paths, reading_of


# The hash alone decides what is in the file: no code and no address is a parameter.
rule fetch:
    output:
        # update: a file that is there is not deleted before the job, which keeps it if it is right.
        raw=update("resources/{dataset}/{file}"),
    log:
        "results/logs/fetch/{dataset}/{file}.log",
    benchmark:
        "results/benchmarks/fetch/{dataset}/{file}.tsv"
    wildcard_constraints:
        file="[^/]+",
    localrule: True  # nodes of a cluster often have no way out
    conda:
        "../../environment.yml"
    params:
        sha256=lambda wildcards: file_named(wildcards.dataset, described(wildcards), wildcards.file)["sha256"],
    message:
        "Fetching {wildcards.file} of {wildcards.dataset}"
    script:
        "../scripts/fetch_raw.py"


rule prepare:
    input:
        unpack(lambda wildcards: raw_paths(wildcards.dataset, described(wildcards), wildcards.split, project("."))),
    output:
        parquet="results/data/{dataset}/{split}.parquet",
    log:
        "results/logs/prepare/{dataset}/{split}.log",
    benchmark:
        "results/benchmarks/prepare/{dataset}/{split}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=lambda wildcards: reading_of(described(wildcards), wildcards.split),
        code=code_of("prepare.py", "numpy", "pyarrow"),
    message:
        "Storing the {wildcards.split} images of {wildcards.dataset} as Parquet"
    script:
        "../scripts/prepare.py"


rule bundle:
    input:
        unpack(
            lambda wildcards: {
                role: raw_path(wildcards.dataset, described(wildcards), file, project("."))
                for role, file in described(wildcards).get("files", {}).items()
            }
        ),
    output:
        tar="results/bundle/{dataset}.tar",
    log:
        "results/logs/bundle/{dataset}.log",
    benchmark:
        "results/benchmarks/bundle/{dataset}.tsv"
    conda:
        "../../environment.yml"
    params:
        description=lambda wildcards: {key: value for key, value in described(wildcards).items() if key != "sources"},
        code=code_of("bundle.py"),
    message:
        "Packing the raw files of {wildcards.dataset}"
    script:
        "../scripts/bundle.py"
