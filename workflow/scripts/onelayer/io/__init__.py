"""Errors, whole files, logs, and the code that a job depends on."""
