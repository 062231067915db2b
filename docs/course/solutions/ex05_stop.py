"""Exercise 5: equal to the lowest is no improvement, and any improvement starts the count anew."""


def stop(losses, patience):
    lowest, failures = float("inf"), 0
    for number, loss in enumerate(losses):
        if loss < lowest:
            lowest, failures = loss, 0
        else:
            failures += 1
        if failures == patience:
            return number
    return None


def epoch_of(evaluation, images, batch_size, evaluations_per_epoch):
    steps = images // batch_size
    every = max(1, steps // evaluations_per_epoch)
    return evaluation * every // steps
