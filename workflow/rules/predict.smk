"""Predict: what the models say of pictures of one's own, when asked for by name.

Takes  the pictures of `images_to_predict`, results/runs/**/{summary.json,weights.npz} of the tasks with more than two classes
Makes  results/predictions.{csv,png}

Of each task one run speaks: that of the largest validation accuracy, which is known when all have been trained.
"""

from onelayer.data.readers import visible

ASKED_TASKS = {name: task for name, task in TASKS.items() if len(task["classes"]) > 2}


def asked_pictures():
    """The pictures to predict, and what stands against it; where something does, nothing is trained for it."""
    asked = config["images_to_predict"]
    if not asked:
        return [], "images_to_predict: name pictures, as with --config images_to_predict=my_digits/"
    if "preparation" not in DESCRIPTION:
        return [], f"images_to_predict: {DATASET} has no preparation, so no picture can be made like its images"
    if not ASKED_TASKS:
        return [], "images_to_predict: no task has more than two classes"
    # Relative to where the command was given, and not to --directory.
    path = Path(os.path.normpath(Path(workflow.workdir_init, asked)))
    if not path.exists():
        return [], f"images_to_predict: {path}: there is no such file or folder"
    found = [path] if path.is_file() else [file for file in visible(path) if file.is_file()]
    return list(map(str, found)), None if found else f"images_to_predict: {path}: there is no file in this folder"


PICTURES, PROBLEM = asked_pictures()
ASKED_RUNS = [run for name in ASKED_TASKS for run in RUNS[name] if not PROBLEM]


rule predict_pictures:
    input:
        pictures=PICTURES,
        summaries=run_files(ASKED_RUNS, "summary.json"),
        weights=run_files(ASKED_RUNS, "weights.npz"),
    output:
        table="results/predictions.csv",
        sheet="results/predictions.png",
    log:
        "results/logs/predict_pictures.log",
    benchmark:
        "results/benchmarks/predict_pictures.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code_of(
            "predict_pictures.py",
            "numpy",
            "scipy",
            "pillow",
            "pandas",
            "matplotlib",
            files=("report/onelayer.mplstyle",),
        ),
        problem=PROBLEM,
        tasks={name: without_grid(task) for name, task in ASKED_TASKS.items()},
        runs=[tuple(run) for run in ASKED_RUNS],
        dataset={key: DESCRIPTION.get(key) for key in ("shape", "pixel_max", "preparation", "classes")},
        class_names=class_names(DESCRIPTION, DESCRIPTION["classes"]),
    message:
        "Predicting pictures"
    script:
        "../scripts/predict_pictures.py"
