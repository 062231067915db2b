"""Figures: every one as PNG and as vector PDF. Those of a task that need the same runs are drawn by one job.

Takes  results/runs/**/ of the runs that a figure shows, results/optimum/<task>.npz
Makes  results/fig/*.{png,pdf}
"""

FIGURE_FILES = [f"results/fig/{name}.{format}" for name in FIGURE_NAMES.values() for format in ("png", "pdf")]


for task in TASKS.values():
    for drawn in ("run", "comparison", EVIDENCE):
        figures = [figure for figure in figures_of(task, drawn) if (task["name"], figure) in FIGURE_NAMES]
        if not figures:
            continue
        runs = runs_shown(task, figures)

        rule:
            name:
                f"plot_{task['name']}_{drawn}"
            input:
                summaries=run_files(runs, "summary.json"),
                others=[path for file in RUN_FILES if file != "summary.json" for path in run_files(runs, file)],
                optimum=[f"results/optimum/{task['name']}.npz"] if drawn == EVIDENCE else [],
            output:
                **{figure: outputs_of(task, figure) for figure in figures},
            log:
                f"results/logs/plot/{task['name']}_{drawn}.log",
            benchmark:
                f"results/benchmarks/plot/{task['name']}_{drawn}.tsv"
            group:
                "report"
            conda:
                "../../environment.yml"
            params:
                code=code_of(
                    "plot.py",
                    "numpy",
                    "matplotlib",
                    modules=tuple(f"figures/{figure}.py" for figure in figures),
                    files=("report/onelayer.mplstyle",),
                ),
                task=without_grid(task),
                shown={figure: [tuple(run) for run in FIGURES[figure].runs(task)] for figure in figures},
                class_names=class_names(DESCRIPTION, task["classes"]),
                shape=DESCRIPTION["shape"],
                limits={figure: axis_limits(PUBLISHED, DIFFERING, task["name"], figure) for figure in figures},
            message:
                f"Drawing {task['name']}: {', '.join(figures)}"
            script:
                "../scripts/plot.py"
