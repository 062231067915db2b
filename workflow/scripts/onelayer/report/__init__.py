"""From tables to a PDF."""
