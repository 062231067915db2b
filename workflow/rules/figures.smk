"""Figures: as PNG and PDF; those of a task that show the same runs are drawn by one job.

Takes  results/runs/**/ of the runs that a figure shows; with evidence results/optimum/<task>.csv, results/data/<dataset>
Makes  results/fig/*.{png,pdf}
"""

from onelayer.figures import drawn_together, named_figures

try:
    FIGURES = named_figures(
        {name: task for name, task in TASKS.items() if SOURCE.draws(name)}, config["evidence"], SOURCE.figure_name
    )
except InputError as error:
    sys.exit(f"Error: {error}")

FIGURE_FILES = [
    f"results/fig/{file}.{kind}" for own in FIGURES.values() for file in own.values() for kind in ("png", "pdf")
]


def limits_of(task, figure):
    """The published limits of a figure's vertical axis if the task is the published one; None: the data decide."""
    return SOURCE.limits(task, figure) if DIFFERING.get(task) == [] else None


def inputs_of(task, reads, runs):
    """What figures are drawn from."""
    if reads == "predictions":
        return images_of([task.name]) | {"runs": run_files(runs, "weights.npz")}
    others = [path for file in RUN_FILES[:-1] for path in run_files(runs, file)]
    minima = {"minima": f"results/optimum/{task.name}.csv"} if reads == "optimum" else {}
    return {"runs": run_files(runs, "summary.json"), "others": others} | minima


def outputs_of(task, figure):
    """The files of a figure; Snakemake's own report shows the PNG."""
    file = f"results/fig/{FIGURES[task.name][figure]}"
    labels = {"figure": figure.replace("_", " ")}
    return [report(f"{file}.png", category="Figures", subcategory=task.name, labels=labels), f"{file}.pdf"]


for task in TASKS.values():
    for (reads, runs), figures in drawn_together(task, FIGURES.get(task.name, {})):

        rule:
            name:
                f"plot_{task.name}_{figures[0]}"
            input:
                **inputs_of(task, reads, runs),
            output:
                **{figure: outputs_of(task, figure) for figure in figures},
            log:
                f"results/logs/plot/{task.name}_{figures[0]}.log",
            benchmark:
                f"results/benchmarks/plot/{task.name}_{figures[0]}.tsv"
            priority: 1
            group:
                GROUP
            conda:
                "../../environment.yml"
            params:
                code=code_of(
                    "plot.py",
                    "numpy",
                    "matplotlib",
                    modules=(*(f"figures/{figure}" for figure in figures), f"models/{task.model}"),
                    files=("report/onelayer.mplstyle",),
                ),
                task=task.name,
                setup=SETUPS[task.name],
                runs=[tuple(run) for run in runs],
                class_names=DATASET.names(task.classes),
                shape=DATASET.shape,
                limits={figure: limits_of(task.name, figure) for figure in figures},
            message:
                f"Drawing {task.name}: {', '.join(figures)}"
            script:
                "../scripts/plot.py"
