"""Two working folders beside each other, as a page and a table: make compare A=folder B=folder.

folders      what a finished folder holds
differences  what is not the same, one entry a difference
images       McNemar's test where both decided on the same images
charts       curves as SVG
page         the differences as one HTML file
"""
