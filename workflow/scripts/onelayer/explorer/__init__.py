"""The explorer: one page, in one file, in which runs can be seen, and a drawing recognised. Its template is workflow/explorer."""
