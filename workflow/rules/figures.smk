"""Figures: every one as PNG and as vector PDF. Figures drawn from the same runs are drawn by one job.

Takes  results/runs/**/{steps,evaluations}.parquet, weights.npz, summary.json of the runs that a figure shows
Makes  results/fig/*.{png,pdf}
"""


rule plot_binary:
    input:
        steps=run_files(shuffle_runs(), "steps.parquet"),
        evaluations=run_files(shuffle_runs(), "evaluations.parquet"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        binary_loss=figure_files("binary_loss"),
        binary_accuracy=figure_files("binary_accuracy"),
        shuffle_loss=figure_files("shuffle_loss"),
        shuffle_accuracy=figure_files("shuffle_accuracy"),
    log:
        "results/logs/plot_binary.log",
    benchmark:
        "results/benchmarks/plot_binary.tsv"
    conda:
        "../../environment.yml"
    params:
        shuffles=[run.shuffle for run in shuffle_runs()],
        limits=axis_limits("binary_loss", "binary_accuracy", "shuffle_loss", "shuffle_accuracy"),
    message:
        "Drawing the binary runs"
    script:
        "../scripts/plot_binary.py"


rule plot_softmax:
    input:
        steps=run_file(shown_run("softmax"), "steps.parquet"),
        evaluations=run_file(shown_run("softmax"), "evaluations.parquet"),
        weights=run_files(contrast_runs(), "weights.npz"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        softmax_loss=figure_files("softmax_loss"),
        softmax_accuracy=figure_files("softmax_accuracy"),
        weights=figure_files("weights"),
    log:
        "results/logs/plot_softmax.log",
    benchmark:
        "results/benchmarks/plot_softmax.tsv"
    conda:
        "../../environment.yml"
    params:
        lambdas=[run.lam for run in contrast_runs()],
        classes=config["tasks"]["softmax"]["classes"],
        shape=DATASETS[DATASET]["shape"],
        limits=axis_limits("softmax_loss", "softmax_accuracy"),
    message:
        "Drawing the softmax run and the weights"
    script:
        "../scripts/plot_softmax.py"


rule plot_l2:
    input:
        steps=run_files(sweep_runs(), "steps.parquet"),
        evaluations=run_files(sweep_runs(), "evaluations.parquet"),
        summaries=run_files(sweep_runs(), "summary.json"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        accuracy=figure_files("l2_accuracy"),
        norm=figure_files("l2_norm"),
    log:
        "results/logs/plot_l2.log",
    benchmark:
        "results/benchmarks/plot_l2.tsv"
    conda:
        "../../environment.yml"
    params:
        lambdas=[run.lam for run in sweep_runs()],
        limits=axis_limits("l2_accuracy"),
    message:
        "Drawing the L2 sweep"
    script:
        "../scripts/plot_l2.py"
