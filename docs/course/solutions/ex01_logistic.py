"""Exercise 1: dC/dp = -y/p + (1 - y)/(1 - p) = (p - y) / (p(1 - p)), and p(1 - p) cancels in the product."""


def loss_by_p(p, y):
    return (p - y) / (p * (1 - p))


def p_by_z(p):
    return p * (1 - p)


def loss_by_z(p, y):
    return p - y
