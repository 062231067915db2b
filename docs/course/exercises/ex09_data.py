"""Exercise 9: make your own data set.

Draw pictures of at least two kinds of things, at least 25 of each, and let the project train on them. A picture is an array,
uint8 (height, width), 0 black and 255 white, of any size that is the same for all. Save each as folder/<class>/<name>.png:

    from PIL import Image
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(picture).save(path)

No two pictures may be equal, or the network is tested on what it was trained on; and a second call must make the same ones, so
draw random numbers from np.random.RandomState(seed). It is right if a single layer decides nine in ten of the test pictures,
which the project chooses by the hashes of their names. What can a single layer tell apart, and what not?

Check: python docs/course/check.py 9. Then run the whole pipeline on it, as the tour says.
"""

import numpy as np  # noqa: F401


def make(folder):
    """Write the pictures below `folder`, a pathlib.Path that exists and is empty."""
    raise NotImplementedError("make: draw one picture first, then vary it")


if __name__ == "__main__":  # python docs/course/exercises/ex09_data.py pictures
    import sys
    from pathlib import Path

    Path(sys.argv[1]).mkdir(exist_ok=True)
    make(Path(sys.argv[1]))
