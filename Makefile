# The short names. `make demo` and `make test` set up all they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ACTIVE := PATH="$(CURDIR)/$(BIN):$$PATH"

# The first line of a script in .venv/bin names its Python, and may hold no space.
ifneq ($(words $(CURDIR)),1)
$(error The path "$(CURDIR)" has a space: move the project to a folder without one)
endif

.PHONY: help demo test test-reliability test-slurm verify-identical reproduce evidence data-bundle dataset bench lint lock latex clean

help:
	@echo "make demo       everything on the embedded digits, to demo/results/report/report.pdf"
	@echo "make test       the tests"
	@echo "make test-reliability  kills, bad networks, bad files, bad input: what was tried, how often, what survived"
	@echo "make test-slurm        200 runs on a SLURM cluster set up on this machine, and its faults; as root on Debian"
	@echo "make verify-identical  three rebuilds of the digits under other conditions: the same bytes, file by file"
	@echo "make reproduce  the published experiment on MNIST, held to the published values"
	@echo "make evidence   the published experiment with all that decides its claims, to evidence/results/report/report.pdf"
	@echo "make data-bundle  the raw files as one archive for a machine without network (DATASET=mnist)"
	@echo "make dataset    an overlay that runs on data of your own: FROM=folder-or-npz NAME=mine"
	@echo "make bench      speed and memory, to results/benchmarks/ (against PyTorch and JAX too, if they are in .venv)"
	@echo "make lint       the linters"
	@echo "make lock       pin the dependencies anew, after a change in pyproject.toml"
	@echo "make clean      delete what the pipeline made; downloads stay"

demo: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory demo --configfile config/digits.yaml
	@ls demo/results/report/report.pdf 2>/dev/null || ls demo/results/report/report.tex

test: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -n auto --dist loadfile -m "not reliability" tests/unit tests/workflow

test-reliability: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -m reliability tests/reliability

# The tests start SLURM's daemons on loopback themselves, and stop them (tests/slurm/cluster.py).
SLURM := slurm-wlm munge slurmdbd mariadb-server
test-slurm: $(VENV)/dev.stamp $(VENV)/slurm.stamp latex
	@if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
		echo "Error: make test-slurm needs root on Debian or Ubuntu, to install and start $(SLURM)"; exit 1; \
	elif ! dpkg -s $(SLURM) >/dev/null 2>&1; then \
		echo "Installing $(SLURM)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(SLURM); } >/dev/null || \
		{ echo "Error: installing $(SLURM) failed"; exit 1; }; \
	fi
	$(ACTIVE) pytest tests/slurm

verify-identical: $(VENV)/run.stamp latex
	$(ACTIVE) python checks/verify_identical.py --configfile config/digits.yaml

reproduce: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake all
	$(ACTIVE) snakemake --cores 1 verify

# More seeds, other images, longer runs, and the minimum of each objective: what decides the claims of the source.
evidence: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory evidence --configfile config/evidence.yaml
	@ls evidence/results/report/report.pdf 2>/dev/null || ls evidence/results/report/report.tex

# make data-bundle DATASET=digits: another data set of config/datasets.yaml.
DATASET ?= mnist
data-bundle: $(VENV)/run.stamp
	$(ACTIVE) snakemake results/bundle/$(DATASET).tar
	@ls results/bundle/$(DATASET).tar

# Writes mine.yaml: make dataset FROM=pictures NAME=mine
dataset: $(VENV)/run.stamp
	@$(ACTIVE) PYTHONPATH=workflow/scripts python -m onelayer.data.describe "$(FROM)" "$(NAME)"

# One BLAS thread, as Snakemake gives each job. Takes about ten minutes.
bench: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake results/data/mnist/train.parquet results/data/mnist/test.parquet
	$(ACTIVE) OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH=workflow/scripts:benchmarks \
		python benchmarks/bench.py

lint: $(VENV)/dev.stamp
	$(ACTIVE) ruff check .
	$(ACTIVE) mypy
	$(ACTIVE) ruff format --check .
	$(ACTIVE) snakefmt --check Snakefile workflow/rules
	$(ACTIVE) snakemake --lint
	$(ACTIVE) snakemake --lint --configfile config/digits.yaml

lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		-c requirements.txt --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		-c requirements.txt --extra slurm pyproject.toml -o requirements-slurm.txt

clean:
	rm -rf demo evidence .snakemake
	find results -mindepth 1 -not -name README.md -delete

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Error: Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# Apart, because Snakemake loads it at every start: 0.3 seconds.
$(VENV)/slurm.stamp: requirements-slurm.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-slurm.txt
	@touch $@

# LaTeX for the PDF: installed where that is ours to do, asked for elsewhere; without it all but the PDF is built.
LATEX := latexmk texlive-latex-recommended lmodern
latex:
	@if command -v latexmk >/dev/null && command -v pdflatex >/dev/null && kpsewhich lmodern.sty >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $(LATEX)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(LATEX); } >/dev/null || \
		echo "No PDF: installing LaTeX failed; install these packages by hand: $(LATEX)"; \
	else echo "No PDF without LaTeX: install it with: sudo apt-get install $(LATEX)"; fi
