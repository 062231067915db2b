"""The project's files agree with each other, and with what a release says of itself."""

import functools
import re
import tomllib

import pandas as pd
import pytest

from onelayer.experiment.config import read_yaml
from onelayer.experiment.configuration import read_configuration
from tests.conftest import ROOT

SCRIPTS = ROOT / "workflow/scripts"
RULES = [path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk")]


def test_every_script_has_a_rule_that_carries_its_code():
    """Without it, an edit would run nothing again. A download is held to its hash, and verify is no file."""
    rules = [text for file in RULES for text in re.split(r"^ *rule ?", file, flags=re.MULTILINE)[1:]]
    scripts = {re.search(r'"\.\./scripts/(\w+\.py)"', rule)[1]: rule for rule in rules}
    assert len(rules) == len(scripts) and set(scripts) == {path.name for path in SCRIPTS.glob("*.py")}
    for script in scripts.keys() - {"fetch_raw.py", "verify.py"}:
        assert re.search(rf'code=(lambda wildcards: )?code_of\(\s*"{script}"', scripts[script]), script
        assert "with job(snakemake.log[0], snakemake.params.code)" in (SCRIPTS / script).read_text(), script


def keys_of(schema, node, prefix=""):
    """Dotted keys of a schema with what describes them; any task or data set is `<name>`."""
    node = schema["$defs"][node["$ref"].split("/")[-1]] if "$ref" in node else node
    yield prefix[:-1], node
    for key, child in node.get("properties", {}).items():
        yield from keys_of(schema, child, f"{prefix}{key}.")
    for other in (*node.get("patternProperties", {}).values(), node.get("additionalProperties"), node.get("items")):
        yield from keys_of(schema, other, f"{prefix}<name>.") if isinstance(other, dict) else ()


@pytest.mark.parametrize("name", sorted(path.name.split(".")[0] for path in (ROOT / "workflow/schemas").iterdir()))
def test_every_key_is_described_has_its_default_and_no_other_key_is_taken(name):
    schema, config = read_yaml(ROOT / f"workflow/schemas/{name}.schema.yaml"), read_yaml(ROOT / "config/config.yaml")
    for key, node in keys_of(schema, schema):
        assert node.get("description", "Of a list.").endswith("."), key
        assert "properties" not in node or "additionalProperties" in node or "rule" in node["required"], key
        if name == "config" and "default" in node and "<name>" not in key and not key.startswith("images."):
            assert functools.reduce(dict.get, key.split("."), config) == node["default"], key


def test_the_experiment_with_every_key_has_every_key_and_is_taken(tmp_path):
    """Of the images of a role any: not all go together."""
    text = re.search(r"## Every key\n.*?```yaml\n(.*?)```", (ROOT / "config/README.md").read_text(), re.DOTALL)[1]
    (tmp_path / "every.yaml").write_text(text)
    assert list(read_configuration(ROOT, [tmp_path / "every.yaml"], {}).tasks) == ["mine"]
    schema = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")
    # The last words: any key of `images` and `training` stands in tasks too.
    known = {key.rpartition(".")[2] for key, _ in keys_of(schema, schema)} - {"", "<name>"}
    assert set(re.findall(r"([a-z_]+):", re.sub(r"#.*|\{\"2.0\".*", "", text))) == known | {"mine"}


def test_no_code_rule_schema_or_template_names_a_source():
    """By its folder, its title, its author, or a course that its title names, capitals and a number."""
    kinds = {".py", ".smk", ".yaml", ".jinja", ".js", ".css", ".mplstyle"}
    texts = {path: path.read_text() for path in (ROOT / "workflow").rglob("*") if path.suffix in kinds}
    words = set()
    for path in (ROOT / "config/sources").glob("*/source.yaml"):
        details = read_yaml(path)
        words |= {path.parent.name, details["title"], details["author"]}
        words |= set(re.findall(r"\b[A-Z]{2,}[0-9]{3,}\b", details["title"]))
    assert len(texts) > 120 and len(words) > 20
    assert [(str(path), word) for path, text in texts.items() for word in words if word in text] == []


def test_the_page_on_results_names_every_column_and_table_and_its_code_runs(digits, monkeypatch):
    text, tables = (ROOT / "results/README.md").read_text(), digits / "results/tables"
    metrics, curves = pd.read_csv(tables / "metrics.csv"), pd.read_parquet(tables / "curves.parquet")
    rows, published, line = text.split("`metrics.csv`:\n")[1].split("\n\n")[:3]
    assert set(pd.read_csv(tables / "published.csv")) <= set(re.findall("`(.+?)`", published))
    assert sorted(re.findall("`(.+?)`", "".join(re.findall(r"^\|.+?\|", rows, re.MULTILINE)))) == sorted(metrics)
    assert re.findall("`(.+?)`", line) == ["curves.parquet", *curves]
    assert all(path.name in text for path in tables.iterdir())
    monkeypatch.chdir(digits)
    names = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], names)
    assert set(names["best"]["task"]) == set(metrics["task"]) and len(names["lowest"]) == 12
    assert len(names["steps"]) == metrics["steps"].sum() and names["weights"].shape == (10, 65)


