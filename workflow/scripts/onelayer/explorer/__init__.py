"""The explorer: one page, in one file, to look into the runs and to draw on. Its template is workflow/explorer."""

LAMBDAS = 5  # of a task at most, whose weights are on the page
