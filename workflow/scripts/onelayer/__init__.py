"""Single-layer networks: data, models, training, tables, figures and report.

    errors, log                     what goes wrong; where it is written
    data/                           descriptions, fetching, readers, stored images, samples
    objective, models/              the objective, stated once; one file a model
    grid, config, selection         the grid of runs; reading and checking it; which runs speak for a task
    evaluation, training, gradients what uses the objective
    runs                            the files of a run
    tables, published               what the runs came to; published beside rebuilt
    figures/                        one file a figure
    latex, sentences, comparisons, report, typesetting   from tables to a PDF
    compare/                        two finished folders beside each other
    closure                         which code a job's results depend on

No module imports Snakemake. Scripts import what they need, and a job depends on just that: see closure.
"""
