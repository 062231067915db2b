"""Single-layer networks, from raw data to a report; one room a stage, and a room imports from those above it in this list only.

    io          errors, whole files, logs, the code that a job depends on
    models      the objective, stated once; one file a model
    stopping    rules of early stopping; one file a rule
    data        descriptions, fetching, readers, stored images, samples, preparation
    experiment  tasks, runs and settings; the configuration and its checks; the source
    training    training, evaluation, gradients, optimum; the files of a run
    results     tables, published values, statistics, measures, ledger, predictions
    figures, report, explorer, pictures

No module imports Snakemake.
"""
