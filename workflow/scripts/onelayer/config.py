"""The configuration: reading, checking, and the grid of runs that it spells."""

import itertools
import math
import re
from pathlib import Path
from typing import NamedTuple

import jsonschema
import yaml

from onelayer.errors import InputError

TASKS = ("binary", "softmax")
LONGEST_INTEGER = 40  # characters
TEXT = "tag:yaml.org,2002:str"
# What Snakemake obeys in a configuration: it evaluates Python, and it changes the paths of rules.
ACTED_ON = ("__use_yte__", "pathvars")

# JSON Schema counts 5.0 as an integer; a range or a folder's name does not.
Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


class PlainLoader(yaml.SafeLoader):
    """YAML without what hides its meaning: keys are text and stand once, integers are decimal; no alias, no tag."""

    def compose_node(self, parent, index):
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.tag:
            self.refuse("an alias (*) or a tag (!) is not allowed", event)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.tag not in (TEXT, "tag:yaml.org,2002:merge"):
                self.refuse("a key is text", key)
            if key.value in seen:
                self.refuse(f"the key {key.value!r} stands twice in one mapping", key)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_decimal(self, node):
        if not re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", node.value) or len(node.value) > LONGEST_INTEGER:
            self.refuse(f"{node.value[:40]!r} is not a decimal integer, or too long", node)
        return int(node.value)

    def refuse(self, problem, place):
        """Raise the error of YAML that names the line and the column."""
        raise yaml.constructor.ConstructorError(None, None, problem, place.start_mark)


PlainLoader.add_constructor("tag:yaml.org,2002:int", PlainLoader.construct_decimal)


class Run(NamedTuple):
    """One training job. `lam` is the L2 penalty as the configuration spells it."""

    task: str
    lam: str
    shuffle: bool
    seed: int

    @property
    def folder(self):
        """Hive-partitioned folder of the run below results/runs."""
        return f"task={self.task}/lambda={self.lam}/shuffle={str(self.shuffle).lower()}/seed={self.seed}"


def read_yaml(path):
    """Contents of a YAML file, read as plain data: nothing in it is evaluated.

    Raises
    ------
    InputError
        The file is missing or is not YAML, or a mapping has a key twice.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), PlainLoader)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid YAML: {_shortened(_one_line(error), 300)}") from error


def read_overlay(path):
    """Keys of a file given with --configfile.

    Raises
    ------
    InputError
        As in `read_yaml`, or the file is no mapping, or it has a key on which Snakemake acts.
    """
    overlay = read_yaml(path)
    if not isinstance(overlay, dict):
        raise InputError(_refusal(path, "", overlay, "A mapping with keys of the configuration."))
    for key in ACTED_ON:
        if key in overlay:
            raise InputError(
                f"{path}: the key {key!r} is not allowed: a configuration is data, and Snakemake acts on this"
            )
    return overlay


def check_schema(document, schema, name):
    """Hold `document` to a JSON schema.

    Parameters
    ----------
    document : object
        What was read.
    schema : dict
        A JSON schema in which every property has a description that ends in what is allowed.
    name : str
        What to call the document in a message, such as "config".

    Raises
    ------
    InputError
        One line with the key, its value and what is allowed there.
    """
    error = jsonschema.exceptions.best_match(Validator(schema).iter_errors(document))
    if error is None:
        return
    key = ".".join(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        unknown = _unknown_keys(error)
        known = ", ".join(error.schema.get("properties", {})) or error.schema["description"]
        raise InputError(f"{name}: unknown key {_join(key, unknown[0])!r}; allowed here: {known}")
    if error.validator == "required":
        missing = next(k for k in error.validator_value if k not in error.instance)
        description = error.schema["properties"][missing]["description"]
        raise InputError(f"{name}: missing key {_join(key, missing)!r}. {description}")
    raise InputError(_refusal(name, key, error.instance, _description(schema, error.absolute_path)))


def truth(value):
    """true and false from the text that Snakemake's --config makes of them; any other value as it is."""
    return value == "true" if value in ("true", "false") else value


