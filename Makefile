# The short names. `make demo` and `make test` set up all they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ACTIVE := PATH="$(CURDIR)/$(BIN):$$PATH"

# The first line of a script in .venv/bin names its Python, and may hold no space.
ifneq ($(words $(CURDIR)),1)
$(error The path "$(CURDIR)" has a space: move the project to a folder without one)
endif

.PHONY: help demo test reproduce sources evidence predict dataset course pages compare bench lint test-all clean \
	test-slurm pictures lock latex chromium

help:
	@echo "make demo       everything on the embedded digits, and a published report that is made of them"
	@echo "make test       the tests"
	@echo "make reproduce  the default source on MNIST, compared with its published values"
	@echo "make sources    every source of the collection, to rebuilt/, and a table of what was met"
	@echo "make evidence   more seeds, other images, longer runs, and minima: to evidence/results/report/report.pdf"
	@echo "make predict    what the published models say of your own images: IMAGES=my_digits/"
	@echo "make dataset    an overlay that runs on your own data: FROM=folder-or-npz NAME=mine"
	@echo "make course     the course, run from top to bottom; with OUT=folder a copy for students, without solutions"
	@echo "make pages      the explorer of the demo as a site: pages/index.html"
	@echo "make compare    two finished working folders beside each other: A=demo B=mine"
	@echo "make bench      speed and memory, to results/benchmarks/"
	@echo "make lint       the linters"
	@echo "make test-all   the tests, the course, pages in a browser, kills and damage, SLURM (root, Debian)"
	@echo "make clean      delete what the pipeline made; the downloads in resources/ stay"

demo: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory demo --configfile config/digits.yaml
	$(ACTIVE) snakemake --directory demo/digits_vanderplas --keep-going all verify --config source=digits_vanderplas
	@for made in demo demo/digits_vanderplas; do ls $$made/results/report/report.pdf 2>/dev/null || ls $$made/results/report/report.tex; done
	@ls demo/results/explorer.html

test: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -n auto --dist loadfile --no-loadscope-reorder -m "not (long or course or browser or reliability or slurm)"

reproduce: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --keep-going all verify

sources: $(VENV)/run.stamp latex
	$(ACTIVE) python tools/sources.py

evidence: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory evidence --config evidence=true
	@$(ACTIVE) python tools/findings.py
	@ls evidence/results/report/report.pdf 2>/dev/null || ls evidence/results/report/report.tex

# A picture or a folder of pictures. Trains the models first, on MNIST, where make reproduce has not. The shell takes the paths that
# users give from its environment: whatever a name may hold, it is a name.
export IMAGES FROM NAME SIZE OUT
# In a container a user may have a number and no name, and Snakemake asks for one.
export LOGNAME ?= $(shell id -un 2>/dev/null || echo nobody)
predict: $(VENV)/run.stamp
	@[ -n "$$IMAGES" ] || { echo "Error: name a picture or a folder of them: make predict IMAGES=my_digits/"; exit 1; }
	@[ -d results/data/mnist ] || echo "First MNIST is fetched (11 MB) and the models are trained: about a minute"
	@$(ACTIVE) snakemake results/predictions.csv --quiet all --forcerun predict_pictures \
		--config images_to_predict="$$($(BIN)/python -c 'import json, os; print(json.dumps(os.environ["IMAGES"]))')"

# Writes mine.yaml: make dataset FROM=pictures NAME=mine
dataset: $(VENV)/run.stamp
	@$(ACTIVE) PYTHONPATH=workflow/scripts python -m onelayer.data.describe "$$FROM" "$$NAME" "$$SIZE"

# With OUT=folder: a copy for students.
course: $(VENV)/dev.stamp
	$(ACTIVE) $(if $(OUT),python tools/handout.py "$$OUT",pytest -n auto --dist loadfile -m course)

# What a code host serves as it is: the explorer of the demo.
pages: demo
	rm -rf pages
	mkdir pages
	cp demo/results/explorer.html pages/index.html
	cp demo/results/report/report.pdf pages/ 2>/dev/null || true
	@ls pages/index.html

# Writes comparison.csv: make compare A=demo B=mine
compare: $(VENV)/run.stamp
	@$(ACTIVE) python tools/compare.py "$(A)" "$(B)"

