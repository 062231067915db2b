"""What is printed: text and numbers as LaTeX, and each sentence on both sides of its finding."""

import dataclasses

import jinja2
import pytest

from onelayer.experiment.config import read_yaml
from onelayer.report import latex, render, sentences
from onelayer.results.findings import curve_findings
from tests.conftest import ROOT
from tests.helpers import evaluations, summary, task

CASES = read_yaml(ROOT / "tests/report/sentences.yaml")
LATEX = CASES.pop("latex")
ONE, SEVERAL = task(max_epochs=50), task(lambdas=["0", "2"], seeds=[3, 4])
GROWING = {"rule": "growing_patience", "steps": 5000, "growth": 2, "threshold": 0.995}
FOUND, ORDERED = {name: {"reference": summary()} for name in "ab"}, summary(stop_epoch=7, steps=80, validation_loss=0.6)
SWEEP = {"runs": 1, "diverged": 0, "best_lambda": "0.1", "best_accuracy": 0.9}
SWEEP |= {"accuracy_falls": True, "norm_falls": True}
MINIMUM = {"task": "t", "gap_bound": "3e-12", "lambda": "0.1", "validation_accuracy": "0.9", "objective_excess": "0.01"}
OTHER = {"gap_bound": "1e-12", "lambda": "0.2", "validation_accuracy": "0.8", "objective_excess": "0.02"}


def shown(losses=(0.9, 0.7, 0.6), train=None, **changes):
    return summary(**{"evaluations_since_best": 0} | changes) | curve_findings(evaluations(losses, train))


def stop_of(found):
    return GROWING if found.pop("growing", False) else ONE.early_stop


# The arguments of each sentence for what was found.
ARGUMENTS = {
    **dict.fromkeys(["overfitting", "parting"], lambda found: [shown(**found)]),
    "stopping": lambda found: [dataclasses.replace(ONE, early_stop=stop_of(found)), shown(**found)],
    "result": lambda found: [dataclasses.replace(SEVERAL, early_stop=stop_of(found)), shown(**found)],
    "stops": lambda found: [{"a": task(**found), "c": ONE, "none": task(shuffle=[])}],
    "streams": lambda found: [{"a": task(**{"lambdas": ["2", "0"]} | found), "c": ONE}],
    "orders": lambda found: [{"seeds": found.pop("seeds", 1), "file_order": ORDERED, "shuffled": ORDERED | found}],
    "sweep": lambda found: [SWEEP | found],
    "weights": lambda found: [{"lambdas": ["0", "2"], **found}],
    **dict.fromkeys(["divergence", "interval"], lambda found: [found]),
    **dict.fromkeys(["claims_in_short", "verdicts"], lambda found: [[{"verdict": verdict} for verdict in found]]),
    "optimum": lambda found: [[MINIMUM | found, MINIMUM | OTHER | found], "t"],
    "abstract": lambda found: [dict.fromkeys("abc", ONE), FOUND, {"a": ["x", "y"], "b": ["v", "w"]}, found],
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_a_sentence_is_there_only_with_its_finding(name, case):
    found, there, absent = case
    text = getattr(sentences, name)(*ARGUMENTS[name](found))
    assert there in text and absent not in text and "None" not in text


@pytest.mark.parametrize(("name", "arguments", "expected"), LATEX)
def test_text_is_printed_as_it_is_typed_and_numbers_as_they_are_read(name, arguments, expected):
    got = getattr(latex, name)(*arguments)
    assert got == expected and isinstance(got, latex.Latex)


def test_what_a_template_prints_is_escaped_and_a_name_that_no_table_has_is_an_error():
    template = render._environment().from_string("<< title >> << 0.5 | percent >>")
    assert template.render(title=r"\a") == r"\textbackslash{}a 50.0\,\%"
    with pytest.raises(jinja2.UndefinedError):
        template.render()
