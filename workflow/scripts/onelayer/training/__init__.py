"""Training one model, what is computed with it, and the files of a run."""
