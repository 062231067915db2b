"""The project's files agree with each other."""

import ast
import re

import pytest
import yaml

from onelayer.config import read_yaml
from onelayer.models import MODELS
from onelayer.selection import DIAGNOSTICS, FIGURES
from tests.conftest import ROOT

SCRIPTS = ROOT / "workflow/scripts"
PACKAGE = SCRIPTS / "onelayer"
SCHEMAS = ROOT / "workflow/schemas"
SOURCES = [
    p for d in ("workflow", "benchmarks", "checks") for p in (ROOT / d).rglob("*") if p.suffix in (".py", ".smk")
]


def test_the_package_never_imports_snakemake():
    for path in PACKAGE.rglob("*.py"):
        nodes = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        names = [
            name for node in nodes for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
        ]
        assert not any((name or "").split(".")[0] == "snakemake" for name in names), path


def test_every_script_belongs_to_a_rule_and_touches_snakemake_only_when_run():
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    scripts = {path.name: path for path in SCRIPTS.glob("*.py")}
    assert set(scripts) == set(re.findall(r'"\.\./scripts/(\w+\.py)"', rules))
    for path in scripts.values():
        tree = ast.parse(path.read_text())
        guarded = [node for node in tree.body if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)]
        inside = {id(node) for block in guarded for node in ast.walk(block)}
        uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "snakemake"]
        assert uses and all(id(node) in inside for node in uses), path


def test_every_rule_that_makes_results_carries_its_code():
    for path in (ROOT / "workflow/rules").glob("*.smk"):
        for text in re.split(r"^ *rule ?", path.read_text(), flags=re.MULTILINE)[1:]:
            script = re.search(r'"\.\./scripts/(\w+\.py)"', text)
            if script and script[1] not in ("fetch_raw.py", "verify.py"):
                assert re.search(rf'code=code_of\(\s*"{script[1]}"', text), (path.name, script[1])
                assert "with job(snakemake.log[0], snakemake.params.code)" in (SCRIPTS / script[1]).read_text(), script[
                    1
                ]


def test_registries_and_their_places():
    assert {path.stem for path in (PACKAGE / "figures").glob("*.py")} - {"__init__", "common"} == set(FIGURES) | set(
        DIAGNOSTICS
    )
    captions = ROOT / "workflow/report/captions"
    assert {path.stem for path in (captions / "figures").glob("*.rst")} == set(FIGURES) | set(DIAGNOSTICS)
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    tables = set(re.findall(r'"results/tables/(\w+)\.csv"', rules))
    assert {path.stem for path in (captions / "tables").glob("*.rst")} == tables
    assert {path.name.split(".")[0] for path in (ROOT / "workflow/report/models").glob("*")} - {"other"} == set(MODELS)


def test_what_a_code_host_is_asked_for_is_all_text_that_a_run_reads():
    """workflow/files.txt; a failure names the lines that are missing or too many."""
    places = (
        "config/*.yaml",
        "workflow/schemas/*",
        "workflow/scripts/**/*.py",
        "workflow/report/**/*.*",
        "workflow/explorer/*",
    )
    files = {str(path.relative_to(ROOT)) for place in places for path in ROOT.glob(place)}
    listed = (ROOT / "workflow/files.txt").read_text().split()
    assert files == set(listed) and listed == sorted(listed)


@pytest.mark.parametrize(
    "pattern",
    [
        r"import pickle|pickle\.|to_pickle|read_pickle",
        r"allow_pickle=True",
        r"yaml\.(full_load|unsafe_load|Loader|UnsafeLoader|FullLoader)\b",
        r"\b(eval|exec)\(",
        r"shell=True",
        r"os\.system",
        r"verify=False|CERT_NONE|_create_unverified",
        r"-shell-escape(?<!no-shell-escape)",
        r"np\.load\((?!.*allow_pickle=False)",
    ],
)
def test_sources_do_without(pattern):
    assert len(SOURCES) > 35
    assert [path.name for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))] == []


def resolved(schema, node):
    return schema["$defs"][node["$ref"].split("/")[-1]] if "$ref" in node else node


def leaves(schema, node, prefix=""):
    """Keys of a schema with their descriptions and defaults; what describes any task or data set is `<name>`."""
    for key, child in node.get("properties", {}).items():
        child = resolved(schema, child)
        yield f"{prefix}{key}", child
        yield from leaves(schema, child, f"{prefix}{key}.")
    others = node.get("additionalProperties")
    others = [*node.get("patternProperties", {}).values(), *([others] if isinstance(others, dict) else [])]
    for child in others:
        child = resolved(schema, child)
        yield from leaves(schema, child, f"{prefix}<name>.")
    if "items" in node:
        yield from leaves(schema, resolved(schema, node["items"]), f"{prefix.rstrip('.')}[].")


