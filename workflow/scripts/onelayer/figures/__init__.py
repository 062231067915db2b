"""The figures, one module each: `draw(view)` takes a View and returns a Matplotlib Figure in the style that is active.

onelayer.selection lists them, and the runs that each shows.
"""
