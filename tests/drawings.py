"""Pictures of digits that tests draw themselves, and photographs of them simulated by light, shadow, noise and rotation."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

# Ways of the pen over a square of 100 x 100.
STROKES = {
    0: [(50, 15), (35, 22), (30, 50), (35, 78), (50, 85), (65, 78), (70, 50), (65, 22), (50, 15)],
    1: [(50, 15), (50, 85)],
    2: [(30, 30), (38, 18), (55, 16), (66, 28), (62, 44), (28, 82), (72, 82)],
    3: [(32, 20), (50, 15), (65, 25), (62, 40), (48, 48), (65, 58), (66, 74), (50, 86), (30, 78)],
    7: [(25, 20), (76, 20), (45, 84)],
}


def drawn(digit, paper=245, ink=30, side=160, pen=0.08):
    """A digit drawn with a pen as wide as this part of the picture's side, as a grey picture."""
    large = Image.new("L", (side * 4, side * 4), paper)
    way = [(x * side / 25, y * side / 25) for x, y in STROKES[digit]]
    ImageDraw.Draw(large).line(way, ink, round(pen * side * 4), joint="curve")
    return large.resize((side, side), Image.Resampling.BOX)


def photographed(digit, seed, size=(480, 360), pen=0.05, angle=4.0, shadow=0.3, noise=10.0, paper=210, ink=50):
    """A page (height, width) with a digit on it, or bare where it is None: tilted, in uneven light, half in a shadow, with noise."""
    random = np.random.RandomState(seed)
    page = np.full(size, float(paper))
    if digit is not None:
        part = drawn(digit, paper, ink, side=220, pen=pen).rotate(
            angle, fillcolor=paper, resample=Image.Resampling.BILINEAR
        )
        top, left = random.randint(20, size[0] - 240), random.randint(20, size[1] - 240)
        page[top : top + 220, left : left + 220] = ndimage.gaussian_filter(np.asarray(part, float), 1)
    y, x = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]), indexing="ij")
    light = 1 + 0.2 * x - 0.15 * (x * x + y * y)
    light *= 1 - shadow / (1 + np.exp(-25 * (0.6 * x + 0.8 * y - 0.2)))
    seen = page * light + noise * random.standard_normal(size)
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))
