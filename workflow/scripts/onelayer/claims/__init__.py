"""What the data say of each claim of the source: a measure over the tables, a rule, a verdict.

`measures` takes numbers from the tables, each with an interval and the number of runs behind it; `ledger` holds a number to
the rule of its claim. config/claims.yaml lists the claims: a new one is an entry there, and a function in `measures` if none
of those fits.
"""
