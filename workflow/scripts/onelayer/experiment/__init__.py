"""Tasks, runs and settings; the configuration and its checks; the source."""
