"""Reading configuration files, plain YAML, and holding them to JSON schemas."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from onelayer.io.errors import InputError, one_line

Files = dict[str, Mapping[str, Any]]  # the contents of files by name, each put over the one before

# The latest draft counts 5.0 as an integer; a range or a folder's name does not.
Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator, type_checker=jsonschema.Draft4Validator.TYPE_CHECKER
)


class UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which a key is text and stands once in a mapping, and numbers are decimal: 010 is not 8, nor 1:30 90."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if key.tag != "tag:yaml.org,2002:str" or key.value in seen:
                problem = f"the key {key.value!r} stands twice in one mapping, or is no text and needs quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_decimal(self, node: yaml.ScalarNode) -> Any:
        if not re.fullmatch(
            r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?(e[-+]?[0-9]+)?|[-+]?\.(inf|nan)", node.value, re.IGNORECASE
        ):
            problem = f"{node.value!r} is no decimal number: put text in quotes"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return self.construct_yaml_int(node) if node.tag.endswith(":int") else self.construct_yaml_float(node)


UniqueKeys.add_constructor("tag:yaml.org,2002:int", UniqueKeys.construct_decimal)
UniqueKeys.add_constructor("tag:yaml.org,2002:float", UniqueKeys.construct_decimal)


def read_yaml(path: str | Path) -> Any:
    """Contents of a YAML file, read as plain data: nothing in it is evaluated.

    Raises InputError: the file is missing or is not YAML, or a mapping has a key twice.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), UniqueKeys)
    except (OSError, ValueError, yaml.YAMLError) as error:
        said = one_line(error).replace('in "<unicode string>", ', "at ")
        raise InputError(f"{path}: cannot be read as YAML: {said}") from error


def check_schema(document: Any, schema: dict[str, Any], name: str, files: Files | None = None) -> None:
    """Hold a document to a JSON schema; `name` is what a message calls the document, `files` those that it was merged from.

    Raises InputError: one line with the key, what is wrong, and the description of what is allowed there.
    """
    error = jsonschema.exceptions.best_match(Validator(schema).iter_errors(document))
    if error is None:
        return
    path = list(error.absolute_path)
    key = ".".join(map(str, path)) or "top level"
    # A message begins with the value, which may be a whole mapping; the description is enough then.
    said, allowed = f"{error.message:.250}", error.schema.get("description", "")
    if error.validator == "additionalProperties" and "properties" in error.schema:
        known = error.schema["properties"]
        unknown = next(own for own in error.instance if own not in known)
        meant = _meant(unknown, error.instance[unknown], path, known, schema)
        said, allowed = f"unknown key {unknown!r}", f"{meant}Known here: {', '.join(known)}."
        path.append(unknown)
    elif error.validator == "pattern":
        said = f"{error.instance!r} is not allowed"
    elif error.validator == "type" and error.schema["type"] == "array" and not isinstance(error.instance, Mapping):
        said = f"{_as_text(error.instance)} is no list: write [{_as_text(error.instance)}]"
    place = f" ({set_in(files, path)})" if files and path else ""
    raise InputError(f"{name}: {key}: {said}{place}. {allowed}".rstrip())


def _meant(unknown: str, value: Any, path: list[Any], known: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Where a key belongs that is unknown where it stands: it is misspelt, is of a task, or is itself a task."""
    near = difflib.get_close_matches(unknown, known, 1)
    of_task = schema.get("properties", {}).get("tasks", {}).get("additionalProperties", {}).get("properties", {})
    if not near and unknown in of_task:
        near = [f"tasks.<name>.{unknown}"]
    elif not near and of_task and not path and isinstance(value, Mapping):
        near = [f"tasks.{unknown}"]
    return f"Did you mean {near[0]}? " if near else ""


def set_in(files: Files, *paths: list[Any]) -> str:
    """In which of the files, by name, the first of `paths` that is set anywhere was set last."""
    for path in paths:
        for name, document in reversed(files.items()):
            with suppress(LookupError, TypeError):
                reduce(getitem, path, document)
                return f"set in {name}"
    return "set on the command line"


def dotted(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and values as text, for a table of the configuration; a list becomes its items, joined by commas."""
    for key, value in document.items():
        if isinstance(value, dict) and "." not in prefix:
            yield from dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_text(inner)}" for key, inner in value.items())
    return value if isinstance(value, str) else json.dumps(value)