# One BLAS thread, as Snakemake gives each job.
bench: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake results/data/mnist/train.parquet results/data/mnist/test.parquet
	$(ACTIVE) OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH=workflow/scripts python tools/bench.py

lint: $(VENV)/dev.stamp
	$(ACTIVE) ruff check .
	$(ACTIVE) ruff format --check .
	$(ACTIVE) mypy
	$(ACTIVE) snakefmt --check Snakefile workflow/rules
	$(ACTIVE) snakemake --lint
	$(ACTIVE) snakemake --lint --configfile config/digits.yaml
	$(ACTIVE) hadolint Dockerfile
	$(ACTIVE) reuse lint --quiet

test-all: test course $(VENV)/dev.stamp latex chromium
	$(ACTIVE) pytest -n auto --dist loadfile -m "long or browser or reliability"
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then $(MAKE) --no-print-directory test-slurm; \
	else echo "Not root on Debian or Ubuntu: SLURM was not tried"; fi

# The tests start SLURM's daemons on loopback themselves, and stop them (tests/slurm/cluster.py). Daemons are killed and started
# again on a busy machine: what fails is tried once more.
SLURM := slurm-wlm munge slurmdbd mariadb-server
test-slurm: $(VENV)/dev.stamp $(VENV)/slurm.stamp latex
	@dpkg -s $(SLURM) >/dev/null 2>&1 || { echo "Installing $(SLURM)"; $(call apt,$(SLURM)); }
	$(ACTIVE) pytest -m slurm || $(ACTIVE) pytest -m slurm --last-failed

# The pictures of the README, from the published experiment.
pictures: $(VENV)/dev.stamp latex chromium
	@command -v dot >/dev/null || { echo "Error: dot is needed: install Graphviz"; exit 1; }
	$(ACTIVE) snakemake all
	$(ACTIVE) PYTHONPATH=.:workflow/scripts python tools/pictures.py

# Pin the dependencies anew, after a change in pyproject.toml; UPGRADE=--upgrade takes new versions.
compile = $(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header $(UPGRADE)
lock: $(VENV)/dev.stamp
	$(compile) pyproject.toml -o requirements.txt
	$(compile) -c requirements.txt --extra dev pyproject.toml -o requirements-dev.txt
	$(compile) -c requirements.txt --extra slurm pyproject.toml -o requirements-slurm.txt

clean:
	rm -rf demo evidence rebuilt pages comparison.csv .snakemake
	find results -mindepth 1 -not -name README.md -delete

# With uv if it is on the path, which takes ten seconds where pip takes half a minute; else, or if it fails, with pip.
UV := $(shell command -v uv)
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Error: Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(if $(UV),$(UV) venv -q --seed --python "$$(command -v $(PYTHON))" $(VENV) ||) $(PYTHON) -m venv $(VENV)

install = $(if $(UV),$(UV) pip install -q --python $(BIN)/python --require-hashes -r $< ||) \
	$(BIN)/python -m pip install --quiet --require-hashes -r $<

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Setting up .venv$(if $(UV), with uv): Snakemake, NumPy, pandas, matplotlib and what they need; about $(if $(UV),ten seconds,a minute), once"
	@$(install)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	@echo "Setting up .venv$(if $(UV), with uv) for the tests and linters: about $(if $(UV),ten seconds,a minute), once"
	@$(install)
	@touch $@

# Apart, because Snakemake loads it at every start: 0.3 seconds.
$(VENV)/slurm.stamp: requirements-slurm.txt | $(VENV)/bin/python
	@$(install)
	@touch $@

# LaTeX for the PDF and a browser for the tests of the page: installed if that is ours to do, asked for elsewhere; without LaTeX all
# but the PDF is built.
apt = { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(1); } >/dev/null || \
	{ echo "Installing $(1) failed: install these packages by hand"; exit 1; }
LATEX := latexmk texlive-latex-recommended lmodern
latex:
	@if command -v latexmk >/dev/null && command -v pdflatex >/dev/null && kpsewhich lmodern.sty >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing $(LATEX)"; ( $(call apt,$(LATEX)) ) || true; \
	else echo "No PDF without LaTeX: install it with: sudo apt-get install $(LATEX)"; fi

CHROMIUM := chromium chromium-driver
chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v chromedriver >/dev/null; then \
		echo "Installing $(CHROMIUM)"; $(call apt,$(CHROMIUM)); fi
