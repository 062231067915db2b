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
TOLD = render.environment().get_template("findings.tex.jinja").module
ONE, SEVERAL = task(max_epochs=50), task(lambdas=["0", "2"], seeds=[3, 4])
GROWING = {"rule": "growing_patience", "steps": 5000, "growth": 2, "threshold": 0.995}
FOUND, ORDERED = {name: {"references": [summary()]} for name in "ab"}, {"runs": 1, "steps": 80, "validation_loss": 0.6}
SWEEP = {"runs": 1, "diverged": 0, "best_lambda": "0.1", "best_accuracy": 0.9}
SWEEP |= {"accuracy_falls": True, "norm_falls": True}
MINIMUM = {"task": "t", "gap_bound": "3e-12", "lambda": "0.1", "validation_accuracy": "0.9", "objective_excess": "0.01"}
CLAIM = {"origin": "source", "claim": "It helps.", "parts": [{"value": 0.5, "unit": ""}]}
OTHER = {"gap_bound": "1e-12", "lambda": "0.2", "validation_accuracy": "0.8", "objective_excess": "0.02"}


def shown(losses=(0.9, 0.7, 0.6), train=None, seeds=1, other=None, **changes):
    """The findings of as many runs, the last of which differs in `other`."""
    run = summary(**{"evaluations_since_best": 0} | changes) | curve_findings(evaluations(losses, train))
    return [run] * (seeds - 1) + [run | (other or {})]


def stop_of(found):
    return GROWING if found.pop("growing", False) else ONE.early_stop


# The arguments of each sentence for what was found.
ARGUMENTS = {
    **dict.fromkeys(["overfitting", "parting"], lambda found: [shown(**found)]),
    "stopping": lambda found: [dataclasses.replace(ONE, early_stop=stop_of(found)), shown(**found)],
    "result": lambda found: [dataclasses.replace(SEVERAL, early_stop=stop_of(found)), shown(**found)],
    "stops": lambda found: [{"a": task(**found), "c": ONE, "none": task(shuffle=[])}],
    "streams": lambda found: [{"a": task(**{"lambdas": ["2", "0"]} | found), "c": ONE}],
    "orders": lambda found: [{"file_order": ORDERED, "shuffled": ORDERED | found}],
    "sweep": lambda found: [SWEEP | found],
    "weights": lambda found: [{"lambdas": ["0", "2"], **found}],
    **dict.fromkeys(["interval", "varied"], lambda found: [{"unit": ""} | found]),
    "verdicts": lambda found: [[{"verdict": "met" if own == "read off" else own, "kind": own} for own in found]],
    **dict.fromkeys(["claims_in_short", "in_numbers"], lambda found: [[CLAIM | claim for claim in found]]),
    "separable": lambda found: [[MINIMUM | {"lambda": "0.0", "train_accuracy": "1.0"} | found]],
    "optimum": lambda found: [[MINIMUM | found, *([] if "one" in found else [MINIMUM | OTHER | found])], "t"],
    "abstract": lambda found: [[task(name=name) for name in found], FOUND, {"a": ["x", "y"], "b": ["v", "w"]}],
}


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases])
def test_a_sentence_is_there_only_with_its_finding(name, case):
    found, there, absent = case
    (say,) = (getattr(module, name) for module in (sentences, TOLD) if name in vars(module))
    text = say(*ARGUMENTS[name](found))
    assert there in text and absent not in text and "None" not in text


@pytest.mark.parametrize(("name", "arguments", "expected"), LATEX)
def test_text_is_printed_as_it_is_typed_and_numbers_as_they_are_read(name, arguments, expected):
    got = getattr(latex, name)(*arguments)
    assert got == expected and isinstance(got, latex.Latex)


def test_what_a_template_prints_is_escaped_and_a_name_that_no_table_has_is_an_error():
    template = render.environment().from_string("<< title >> << 0.5 | percent >>")
    assert template.render(title=r"\a") == r"\textbackslash{}a 50.0\,\%"
    with pytest.raises(jinja2.UndefinedError):
        template.render()
