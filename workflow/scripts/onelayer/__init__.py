"""Single-layer networks: data files, objectives, training, metrics, figures and report.

The modules form layers; each imports only those above it in this list, and none imports Snakemake:

    errors, joblog, locks           what goes wrong, where it is written, one run at a time
    config                          the configuration and the grid of runs
    idx, download, fetch, store, checkpoint   files and arrays
    samples                         which images a task takes, and how bytes become inputs
    objective                       the models, their loss and its gradient
    evaluation                      losses and accuracies of several weights at once
    training, gradcheck             what uses the objective
    metrics, published              tables
    figures, report, latex          what people look at
"""
