"""Predict: what the models say of pictures of one's own, when asked for by name.

Takes  the pictures of `images_to_predict`, results/runs/**/{summary.json,weights.npz} of the tasks with more than two classes
Makes  results/predictions.{csv,png}

Of each task one run speaks: that of the largest validation accuracy, which is known when all have been trained.
"""

from onelayer.data.description import PIXEL_MAX
from onelayer.data.readers import visible

ASKED_TASKS = {name: task for name, task in TASKS.items() if len(task["classes"]) > 2}


def asked_pictures(asked):
    """The pictures to predict: the file `images_to_predict`, or what lies in this folder."""
    if "preparation" not in DESCRIPTION:
        raise InputError(f"{DATASET} has no preparation, so no picture can be made like its images")
    if not ASKED_TASKS:
        raise InputError("no task has more than two classes")
    path = Path(os.path.abspath(asked))
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder")
    found = [path] if path.is_file() else [file for file in visible(path) if file.is_file()]
    if not found:
        raise InputError(f"{path}: there is no file in this folder")
    for file in found:
        if {"{", "}"} & set(str(file)):
            raise InputError(f"{file}: Snakemake takes braces in a name for a wildcard: rename it")
    return list(map(str, found))


try:
    PICTURES = asked_pictures(config["images_to_predict"]) if config["images_to_predict"] else []
except InputError as error:
    sys.exit(f"Error: config: images_to_predict: {error}")

# Where no picture is named the job says so, and no run is trained for it.
ASKED_RUNS = [run for name in ASKED_TASKS for run in RUNS[name] if PICTURES]


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
        tasks={name: without_grid(task) for name, task in ASKED_TASKS.items()},
        runs=[tuple(run) for run in ASKED_RUNS],
        dataset={"pixel_max": PIXEL_MAX}
        | {key: DESCRIPTION[key] for key in ("shape", "pixel_max", "preparation", "classes") if key in DESCRIPTION},
        class_names=class_names(DESCRIPTION, DESCRIPTION["classes"]),
    message:
        "Predicting pictures"
    script:
        "../scripts/predict_pictures.py"
