"""Figures: every one as PNG and as vector PDF. Figures drawn from the same runs are drawn by one job.

Takes  results/runs/**/{steps,evaluations}.parquet, weights.npz, summary.json of the runs that a figure shows
Makes  results/fig/*.{png,pdf}
"""


rule plot_binary:
    input:
        steps=run_file(shown_run("binary"), "steps.parquet"),
        evaluations=run_file(shown_run("binary"), "evaluations.parquet"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        loss=["results/fig/binary_loss.png", "results/fig/binary_loss.pdf"],
        accuracy=["results/fig/binary_accuracy.png", "results/fig/binary_accuracy.pdf"],
    log:
        "results/logs/plot_binary.log",
    benchmark:
        "results/benchmarks/plot_binary.tsv"
    conda:
        "../../environment.yml"
    params:
        limits={"loss": axis_limits("binary_loss"), "accuracy": axis_limits("binary_accuracy")},
    message:
        "Drawing loss and accuracy of the binary run"
    script:
        "../scripts/plot_run.py"


rule plot_softmax:
    input:
        steps=run_file(shown_run("softmax"), "steps.parquet"),
        evaluations=run_file(shown_run("softmax"), "evaluations.parquet"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        loss=["results/fig/softmax_loss.png", "results/fig/softmax_loss.pdf"],
        accuracy=["results/fig/softmax_accuracy.png", "results/fig/softmax_accuracy.pdf"],
    log:
        "results/logs/plot_softmax.log",
    benchmark:
        "results/benchmarks/plot_softmax.tsv"
    conda:
        "../../environment.yml"
    params:
        limits={"loss": axis_limits("softmax_loss"), "accuracy": axis_limits("softmax_accuracy")},
    message:
        "Drawing loss and accuracy of the softmax run"
    script:
        "../scripts/plot_run.py"


rule plot_shuffle:
    input:
        steps=run_files(shuffle_runs(), "steps.parquet"),
        evaluations=run_files(shuffle_runs(), "evaluations.parquet"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        loss=["results/fig/shuffle_loss.png", "results/fig/shuffle_loss.pdf"],
        accuracy=["results/fig/shuffle_accuracy.png", "results/fig/shuffle_accuracy.pdf"],
    log:
        "results/logs/plot_shuffle.log",
    benchmark:
        "results/benchmarks/plot_shuffle.tsv"
    conda:
        "../../environment.yml"
    params:
        shuffles=[run.shuffle for run in shuffle_runs()],
        limits={"loss": axis_limits("shuffle_loss"), "accuracy": axis_limits("shuffle_accuracy")},
    message:
        "Drawing binary training with and without shuffling"
    script:
        "../scripts/plot_shuffle.py"


rule plot_weights:
    input:
        weights=run_files(contrast_runs(), "weights.npz"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        png="results/fig/weights.png",
        pdf="results/fig/weights.pdf",
    log:
        "results/logs/plot_weights.log",
    benchmark:
        "results/benchmarks/plot_weights.tsv"
    conda:
        "../../environment.yml"
    params:
        lambdas=[run.lam for run in contrast_runs()],
        classes=config["tasks"]["softmax"]["classes"],
        shape=DATASETS[DATASET]["shape"],
    message:
        "Drawing the weights"
    script:
        "../scripts/plot_weights.py"


rule plot_l2:
    input:
        steps=run_files(sweep_runs(), "steps.parquet"),
        evaluations=run_files(sweep_runs(), "evaluations.parquet"),
        summaries=run_files(sweep_runs(), "summary.json"),
        style=project("workflow/report/onelayer.mplstyle"),
        modules=modules("errors", "joblog", "idx", "store", "figures"),
    output:
        accuracy=["results/fig/l2_accuracy.png", "results/fig/l2_accuracy.pdf"],
        norm=["results/fig/l2_norm.png", "results/fig/l2_norm.pdf"],
    log:
        "results/logs/plot_l2.log",
    benchmark:
        "results/benchmarks/plot_l2.tsv"
    conda:
        "../../environment.yml"
    params:
        lambdas=[run.lam for run in sweep_runs()],
        limits={"accuracy": axis_limits("l2_accuracy")},
    message:
        "Drawing the L2 sweep"
    script:
        "../scripts/plot_l2.py"