@pytest.mark.parametrize("name", ["config", "datasets", "published", "claims"])
def test_the_reference_has_a_line_for_every_key(name):
    """What a task overrides is described once, under `images` and `training`."""
    text = (ROOT / "config/README.md").read_text()
    schema = read_yaml(SCHEMAS / f"{name}.schema.yaml")
    shared = {"batch_size", "max_epochs", "evaluations_per_epoch", "patience", "dtype", "penalty", "seeds"}
    for key, node in leaves(schema, schema):
        if (
            name == "config"
            and key.startswith("tasks.<name>.")
            and key.split(".")[2] in shared | {"train", "validation", "test"}
        ):
            continue
        key = key.removeprefix("<name>.")
        line = next((line for line in text.splitlines() if line.startswith(f"| `{key}` |")), None)
        assert line and node["description"] in line, (key, node["description"])


def test_defaults_of_the_schema_are_the_published_configuration(config):
    schema = read_yaml(SCHEMAS / "config.schema.yaml")
    for key, node in leaves(schema, schema):
        if "default" in node and "<name>" not in key and not key.endswith(".first"):
            value = config
            for part in key.split("."):
                value = value[part]
            assert value == node["default"], key


def test_every_mapping_in_the_schemas_refuses_unknown_keys_and_says_what_it_takes():
    def mappings(node):
        if isinstance(node, dict):
            if node.get("type") == "object" or node.get("type") == ["object", "null"]:
                yield node
            for child in node.values():
                yield from mappings(child)
        elif isinstance(node, list):
            for child in node:
                yield from mappings(child)

    free = {
        "As in the configuration.",
        "As in the configuration, without the seeds.",
        "As in the configuration, without the grid.",
    }
    for path in SCHEMAS.glob("*.yaml"):
        for node in mappings(read_yaml(path)):
            said = node.get("description", "A mapping.")
            closed = node.get("additionalProperties") is False or isinstance(node.get("additionalProperties"), dict)
            assert said.endswith(".") and (
                closed or said in free or said.endswith(("see config/datasets.yaml.", "and its arguments."))
            ), (
                path.name,
                said,
            )


def test_conda_and_pip_pin_the_same_versions():
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE))
    developer = dict(
        re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements-dev.txt").read_text(), flags=re.MULTILINE)
    )
    assert pinned.items() <= developer.items()
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (extra,) = [entry["pip"] for entry in conda if isinstance(entry, dict)]
    conda = [entry for entry in conda if isinstance(entry, str)]
    assert [entry.replace(" ", "") for entry in extra] == [f"rocrate=={developer.get('rocrate')}"]
    names = {"snakemake-minimal": "snakemake", "matplotlib-base": "matplotlib"}
    exact = dict(re.fullmatch(r"(\S+) ==(\S+)", entry).groups() for entry in conda if "==" in entry)
    project = (ROOT / "pyproject.toml").read_text().split("[project.optional-dependencies]")[0]
    wanted = re.findall(r'^  "([a-z0-9-]+)[><=]', project, flags=re.MULTILINE)
    assert {names.get(name, name): version for name, version in exact.items()} == {
        name: pinned[name] for name in wanted
    }
    assert {"latexmk", "texlive-core"} <= set(conda)


def test_the_least_version_of_snakemake_is_said_once():
    least = re.search(r'min_version\("([0-9.]+)"\)', (ROOT / "workflow/Snakefile").read_text())[1]
    assert f'"snakemake>={least},' in (ROOT / "pyproject.toml").read_text()


def test_the_locks_have_hashes_and_no_addresses():
    locks = sorted(ROOT.glob("requirements*.txt"))
    assert len(locks) == 5
    for path in locks:
        text = path.read_text()
        assert "://" not in text
        for entry in re.split(r"\n(?=[a-z])", text):
            assert "--hash=sha256:" in entry


def test_the_profile_for_slurm_decides_as_the_default_one_what_runs_again():
    default, slurm = (
        yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text()) for name in ("default", "slurm")
    )
    assert default.pop("cores") == "all"
    assert default.items() <= slurm.items()


def test_no_file_is_long():
    files = [
        *ROOT.glob("workflow/**/*.py"),
        *ROOT.glob("workflow/**/*.smk"),
        *ROOT.glob("tests/**/*.py"),
        ROOT / "workflow/Snakefile",
    ]
    for path in files:
        assert len(path.read_text().splitlines()) <= (40 if path.name == "Snakefile" else 300), path
