"""Small stand-ins for what runs leave behind, and pictures of digits; without pytest, for the course's checks use them."""

from types import SimpleNamespace

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from onelayer.data.samples import Samples
from onelayer.experiment.images import Images
from onelayer.experiment.task import Evaluations, Settings, Task
from onelayer.io.errors import InputError

# Ways of the pen over a square of 100 x 100.
STROKES = {
    0: [(50, 15), (35, 22), (30, 50), (35, 78), (50, 85), (65, 78), (70, 50), (65, 22), (50, 15)],
    2: [(30, 30), (38, 18), (55, 16), (66, 28), (62, 44), (28, 82), (72, 82)],
    7: [(25, 20), (76, 20), (45, 84)],
}


def refusal(refused, *arguments, **named):
    """The message with which a function refuses its arguments."""
    try:
        refused(*arguments, **named)
    except InputError as error:
        return str(error)
    raise AssertionError("not refused")


def settings(**changes):
    """Settings of a small softmax run."""
    own = {
        "task": "softmax", "model": "softmax", "classes": [0, 1, 2, 3, 4], "lam": 0.01, "shuffle": True, "seed": 4,
        "learning_rate": 0.1, "batch_size": 8, "max_epochs": 6, "evaluations": Evaluations(3, "first", False),
        "early_stop": {"rule": "patience", "evaluations": 3}, "permutations_before": 0, "bias": True, "inputs": None,
        "dtype": "float64", "penalty": "sum", "dataset": "digits", "train": Images("train", 0, 64),
        "validation": Images("test", 0, 30),
    }  # fmt: skip
    return Settings.of(own | changes)


def noisy_samples(classes, count, seed=0):
    """Samples of 20 pixels that are partly noise, so that validation losses rise and fall; one pixel is always 0."""
    random = np.random.RandomState(seed)
    targets = random.randint(0, classes, count)
    pixels = random.randint(0, 256, (count, 20)) * (random.uniform(size=(count, 20)) < 0.4)
    pixels[:, :12] += 90 * (np.arange(12) % classes == targets[:, None])
    pixels[:, 3] = 0
    return Samples(np.minimum(pixels, 255).astype(np.uint8), targets, 127.5, 127.5)


def task(**changes):
    """A task of small softmax runs, with one run unless the grid is given."""
    own = vars(settings().setup) | {"name": "softmax", "lambdas": ["0"], "shuffle": [True], "seeds": [0]}
    return Task.of(own | changes)


def evaluations(losses, train=None, validation=None):
    """Evaluations with these validation losses, and accuracies that are given or all 0.5."""
    count = len(losses)
    return {
        "step": np.arange(count, dtype=np.int32) * 5,
        "epoch": np.zeros(count, np.int32),
        "validation_loss": np.array(losses, float),
        "validation_accuracy": np.array([0.5] * count if validation is None else validation, float),
        "train_accuracy": np.array([0.5] * count if train is None else train, float),
    }


def summary(**changes):
    """A summary of a run, as train.py writes it."""
    own = {
        "dataset": "digits", "task": "softmax", "model": "softmax", "classes": [0, 1, 2], "learning_rate": 0.1, "lambda": "0.0",
        "shuffle": True, "seed": 0, "stopped_early": True, "stop_epoch": 7, "steps": 80, "train_loss": 0.5,
        "validation_loss": 0.6, "train_accuracy": 0.9, "validation_accuracy": 0.8, "weight_norm_squared": 4.0, "best_step": 40,
        "best_validation_loss": 0.55, "best_validation_accuracy": 0.81, "diverged": False, "test_loss": None,
        "test_accuracy": None, "best_test_accuracy": None, "train_images": 64, "validation_images": 30, "test_images": None, "neighbour_correlation": 0.5, "numpy": "2.0",
    }  # fmt: skip
    return own | changes


def run(losses=(0.9, 0.7, 0.6), weights=None, **changes):
    """What RunFiles gives of one run; its accuracies are 1 - loss, of training 1 - loss / 2."""
    return SimpleNamespace(
        evaluations=evaluations(losses, 1 - np.array(losses) / 2, 1 - np.array(losses)),
        train_losses=np.linspace(1, 0.5, 95),
        last_weights=np.zeros((3, 13)) if weights is None else weights,
        summary=summary(**changes),
        settings=settings(model=changes.get("model", "softmax")),
    )


def drawn(digit, paper=245, ink=30, side=160, pen=0.08):
    """A digit drawn with a pen as wide as this part of the picture's side, as a grey picture."""
    large = Image.new("L", (side * 4, side * 4), paper)
    way = [(x * side / 25, y * side / 25) for x, y in STROKES[digit]]
    ImageDraw.Draw(large).line(way, ink, round(pen * side * 4), joint="curve")
    return large.resize((side, side), Image.Resampling.BOX)


def photographed(digit, seed, angle=0, shadow=0.3, noise=10.0, paper=210, ink=50):
    """A page with a digit on it, or bare if it is None: tilted, in uneven light, half in a shadow, with noise."""
    random, page = np.random.RandomState(seed), np.full((480, 360), float(paper))
    if digit is not None:
        part = drawn(digit, paper, ink, side=220, pen=0.05).rotate(angle, fillcolor=paper)
        top, left = random.randint(20, 240), random.randint(20, 120)
        page[top : top + 220, left : left + 220] = ndimage.gaussian_filter(np.asarray(part, float), 1)
    y, x = np.meshgrid(np.linspace(-1, 1, 480), np.linspace(-1, 1, 360), indexing="ij")
    light = (1 + 0.2 * x - 0.15 * (x * x + y * y)) * (1 - shadow / (1 + np.exp(-25 * (0.6 * x + 0.8 * y - 0.2))))
    return Image.fromarray(np.clip(page * light + noise * random.standard_normal(page.shape), 0, 255).astype(np.uint8))
