"""From raw files to images and labels: describe and fetch them, read their formats, store them as Parquet."""
