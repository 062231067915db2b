"""Exercise 1 (Task 1a): derive the gradient of the logistic loss.

From the logit z the network computes p = 1 / (1 + exp(-z)). The target y is 1 or 0, and the loss of one image is

    C = -(y ln p + (1 - y) ln(1 - p)).

By the chain rule dC/dz = dC/dp · dp/dz. On paper, derive both factors and simplify their product. Write each result below:
p is an array of probabilities, y a number or an array like p.

Check: python docs/course/check.py 1
"""

import numpy as np  # noqa: F401


def loss_by_p(p, y):
    """dC/dp."""
    raise NotImplementedError("begin with loss_by_p: derive C by p")


def p_by_z(p):
    """dp/dz, written with p alone."""
    raise NotImplementedError("p_by_z: derive 1 / (1 + exp(-z)) by z, then write the result with p")


def loss_by_z(p, y):
    """dC/dz, the product, as simple as it gets."""
    raise NotImplementedError("loss_by_z: multiply the two and simplify")
