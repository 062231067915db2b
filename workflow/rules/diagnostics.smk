"""Diagnostics, made where the configuration says `evidence: true`: what each task's models say of each validation image.

Takes  results/data/<dataset>/{train,test}.parquet, results/runs/**/weights.npz of one run a lambda
Makes  results/predictions/<task>.parquet
       results/tables/{diagnostics,confusion,calibration,ranking,comparisons}.csv
       results/fig/<task>_{examples,confusion,mistakes,reliability,roc}.{png,pdf}
"""

DIAGNOSTIC_TABLES = [
    f"results/tables/{name}.csv"
    for name in ("diagnostics", "confusion", "calibration", "ranking", "comparisons")
    if config["evidence"]
]


rule predict_validation:
    input:
        images=lambda wildcards: stored_images(TASKS[wildcards.task]["validation"]["file"])[0],
        weights=lambda wildcards: run_files(first_runs(TASKS[wildcards.task]), "weights.npz"),
    output:
        predictions="results/predictions/{task}.parquet",
    log:
        "results/logs/predict_validation/{task}.log",
    benchmark:
        "results/benchmarks/predict_validation/{task}.tsv"
    group:
        "report"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        # Inputs are float64 here: twice the bytes that `memory` counts.
        mem_mb=lambda wildcards: memory(3 * TASKS[wildcards.task]["validation"]["count"]),
    params:
        code=code_of("predict_validation.py", "numpy", "pyarrow"),
        task=lambda wildcards: without_grid(TASKS[wildcards.task]),
        runs=lambda wildcards: [tuple(run) for run in first_runs(TASKS[wildcards.task])],
    message:
        "Predicting the validation images of {wildcards.task}"
    script:
        "../scripts/predict_validation.py"


if config["evidence"]:

    rule make_diagnostics:
        input:
            predictions=[f"results/predictions/{name}.parquet" for name in TASKS],
        output:
            diagnostics="results/tables/diagnostics.csv",
            confusion="results/tables/confusion.csv",
            calibration="results/tables/calibration.csv",
            ranking="results/tables/ranking.csv",
            comparisons="results/tables/comparisons.csv",
        log:
            "results/logs/make_diagnostics.log",
        benchmark:
            "results/benchmarks/make_diagnostics.tsv"
        group:
            "report"
        conda:
            "../../environment.yml"
        params:
            code=code_of("make_diagnostics.py", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy"),
            classes={name: task["classes"] for name, task in TASKS.items()},
        message:
            "Making the tables of the predictions"
        script:
            "../scripts/make_diagnostics.py"

    for task in TASKS.values():
        figures = diagnostics_of(task)

        rule:
            name:
                f"plot_{task['name']}_diagnostics"
            input:
                predictions=f"results/predictions/{task['name']}.parquet",
                train=stored_images(task["train"]["file"])[0],
                validation=stored_images(task["validation"]["file"])[0],
            output:
                **{figure: outputs_of(task, figure) for figure in figures},
            log:
                f"results/logs/plot/{task['name']}_diagnostics.log",
            benchmark:
                f"results/benchmarks/plot/{task['name']}_diagnostics.tsv"
            group:
                "report"
            conda:
                "../../environment.yml"
            params:
                code=code_of(
                    "plot_diagnostics.py",
                    "numpy",
                    "matplotlib",
                    "scikit-learn",
                    modules=tuple(f"figures/{figure}.py" for figure in figures),
                    files=("report/onelayer.mplstyle",),
                ),
                task=without_grid(task),
                figures=figures,
                class_names=class_names(DESCRIPTION, task["classes"]),
            message:
                f"Drawing {task['name']}: {', '.join(figures)}"
            script:
                "../scripts/plot_diagnostics.py"
