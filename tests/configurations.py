"""Bad overlays, as a user might write them, and a part of the line that each must end in."""

import copy
from pathlib import Path

from snakemake.utils import update_config

from onelayer.config import check_config, check_schema, read_overlay, read_yaml
from onelayer.data.description import check_datasets
from onelayer.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
CONFIG = read_yaml(ROOT / "config/config.yaml") | read_yaml(ROOT / "config/datasets.yaml")
SCHEMAS = {name: read_yaml(ROOT / f"workflow/schemas/{name}.schema.yaml") for name in ("config", "datasets")}

# What would do harm in a path, a shell or LaTeX.
HOSTILE = (
    "$(touch owned)",
    "; touch owned",
    "`touch owned`",
    r"\input{/etc/passwd}",
    "../x",
    "/etc/passwd",
    "~/x",
    ".",
)
NO_INTEGERS = ("0", "-1", "2.5", "1e3", "'8'", "true", "null", "[8]", "{a: 8}", ".nan", ".inf")
NO_RATES = ("0", "-0.1", ".nan", ".inf", "-.inf", "fast", "1e-2", "'0.1'", "yes", "null", "[0.1]", "1.0e+200")
NO_LAMBDAS = (
    "[]", "null", "'0.2'", "{a: '0.2'}", "[null]", "[true]", "['0.2', '0.20']", "['0.2', '0.2']", "['2', '2e0']", "['-1']",
    "['nan']", "['inf']", "['1e999']", "['1e-999']", "['']", r'["1\n"]', "['0,2']", f"['{'0' * 300}']", "['100.0']", "[-1]",
    "[.nan]",
)  # fmt: skip
SETS = (
    "[]",
    "{}",
    "{file: other}",
    "{count: 0}",
    "{count: -1}",
    "{count: 2.0}",
    "{first: -1}",
    "{last: 3}",
    "{count: 60001}",
)


def refusal(overlay: str, path: Path) -> str:
    """The message with which the text of an overlay is refused, written to `path` and merged as Snakemake does it."""
    path.write_text(overlay)
    config = copy.deepcopy(CONFIG)
    try:
        document = read_overlay(path)
        update_config(config, document)
        check_schema(config, SCHEMAS["config"], "config")
        check_schema(config["datasets"], SCHEMAS["datasets"], "config: datasets")
        check_datasets(config["datasets"])
        check_config(config, {str(path): document})
    except InputError as error:
        return str(error)
    return ""


def _softmax(key: str, value: str) -> str:
    return f"tasks: {{softmax: {{{key}: {value}}}}}"


BAD = [
    # Not a mapping of YAML at all.
    ("", "overlay.yaml: holds None"),
    ("- dataset: digits\n", "overlay.yaml: holds ["),
    ("digits", "overlay.yaml: holds 'digits'"),
    ("training: [1\nseeds: 2", "overlay.yaml: not valid YAML"),
    ("dataset: mnist: digits", "overlay.yaml: not valid YAML"),
    ("training:\n\tseeds: [1]\n", "overlay.yaml: not valid YAML"),
    ("dataset: digits\n---\ndataset: mnist\n", "overlay.yaml: not valid YAML"),
    ("training: " + "[" * 3000, "overlay.yaml: not valid YAML"),
    ("dataset: 2026-13-45", "overlay.yaml: not valid YAML"),
    # YAML that hides what it means, or is more than data.
    ("offline: true\noffline: false\n", "the key 'offline' stands twice in one mapping at line 1"),
    ("training: {seeds: [1], seeds: [2]}", "the key 'seeds' stands twice"),
    ("training: {batch_size: 1:30}", "'1:30' would be read to base 60"),
    ("dataset: !!python/name:os.system\n", "overlay.yaml: not valid YAML"),
    ("dataset: !!python/object/apply:os.system ['touch owned']\n", "overlay.yaml: not valid YAML"),
    ("__use_yte__: true\ndataset: '?open(\"owned\", \"w\")'\n", "the key '__use_yte__' is not allowed"),
    ('"\\x5f_use_yte__": true\n"?if open(\'owned\', \'w\')": {a: 1}\n', "the key '__use_yte__' is not allowed"),
    ("pathvars: {results: ../x}", "the key 'pathvars' is not allowed"),
    # Unknown keys at each level, and mappings that are none.
    ("learning_rate: 0.1", "config: the whole: "),
    ("tasks: {ternary: {}}", "config: tasks.ternary: "),
    ("tasks: {../x: null}", "config: tasks: "),
    (_softmax("momentum", "0.9"), "config: tasks.softmax: "),
    ("training: {cores: 8}", "config: training: "),
    ("tasks: null", "config: tasks: "),
    ("tasks: {binary: null, softmax: null}", "config: tasks: none is left"),
    ("training: []", "config: training: "),
    ("datasets: {digits: {momentum: 1}}", "config: datasets: digits: "),
    ("datasets: {digits: {format: jpeg}}", "config: datasets"),
    # What must fit together.
    ("dataset: fashion", "Known data sets: mnist, fashion-mnist, digits"),
    ("dataset: digits", "the train images of this data set are 1297"),
    ("training: {batch_size: 20001}", "more than the 20000 training images"),
    ("images: {validation: {file: train}}", "shares images with train"),
    ("images: {test: {file: test, count: 1}}", "shares images with validation"),
    (_softmax("model", "deep"), "known models: "),
    ("tasks: {binary: {classes: [1, 2, 3]}}", "takes 2 classes"),
    *((_softmax("classes", some), "config: tasks.softmax: classes = ") for some in ("[2, 10]", "[-1, 2]")),
    # Values.
    *((f"dataset: {some}", "config: dataset") for some in ("no", "{name: mnist}", "3")),
    *((f"dataset: '{text}'", "config: dataset = ") for text in HOSTILE),
    *((_softmax("lambdas", f"['0.0', '{text}']"), "config: tasks.softmax: lambdas = ") for text in HOSTILE),
    *((_softmax("classes", some), "config: tasks.softmax.classes") for some in (
        "[]", "[1, 1]", "[2]", "[2.0, 3]", "['2', '3']", "2", "null", "[true, 2]",
    )),
    *((_softmax("shuffle", some), "config: tasks.softmax.shuffle") for some in ("[]", "true", "['true']", "[1]", "[null]")),
    *((f"training: {{seeds: {some}}}", "config: training.seeds") for some in (
        "[]", "[1, 1]", "[-1]", "[4294967296]", "[1.0]", "['0']", "[yes]", "0", "null",
    )),
    *((f"training: {{dtype: {some}}}", "config: training.dtype") for some in ("float16", "null", "[float32]")),
    *((f"training: {{penalty: {some}}}", "config: training.penalty") for some in ("l1", "true", "[sum]")),
    *((f"training: {{{key}: {value}}}", f"config: training.{key}: ") for value in NO_INTEGERS for key in (
        "batch_size", "max_epochs", "patience", "evaluations_per_epoch",
    )),
    *((_softmax("learning_rate", value), "config: tasks.softmax") for value in NO_RATES),
    *((_softmax("lambdas", value), "config: tasks.softmax") for value in NO_LAMBDAS),
    *((_softmax("train", value), "config: tasks.softmax") for value in SETS if value != "{}"),
]  # fmt: skip
