"""Exercise 11: two steps agree, and at zero weights the penalty has no gradient. So it is the penalty: half of what was written down."""


def correction():
    return {"training": {"penalty": "half_sum"}}