def check_config(config, datasets, schema):
    """Hold a configuration to its schema and to the data set that it names.

    Raises
    ------
    InputError
        One line with the key, its value and what is allowed there.
    """
    check_schema(config, schema, "config")

    def refuse(key, value, allowed):
        raise InputError(_refusal("config", key, value, allowed))

    if config["dataset"] not in datasets:
        refuse("dataset", config["dataset"], f"Known data sets: {', '.join(datasets)}.")
    for described in datasets.values():
        for split, holds in itertools.product(("train", "test"), ("images", "labels")):
            file_of(described, split, holds)
    dataset = datasets[config["dataset"]]
    for key, split in (("train_images", "train"), ("validation_images", "test")):
        most = file_of(dataset, split, "images")[1]["count"]
        if config[key] > most:
            refuse(key, config[key], f"The {split} images of {config['dataset']}: an integer from 1 to {most}.")
    batch_size = config["training"]["batch_size"]
    if batch_size > config["train_images"]:
        refuse("training.batch_size", batch_size, f"At most train_images, which is {config['train_images']}.")
    for name, task in config["tasks"].items():
        if not math.isfinite(task["learning_rate"]):
            refuse(f"tasks.{name}.learning_rate", task["learning_rate"], "A finite number above 0.")
        for label in task["classes"]:
            if label not in dataset["classes"]:
                refuse(f"tasks.{name}.classes", label, f"Classes of {config['dataset']}: {dataset['classes']}.")
        # A step multiplies the weights by 1 - 2 * factor * rate * lambda: from -1 on downwards they grow for ever.
        limit = {"sum": 1, "half_sum": 2}[config["training"]["penalty"]] / task["learning_rate"]
        spelled = {}
        for lam in task["lambdas"]:
            if not float(lam) < limit:
                refuse(f"tasks.{name}.lambdas", lam, f"With this learning rate and penalty, a number below {limit:g}.")
            if float(lam) in spelled:
                refuse(f"tasks.{name}.lambdas", lam, f"Each number once, and {spelled[float(lam)]!r} is the same.")
            spelled[float(lam)] = lam


def file_of(dataset, split, holds):
    """Name and description of one of a data set's four files."""
    for name, file in dataset["files"].items():
        if (file["split"], file["holds"]) == (split, holds):
            return name, file
    raise InputError(f"config/datasets.yaml: no file is described as split: {split}, holds: {holds}")


def runs_of(config, task):
    """All runs of a task, in the order in which the configuration lists lambda, shuffle and seed."""
    settings = config["tasks"][task]
    return [
        Run(task, lam, shuffle, seed)
        for lam in settings["lambdas"]
        for shuffle in settings["shuffle"]
        for seed in config["training"]["seeds"]
    ]


def differing_keys(config, experiment, prefix=""):
    """Keys of the configuration whose values are not those under which the values were published.

    Keys that the published experiment does not name (the grid of lambda, shuffle and seed) are free.

    Returns
    -------
    list of str, dotted.
    """
    differing = []
    for key, value in experiment.items():
        if isinstance(value, dict):
            differing += differing_keys(config[key], value, f"{prefix}{key}.")
        elif config[key] != value:
            differing.append(f"{prefix}{key}")
    return differing


def _join(key, last):
    return f"{key}.{last}" if key else last


def _refusal(name, key, value, allowed):
    return f"{name}: {key or 'the whole'} = {_shortened(repr(value), 80)} is not allowed. {allowed}"


def _one_line(error):
    return " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")


def _shortened(text, longest):
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _unknown_keys(error):
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    return [k for k in error.instance if k not in known and not any(re.search(p, str(k)) for p in patterns)]


def _description(schema, path):
    """The description that stands nearest to a path, following references; list items have their list's."""
    node, description = schema, schema.get("description", "")
    for part in path:
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part) or next(iter(node.get("patternProperties", {}).values()), {})
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        description = node.get("description", description)
    return description
