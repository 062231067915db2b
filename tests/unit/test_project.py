"""The project's files agree with each other."""

import ast
import gzip
import hashlib
import json
import re

import numpy as np
import pytest
import yaml
from sklearn.datasets import load_digits

from onelayer.config import read_yaml
from onelayer.idx import parse_idx
from tests.conftest import ROOT

PACKAGE = ROOT / "workflow/scripts/onelayer"
# From the bottom up, as onelayer/__init__.py says it.
LAYERS = [
    {"errors", "joblog", "locks"},
    {"config"},
    {"idx", "download", "fetch", "store", "checkpoint"},
    {"samples"},
    {"objective"},
    {"evaluation"},
    {"training", "gradcheck"},
    {"metrics", "published"},
    {"figures", "report", "latex"},
]


def imported_modules(path):
    """Modules of onelayer that a file imports itself, and whether it imports Snakemake."""
    found, snakemake = set(), False
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom) and node.module == "onelayer":
            names = [f"onelayer.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("onelayer.")}
        snakemake |= any(name.split(".")[0] == "snakemake" for name in names)
    return found, snakemake


def closure(path):
    found, _ = imported_modules(path)
    for name in sorted(found):
        found = found | closure(PACKAGE / f"{name}.py")
    return found


def test_a_module_imports_only_what_lies_below_and_never_snakemake():
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    modules = [path for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    assert {path.stem for path in modules} == set(level)
    for path in modules:
        imports, snakemake = imported_modules(path)
        assert not snakemake, path
        for name in imports:
            same_layer_below = level[name] == level[path.stem] and path.stem not in closure(PACKAGE / f"{name}.py")
            assert level[name] < level[path.stem] or same_layer_below, f"{path.stem} imports {name}"


def rules():
    """Name, script and declared modules of every rule that runs a script."""
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for text in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            script = re.search(r'"\.\./scripts/(\w+\.py)"', text)
            modules = re.search(r"modules=modules\(([^)]*)\)", text)
            yield text.split(":")[0], script[1], set(re.findall(r'"(\w+)"', modules[1])) if modules else set()


@pytest.mark.parametrize(
    ("rule", "script", "modules"), list(rules()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_rule_declares_the_modules_that_its_script_imports(rule, script, modules):
    assert modules == closure(ROOT / "workflow/scripts" / script)


def test_every_script_belongs_to_a_rule_and_touches_snakemake_only_when_run():
    scripts = {path.name: path for path in (ROOT / "workflow/scripts").glob("*.py")}
    assert set(scripts) == {script for _, script, _ in rules()}
    for path in scripts.values():
        tree = ast.parse(path.read_text())
        guarded = [node for node in tree.body if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)]
        inside = {id(node) for block in guarded for node in ast.walk(block)}
        uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "snakemake"]
        assert uses and all(id(node) in inside for node in uses), path


def test_the_configuration_reference_is_that_of_the_schema():
    text = (ROOT / "config/README.md").read_text().split("## Keys of the configuration")[1]
    rows = {match[1]: match[0] for match in re.finditer(r"^\| `([^`]+)` \|.*$", text, flags=re.MULTILINE)}
    schema = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")
    config = read_yaml(ROOT / "config/config.yaml")

    def leaves(node, values, prefix=""):
        for key, child in node["properties"].items():
            if "$ref" in child:
                child = schema["$defs"][child["$ref"].split("/")[-1]]
            if "properties" in child:
                yield from leaves(child, values[key], f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", child["description"], values[key]

    documented = [f"| `{key}` | {said} | `{json.dumps(default)}` |" for key, said, default in leaves(schema, config)]
    assert [rows[row.split("`")[1]] for row in documented] == documented

    datasets = next(iter(read_yaml(ROOT / "workflow/schemas/datasets.schema.yaml")["patternProperties"].values()))
    file = next(iter(datasets["properties"]["files"]["patternProperties"].values()))
    published = read_yaml(ROOT / "workflow/schemas/published.schema.yaml")
    others = (
        {key: node["description"] for key, node in datasets["properties"].items()}
        | {f"files.<name>.{key}": node["description"] for key, node in file["properties"].items()}
        | {key: node["description"] for key, node in published["properties"].items()}
        | {
            f"values[].{key}": n["description"]
            for key, n in published["properties"]["values"]["items"]["properties"].items()
        }
    )
    for key, said in others.items():
        assert rows[key] == f"| `{key}` | {said} |"
    assert set(rows) == {row.split("`")[1] for row in documented} | set(others)


def test_every_mapping_in_the_schemas_refuses_unknown_keys():
    def mappings(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for child in node.values():
                yield from mappings(child)

    for path in (ROOT / "workflow/schemas").glob("*.yaml"):
        found = list(mappings(read_yaml(path)))
        assert found
        for node in found:
            assert node["additionalProperties"] is False and node["description"].endswith("."), (path.name, node)


def test_conda_and_pip_pin_the_same_versions():
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE))
    developer = dict(
        re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements-dev.txt").read_text(), flags=re.MULTILINE)
    )
    assert pinned.items() <= developer.items()
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    names = {"snakemake-minimal": "snakemake", "matplotlib-base": "matplotlib"}
    exact = dict(re.fullmatch(r"(\S+) ==(\S+)", entry).groups() for entry in conda if "==" in entry)
    project = (ROOT / "pyproject.toml").read_text().split("[project.optional-dependencies]")[0]
    wanted = re.findall(r'^  "([a-z0-9-]+)[><=]', project, flags=re.MULTILINE)
    assert {names.get(name, name): version for name, version in exact.items()} == {
        name: pinned[name] for name in wanted
    }
    assert {"latexmk", "texlive-core"} <= set(conda)


def test_the_locks_have_hashes_and_no_addresses():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        for entry in re.split(r"\n(?=[a-z])", text):
            assert "--hash=sha256:" in entry


def test_the_embedded_digits_are_those_of_scikit_learn():
    files = read_yaml(ROOT / "config/datasets.yaml")["digits"]["files"]
    content = {}
    for name, file in files.items():
        raw = gzip.decompress((ROOT / f"workflow/data/digits/{name}.gz").read_bytes())
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (file["bytes"], file["sha256"])
        content[file["split"], file["holds"]] = parse_idx(raw, name, 3 if file["holds"] == "images" else 1)
    digits = load_digits()
    for holds, expected in (("images", digits.images), ("labels", digits.target)):
        np.testing.assert_array_equal(np.concatenate([content["train", holds], content["test", holds]]), expected)


def test_no_file_is_long():
    files = [
        *ROOT.glob("workflow/**/*.py"),
        *ROOT.glob("workflow/**/*.smk"),
        *ROOT.glob("tests/**/*.py"),
        ROOT / "Snakefile",
    ]
    for path in files:
        assert len(path.read_text().splitlines()) <= (60 if path.name == "Snakefile" else 300), path
