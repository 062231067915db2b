"""Reading configuration files, plain YAML, and holding them to JSON schemas."""

import json
from collections.abc import Mapping
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
    """Safe YAML in which a key is text and stands once in a mapping."""

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


def read_yaml(path: str | Path) -> Any:
    """Contents of a YAML file, read as plain data: nothing in it is evaluated.

    Raises InputError: the file is missing or is not YAML, or a mapping has a key twice.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), UniqueKeys)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read as YAML: {one_line(error)}") from error


def check_schema(document: Any, schema: dict[str, Any], name: str, files: Files | None = None) -> None:
    """Hold a document to a JSON schema; `name` is what a message calls the document, `files` those that it was merged from.

    Raises InputError: one line with the key, what is wrong, and the description of what is allowed there.
    """
    error = jsonschema.exceptions.best_match(Validator(schema).iter_errors(document))
    if error is None:
        return
    path = list(error.absolute_path)
    key = ".".join(map(str, path)) or "top level"
    if error.validator == "additionalProperties":
        path += [own for own in error.instance if own not in error.schema.get("properties", {})][:1]
    place = f" ({set_in(files, path)})" if files and path else ""
    # A message begins with the value, which may be a whole mapping; the description is enough then.
    raise InputError(f"{name}: {key}: {error.message:.250}{place}. {error.schema.get('description', '')}")


def set_in(files: Files, *paths: list[Any]) -> str:
    """In which of the files, by name, the first of `paths` that is set anywhere was set last."""
    for path in paths:
        for name, document in reversed(files.items()):
            with suppress(LookupError, TypeError):
                reduce(getitem, path, document)
                return f"set in {name}"
    return "set on the command line"


def dotted(document: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Pairs of dotted keys and values as text, for a table of the configuration; a list becomes its items, joined by commas."""
    pairs: list[tuple[str, str]] = []
    for key, value in document.items():
        if isinstance(value, dict) and "." not in prefix:
            pairs += dotted(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", _as_text(value)))
    return pairs


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_as_text(inner)}" for key, inner in value.items())
    return value if isinstance(value, str) else json.dumps(value)
