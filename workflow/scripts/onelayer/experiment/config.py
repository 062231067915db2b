"""Reading configuration files: plain YAML, merged in order, checked by JSON schemas."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from onelayer.io.errors import InputError

# Keys that Snakemake obeys: it evaluates Python in the file, and it changes the paths of rules.
ACTED_ON = ("__use_yte__", "pathvars")
LONGEST = 200  # characters of a value that a message quotes
# JSON Schema counts 5.0 as an integer; a range or a folder's name does not.
Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


class UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which a key is text and stands once in a mapping, and numbers are decimal: 010 is not 8, nor 1:30 90."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice in one mapping", node.start_mark
                )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        for key in mapping:
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is no text: put it in quotes", node.start_mark
                )
        return mapping

    def construct_decimal(self, node: yaml.ScalarNode) -> Any:
        if not re.fullmatch(
            r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)", node.value, re.IGNORECASE
        ):
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value!r} is no decimal number: put text in quotes", node.start_mark
            )
        integer = node.tag == "tag:yaml.org,2002:int"
        return self.construct_yaml_int(node) if integer else self.construct_yaml_float(node)


UniqueKeys.add_constructor("tag:yaml.org,2002:int", UniqueKeys.construct_decimal)
UniqueKeys.add_constructor("tag:yaml.org,2002:float", UniqueKeys.construct_decimal)


def read_yaml(path: str | Path) -> Any:
    """Contents of a YAML file, read as plain data: nothing in it is evaluated.

    Raises InputError: the file is missing or is not YAML, or a mapping has a key twice.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), UniqueKeys)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        text = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise InputError(f"{path}: not valid YAML: {text[:300]}") from error


def read_overlay(path: str | Path) -> dict[str, Any]:
    """Keys of a configuration file.

    Raises InputError: as in `read_yaml`, or the file is no mapping, or it has a key on which Snakemake acts.
    """
    overlay = read_yaml(path)
    if not isinstance(overlay, dict):
        raise InputError(f"{path}: holds {overlay!r:.80}, but a mapping with keys of the configuration is needed")
    for key in ACTED_ON:
        if key in overlay:
            raise InputError(
                f"{path}: the key {key!r} is not allowed: a configuration is data, and Snakemake acts on it"
            )
    return overlay


def check_schema(
    document: Any, schema: dict[str, Any], name: str, files: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Hold a document to a JSON schema; `name` is what a message calls the document, `files` those that it was merged from.

    Raises InputError: one line with the key, what is wrong, and the description of what is allowed there.
    """
    error = jsonschema.exceptions.best_match(Validator(schema).iter_errors(document))
    if error is None:
        return
    key = ".".join(map(str, error.absolute_path)) or "top level"
    path = tuple(key for key in error.absolute_path if isinstance(key, str))
    said, allowed = error.message, error.schema.get("description", "")
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = next(key for key in error.instance if key not in known)
        said, allowed = f"unknown key {unknown!r}", f"Known here: {', '.join(known)}."
        if meant := _meant(unknown, error.instance[unknown], path, known, schema):
            allowed = f"Did you mean {meant}? {allowed}"
        path = (*path, unknown)
    elif error.validator == "pattern":
        said = f"{error.instance!r} is not allowed"
    elif error.validator == "type" and error.schema.get("type") == "array" and not isinstance(error.instance, Mapping):
        said = f"{_as_text(error.instance)} is no list: write [{_as_text(error.instance)}]"
    place = (
        f" It is {set_in(files, path)}."
        if files and error.instance is not None and error.validator != "required"
        else ""
    )
    raise InputError(f"{name}: {key}: {shortened(said)}. {allowed}".rstrip() + place)


def _meant(
    unknown: str, value: Any, path: tuple[str, ...], known: Mapping[str, Any], schema: Mapping[str, Any]
) -> str | None:
    """Where a key belongs that is unknown where it stands: beside a misspelt name, in a task, or it is a task."""
    if near := difflib.get_close_matches(unknown, known, 1):
        return near[0]
    own = schema.get("properties", {}).get("tasks", {}).get("additionalProperties", {}).get("properties", {})
    if unknown in own:
        return f"tasks.<name>.{unknown}"
    return f"tasks.{unknown}" if not path and own and isinstance(value, Mapping) else None


def set_in(files: Mapping[str, Mapping[str, Any]], *paths: tuple[str, ...]) -> str:
    """In which of the files, by name, the first of `paths` that is set anywhere was set last."""
    for path in paths:
        for name, document in reversed(list(files.items())):
            value: Any = document
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None:
                return f"set in {name}"
    return "set on the command line"


def dotted(document: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Pairs of dotted keys and values as text, for a table of the configuration; a list becomes its items, joined by commas."""
    pairs: list[tuple[str, str]] = []
    for key, value in document.items():
        if isinstance(value, dict) and prefix.count(".") < 1:
            pairs += dotted(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", _as_text(value)))
    return pairs


def shortened(text: str) -> str:
    """A text of at most LONGEST characters, cut before its end: there a message says what is wrong."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 53]}...{text[-50:]}"


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_text(inner)}" for key, inner in value.items())
    return "null" if value is None else str(value)
