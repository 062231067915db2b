"""An engine that is broken in one of ten ways does not pass: a value that the right one gives, or a claim, fails."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# Trains the published tasks on the digits, for a few epochs, and prints what each run came to, and the gradient check.
EXPERIMENT = """
import dataclasses, json, sys
import numpy as np
from pathlib import Path
sys.path.insert(0, {scripts!r})
import train as script
from onelayer.data.readers import read_idx
from onelayer.data.samples import choose_samples, inputs_of
from onelayer.data.store import ImageSet
from onelayer.gradients import largest_relative_error
from onelayer.grid import Settings
from onelayer.models import MODELS
from onelayer.training import train

folder = Path({digits!r})
sets = {{}}
for role, split in (("train", "train"), ("validation", "test")):
    files = {{f"{{split}}_{{kind}}": folder / f"{{split}}-{{kind}}-idx{{n}}-ubyte.gz" for kind, n in (("images", 3), ("labels", 1))}}
    sets[role] = ImageSet(*read_idx(files, split, {{"files": {{}}}}), {{"pixel_max": 16}})
found = {{}}
for model, classes, rate, lam, shuffle in (
    ("logistic", [2, 3], 0.05, 0.0, False), ("logistic", [2, 3], 0.05, 0.0, True),
    ("softmax", list(range(10)), 0.01, 0.0, True), ("softmax", list(range(10)), 0.01, 2.0, True),
):
    settings = Settings(task=model, model=model, classes=classes, lam=lam, shuffle=shuffle, seed=0, learning_rate=rate, batch_size=32,
        max_epochs=12, evaluations_per_epoch=5, patience=10, dtype="float64", penalty="sum", data={{"dataset": "digits"}})
    samples = {{role: choose_samples(image_set, classes) for role, image_set in sets.items()}}
    history = train(samples["train"], samples["validation"], settings)
    run = f"{{model}}, lambda {{lam}}, {{'shuffled' if shuffle else 'file order'}}"
    summary = script.summarise(settings, samples, history)
    for key in ("stop_epoch", "steps", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "weight_norm_squared"):
        found[f"{{key}} ({{run}})"] = summary[key]
    inputs, targets = inputs_of(samples["train"], "float64")[:16], samples["train"].targets[:16]
    weights = np.random.RandomState(0).normal(0, 0.1, (MODELS[model].outputs(len(classes)), inputs.shape[1]))
    error = largest_relative_error(MODELS[model], weights, inputs, targets, 1.0, "sum")
    found[f"gradient check ({{run}})"] = 0 if error < 1e-6 else 1
print(json.dumps(found))
"""
S = "objective.py"
BROKEN = {
    "sign of the penalty": (S, "gradient += (2 * lam", "gradient -= (2 * lam"),
    "factor of the penalty": (S, "gradient += (2 * lam", "gradient += (lam"),
    "bias left out": ("data/samples.py", "self.inputs[:, -1] = self.merged", "self.inputs[:, -1] = 0"),
    "labels off by one": ("data/samples.py", "return self.inputs, self.targets[rows]", "return self.inputs, np.roll(self.targets[rows], 1)"),
    "patience off by one": ("training.py", "self.failures >= self.settings.patience", "self.failures > self.settings.patience"),
    "last batch kept": ("training.py", "range(0, count - settings.batch_size + 1, settings.batch_size)", "range(0, count - 1, settings.batch_size)"),
    "no shuffle": ("training.py", "if settings.shuffle:", "if False:"),
    "one permutation for ever": ("training.py", "permutations.shuffle(order)", "np.random.RandomState(settings.seed).shuffle(order)"),
    "evaluation before the update": ("training.py", "weights -= settings.learning_rate * gradient", "before = data.full_weights(weights); weights -= settings.learning_rate * gradient"),
    "wrong scale": ("data/samples.py", "self.inputs *= 1 / self.midpoint", "self.inputs *= 0.5 / self.midpoint"),
}  # fmt: skip


def results(scripts):
    """What the experiment comes to with the code in `scripts`."""
    code = EXPERIMENT.format(scripts=str(scripts), digits=str(ROOT / "workflow/data/digits"))
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, env=environment)
    return json.loads(done.stdout) if done.returncode == 0 else {"it ends in an error": done.stderr.splitlines()[-1]}


@pytest.fixture(scope="module")
def right():
    """What the right engine gives."""
    return results(ROOT / "workflow/scripts")


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_engine_is_found(right, tmp_path, capsys, way):
    file, old, new = BROKEN[way]
    scripts = shutil.copytree(
        ROOT / "workflow/scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__")
    )
    text = (scripts / "onelayer" / file).read_text()
    assert old in text
    text = text.replace(old, new)
    if way == "evaluation before the update":
        text = text.replace(
            "evaluations.add(step, epoch, data.full_weights(weights))", "evaluations.add(step, epoch, before)"
        )
    (scripts / "onelayer" / file).write_text(text)
    found = results(scripts)
    wrong = [key for key, value in right.items() if abs(found.get(key, float("inf")) - value) > 1e-9 * abs(value)]
    with capsys.disabled():
        print(f"\n{way}: {len(wrong)} of {len(right)} fail, the first: {wrong[0] if wrong else 'none'}", end="")
    assert wrong


def test_the_right_engine_is_right(right):
    assert right["steps (logistic, lambda 0.0, file order)"] > 0
    assert all(value == 0 for key, value in right.items() if key.startswith("gradient check"))
