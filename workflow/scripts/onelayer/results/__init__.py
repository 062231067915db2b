"""From the files of the runs to tables, statistics and verdicts."""