def test_conda_and_pip_pin_the_same_versions_and_the_least_snakemake_is_said_once():
    texts = [(ROOT / f"requirements{part}.txt").read_text() for part in ("", "-dev", "-slurm")]
    run, *more = [dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE)) for text in texts]
    assert all(run.items() <= pinned.items() for pinned in more)
    assert not any("://" in text for text in texts)
    conda = read_yaml(ROOT / "environment.yml")["dependencies"]
    exact = dict(re.fullmatch(r"(\S+) ==(\S+)", entry).groups() for entry in conda if "==" in entry)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.match("[a-z0-9-]+", entry)[0]: entry for entry in project["dependencies"]}
    names = {"snakemake": "snakemake-minimal", "matplotlib": "matplotlib-base"}
    assert exact == {names.get(name, name): run[name] for name in wanted}
    assert {"latexmk", "texlive-core"} <= set(conda)
    least = re.search(r'min_version\("([0-9.]+)"\)', (ROOT / "Snakefile").read_text())[1]
    assert wanted["snakemake"].startswith(f"snakemake>={least},")


def test_the_profile_for_slurm_decides_as_the_default_one_what_runs_again():
    default, slurm = (read_yaml(ROOT / f"profiles/{name}/config.yaml") for name in ("default", "slurm"))
    assert default.pop("cores") == "all" and default.items() <= slurm.items()


def test_version_date_and_licence_are_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    released = re.findall(r"^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    citation = read_yaml(ROOT / "CITATION.cff")
    assert released[0] == (project["version"], str(citation["date-released"]))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert (ROOT / "LICENSES/MIT.txt").read_text() == (ROOT / "LICENSE").read_text()


def test_the_container_has_latex_and_all_but_what_git_ignores_and_runs_for_a_user_without_a_name():
    text = (ROOT / "Dockerfile").read_text()
    latex = re.search(r"^LATEX := (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)[1]
    assert set(latex.split()) <= set(text.split())
    assert re.search(r"^ENV .*\bUSER=\w+ LOGNAME=\w+(.|\n)*^USER 1000$", text, re.MULTILINE)
    assert '"--snakefile", "/opt/onelayer/Snakefile", "--directory", "/work"' in text
    ignored = [(ROOT / f".{tool}ignore").read_text().splitlines() for tool in ("git", "docker")]
    made, left_out = [[line for line in lines if not line.startswith("#")] for lines in ignored]
    assert left_out == [".git", *made]


FOLDERS = (".", "config", "results", "docs", "docs/course", "workflow/data/digits")
PAGES = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.md"))]


def text_of(page):
    """The text of a page without blocks of code."""
    return re.sub(r"^(```|~~~).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors_of(page):
    """The names that a code host gives to the headings of a page."""
    headings = re.findall(r"^#+ +(.+)$", text_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere():
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(\s*<?([^)>\s]+)", text_of(page))]
    broken = []
    for page, link in links:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        missing = not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target))
        if missing and not re.match(r"[a-z]+:", link):
            broken.append((page.name, link))
    assert len(links) > 60 and broken == []
