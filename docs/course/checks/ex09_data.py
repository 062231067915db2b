"""The pictures as `make dataset` reads them, then a training on them."""

import tempfile
from collections import Counter
from pathlib import Path

from checking import Hint
from PIL import Image

from onelayer.data.describe import describe, sets_of
from onelayer.data.found import what_is_there
from onelayer.data.picture import pictures_of
from onelayer.data.samples import choose_samples
from onelayer.data.store import ImageSet
from onelayer.io.errors import InputError
from onelayer.training.training import train
from tests.training import golden

LEAST = 25  # pictures a class


def check(answer):
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch, "pictures"), Path(scratch, "again")
        for folder in (first, second):
            folder.mkdir()
            answer.make(folder)
        for path in pictures_of(first):
            mode = Image.open(path).mode
            if mode != "L":
                raise Hint(f"{path.name} has the mode {mode}: save an array uint8 (height, width), which is L.")
        made, again = ([(path.name, path.read_bytes()) for path in pictures_of(folder)] for folder in (first, second))
        if made != again:
            raise Hint("a second call made other pictures: draw from np.random.RandomState(seed), made inside make.")
        try:
            there = what_is_there(first, Path(scratch, "pictures.npz"), None)
            sets = sets_of(there)
            classes = describe(there, sets)["classes"]
        except InputError as error:
            raise Hint(f"the project refuses them: {error}".replace(f"{first}", "<folder>")) from error
        counts = Counter(path.parent.name for path in pictures_of(first))
    rare, count = min(counts.items(), key=lambda item: item[1])
    if count < LEAST:
        raise Hint(f"{count} pictures of {rare}: draw at least {LEAST} of each kind.")
    brightest = max(images.max() for images, _ in sets.values())
    if brightest < 64:
        raise Hint(f"the brightest pixel is {brightest}: grey values run from 0 to 255, not from 0 to 1.")
    known = {image.tobytes() for image in sets["train"][0]}
    copies = sum(image.tobytes() in known for image in sets["test"][0])
    if copies:
        raise Hint(f"{copies} test pictures are training pictures too: make no two alike, by noise, place or size.")
    samples = (choose_samples(ImageSet(*sets[split], {"pixel_max": 255}), classes) for split in ("train", "test"))
    run = golden.settings(classes=classes, lam=0.001, learning_rate=0.05, batch_size=8, max_epochs=60)
    share = train(*samples, run).evaluations["validation_accuracy"].max()
    if share < 0.9:
        raise Hint(
            f"{share:.0%} of the test pictures are decided right. A single layer adds up the pixels, each with one weight: is there a place where "
            "one kind is brighter than the others, on average? With noise: are values below 0 and above 255 clipped before they become uint8?"
        )
