"""Single-layer networks: data files, objectives, training, metrics, figures and report.

The modules form layers; each imports only those above it in this list, and none imports Snakemake:

    errors, joblog                  what goes wrong, and where it is written
    config                          the configuration and the grid of runs
    idx, fetch, store               files and arrays
    objective                       the models, their loss and its gradient
    training, gradcheck             what uses the objective
    metrics, published              tables
    figures, report, latex          what people look at
"""
