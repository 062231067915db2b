"""Figures: from the runs to PNG and PDF; those of a task that show the same runs are drawn by one job."""

from onelayer.figures import drawn_together, named_figures

DRAWN = {name: task for name, task in TASKS.items() if SOURCE.draws(name)}
try:
    FIGURES = named_figures(DRAWN, config["evidence"], SOURCE.figure_name)
except InputError as error:
    sys.exit(f"Error: {error}")

FILES = [file for own in FIGURES.values() for file in own.values()] + ["claims"] * bool(PARTS)
FIGURE_FILES = [f"results/fig/{file}.{kind}" for file in FILES for kind in ("png", "pdf")]


def limits_of(task, figure):
    """The published limits of a figure's vertical axis if the task is the published one; None: the data decide."""
    return SOURCE.limits(task, figure) if DIFFERING.get(task) == [] else None


def inputs_of(task, reads, runs):
    """What figures are drawn from."""
    if reads == "predictions":
        return images_of([task.name]) | {"runs": run_files(runs, "weights.npz")}
    minima = {"minima": f"results/optimum/{task.name}.csv"} if reads == "optimum" else {}
    return {"runs": run_files(runs, "summary.json"), "others": run_files(runs, *RUN_FILES[:-1])} | minima


def outputs_of(task, figure):
    """The files of a figure; Snakemake's own report shows the PNG."""
    file, labels = f"results/fig/{FIGURES[task][figure]}", {"figure": figure.replace("_", " ")}
    return [report(f"{file}.png", category="Figures", subcategory=task, labels=labels), f"{file}.pdf"]


for task in TASKS.values():
    for (reads, runs), figures in drawn_together(task, FIGURES.get(task.name, {})):
        modules = (*(f"figures/{figure}" for figure in figures), *models_of([task.name]))

        rule:
            name:
                f"plot_{task.name}_{figures[0]}"
            input:
                **inputs_of(task, reads, runs),
            output:
                **{figure: outputs_of(task.name, figure) for figure in figures},
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
                code=code_of("plot.py", "numpy", "matplotlib", modules=modules, files=(STYLE,)),
                setups={task.name: SETUPS[task.name]},
                class_names=DATASET.names(task.classes),
                shape=DATASET.shape,
                limits={figure: limits_of(task.name, figure) for figure in figures},
            message:
                f"Drawing {task.name}: {', '.join(figures)}"
            script:
                "../scripts/plot.py"
