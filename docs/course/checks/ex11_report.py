"""A correction, held to the values of the report: trained with it, all of them are met."""

import logging
import tempfile
from pathlib import Path

from checking import COURSE, PROJECT, Hint

from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.values import Value
from onelayer.io.errors import InputError, TrainingError
from onelayer.results.published import is_met
from onelayer.results.rebuilt import Rebuilt
from onelayer.training.runs import RunFiles
from tests.training import golden
from train import main

REPORT = str(COURSE / "report")


def check(answer):
    found = answer.correction()
    if not isinstance(found, dict) or not found:
        raise Hint('correction gives no overlay: a dict such as {"training": {"batch_size": 16}}')
    try:
        missed = missed_with(found)
    except (InputError, TrainingError) as error:
        raise Hint(str(error)) from error
    if missed:
        first = f"{missed[0].quantity}, {missed[0].moment} ({missed[0].place})"
        raise Hint(f"missed first: {first}. Steps 0 and 1 are met already: what has no effect at zero weights?")
    lam = found.get("tasks", {}).get("softmax", {}).get("lambdas")
    if lam:
        raise Hint(f"the report says lambda = 0.02, not {lam[0]}: which convention makes the printed one as strong?")


def missed_with(overlay) -> list[Value]:
    """The values of the report that are missed when it is trained with an overlay."""
    configuration = read_configuration(PROJECT, [], {"source": REPORT, **overlay})
    run = configuration.runs[0]
    settings = configuration.tasks["softmax"].settings(run)
    with tempfile.TemporaryDirectory() as folder:
        main(golden.write(Path(folder)), run.lam, settings, Path(folder), logging.getLogger("course"))
        rebuilt = Rebuilt({run: RunFiles(folder, settings)}, {}, {}, {})
        return [value for value in configuration.source.values if not is_met(value, rebuilt.number(value, run))]
