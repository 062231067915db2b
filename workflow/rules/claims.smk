"""Claims: what the data say of each claim of the source.

Takes  results/tables/metrics.csv, curves.parquet, with evidence optimum.csv, and claims.yaml of the source
Makes  results/tables/claims.{csv,json}
"""


rule decide_claims:
    input:
        "results/tables/metrics.csv",
        "results/tables/curves.parquet",
        [f"results/tables/{name}.csv" for name in OPTIMUM],
    output:
        csv=table("claims"),
        json="results/tables/claims.json",
    log:
        "results/logs/decide_claims.log",
    benchmark:
        "results/benchmarks/decide_claims.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    params:
        code=code_of("decide_claims.py", "numpy", "pandas", "scipy"),
        claims=SOURCE.claims,
    message:
        "Deciding the claims of the source"
    script:
        "../scripts/decide_claims.py"
