"""Predict: what the models say of pictures of one's own, when asked for by name.

Takes  the pictures of `images_to_predict`, results/runs/**/{summary.json,weights.npz} of the tasks with more than two classes
Makes  results/predictions.{csv,png}

Of each task one run speaks: that of the largest validation accuracy, which is known when all have been trained.
"""

from onelayer.asked_pictures import asked_pictures
from onelayer.data.description import PIXEL_MAX

ASKED_TASKS = {name: task for name, task in TASKS.items() if len(task["classes"]) > 2}


try:
    PICTURES = asked_pictures(config["images_to_predict"], DATASET, DESCRIPTION, ASKED_TASKS)
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
