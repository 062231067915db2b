"""Predict: from your own images to what the most accurate run of each task says of them, when asked for by name."""

from onelayer.pictures.requested import requested_pictures

# A task that tells two of more classes apart has an answer to any picture.
PREDICTING = {name: task for name, task in TASKS.items() if len(task.classes) > 2 or len(DATASET.classes) == 2}

try:
    PICTURES = requested_pictures(config["images_to_predict"], DATASET, len(PREDICTING))
except InputError as error:
    sys.exit(f"Error: config: images_to_predict: {error}")

# If no picture is named the job says so, and no run is trained for it. Sorted, so that of equals the first is always the same.
PREDICTING_RUNS = sorted(run for task in PREDICTING.values() for run in task.runs if PICTURES)
PACKAGES = ("numpy", "scipy", "pillow", "pandas", "matplotlib")


rule predict_pictures:
    input:
        summaries=run_files(PREDICTING_RUNS, "summary.json"),
        weights=run_files(PREDICTING_RUNS, "weights.npz"),
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
        code=code_of("predict_pictures.py", *PACKAGES, modules=models_of(PREDICTING), files=(STYLE,)),
        pictures=PICTURES,
        setups={name: SETUPS[name] for name in PREDICTING},
        dataset={key: getattr(DATASET, key) for key in ("shape", "pixel_max", "preparation", "ink", "classes")}
        | {"names": DATASET.names(DATASET.classes)},
    message:
        "Predicting pictures"
    script:
        "../scripts/predict_pictures.py"
