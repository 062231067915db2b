# The short names. `make demo` and `make test` set up all they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools
KUBERNETES := $(VENV)/kubernetes
ACTIVE := PATH="$(CURDIR)/$(BIN):$$PATH"

# The first line of a script in .venv/bin names its Python, and may hold no space.
ifneq ($(words $(CURDIR)),1)
$(error The path "$(CURDIR)" has a space: move the project to a folder without one)
endif

.PHONY: help demo html test test-use test-browser test-reliability verify-identical reproduce evidence data-bundle dataset bench lint lock latex chromium compare crate pictures hashes check-container test-course predict test-slurm test-s3 clean

help:
	@echo "make demo       everything on the embedded digits, to demo/results/report/report.pdf"
	@echo "make test       the tests"
	@echo "make test-use   imported by another workflow, packed as a crate, asked about pictures"
	@echo "make test-browser  the pages, in a headless Chromium without network"
	@echo "make test-course  the tour and the notebooks of docs/course, run from top to bottom"
	@echo "make test-s3    the pipeline with its files in a bucket, and a dry run of profiles/kubernetes"
	@echo "make test-reliability  kills, bad networks, bad files, bad input: what was tried, how often, what survived"
	@echo "make test-slurm        200 runs on a SLURM cluster set up on this machine, and its faults; as root on Debian"
	@echo "make verify-identical  three rebuilds of the digits under other conditions: the same bytes, file by file"
	@echo "make reproduce  the published experiment on MNIST, held to the published values"
	@echo "make predict    what the published models say of pictures of your own: IMAGES=my_digits/"
	@echo "make evidence   the published experiment with all that decides its claims, to evidence/results/report/report.pdf"
	@echo "make html       the published experiment as pages: to results/report.zip, to unpack and open report.html in it"
	@echo "make crate      the published experiment as a research object with all that made it, to results/onelayer.crate.zip"
	@echo "make pictures   the pictures of the README, from the published experiment"
	@echo "make hashes     write codecheck.sha256 anew, after make reproduce and make demo"
	@echo "make check-container  the steps of the Dockerfile in a chroot, as root on Debian with debootstrap; takes minutes"
	@echo "make data-bundle  the raw files as one archive for a machine without network (DATASET=mnist)"
	@echo "make dataset    an overlay that runs on data of your own: FROM=folder-or-npz NAME=mine"
	@echo "make compare    two finished working folders beside each other, to comparison/: A=folder B=folder"
	@echo "make bench      speed and memory, to results/benchmarks/ (against PyTorch and JAX too, if they are in .venv)"
	@echo "make lint       the linters"
	@echo "make lock       pin the dependencies anew, after a change in pyproject.toml"
	@echo "make clean      delete what the pipeline made; downloads stay"

demo: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory demo --configfile config/digits.yaml
	@ls demo/results/report/report.pdf 2>/dev/null || ls demo/results/report/report.tex

html: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake all
	$(ACTIVE) snakemake --report results/report.zip
	@ls results/report.zip

test: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -n auto --dist loadfile -m "not reliability" tests/unit tests/workflow

test-use: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -n auto --dist loadfile tests/use

test-browser: $(VENV)/dev.stamp latex chromium
	$(ACTIVE) pytest -n auto --dist loadfile -m browser tests/browser

test-course: $(VENV)/dev.stamp
	$(ACTIVE) pytest -n auto --dist loadfile tests/course

test-s3: $(VENV)/dev.stamp $(TOOLS)/run.stamp $(KUBERNETES)/run.stamp latex
	PATH="$(CURDIR)/$(KUBERNETES)/bin:$(CURDIR)/$(TOOLS)/bin:$$PATH" $(BIN)/pytest tests/s3

test-reliability: $(VENV)/dev.stamp latex
	$(ACTIVE) pytest -n auto --dist loadfile -m reliability tests/reliability

# Daemons are killed and started again on a busy machine: what fails is tried once more.
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
	$(ACTIVE) pytest tests/slurm || $(ACTIVE) pytest tests/slurm --last-failed

verify-identical: $(VENV)/run.stamp latex
	$(ACTIVE) python checks/verify_identical.py --configfile config/digits.yaml

reproduce: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --keep-going all verify

# A picture or a folder of pictures. Trains the models first, on MNIST, where make reproduce has not.
predict: $(VENV)/run.stamp
	@[ -n "$(IMAGES)" ] || { echo "Error: name a picture or a folder of them: make predict IMAGES=my_digits/"; exit 1; }
	@echo "Predicting $(IMAGES); the first time, MNIST is downloaded and five models are trained: about half a minute"
	@$(ACTIVE) snakemake results/predictions.csv --quiet all --forcerun predict_pictures --config images_to_predict='"$(IMAGES)"'

# More seeds, other images, longer runs, and the minimum of each objective: what decides the claims of the source.
evidence: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake --directory evidence --configfile config/evidence.yaml
	@ls evidence/results/report/report.pdf 2>/dev/null || ls evidence/results/report/report.tex

crate: $(VENV)/dev.stamp $(TOOLS)/run.stamp latex
	$(ACTIVE) snakemake results/onelayer.crate.zip
	$(ACTIVE) python checks/validate_crate.py results/onelayer.crate.zip

pictures: $(VENV)/dev.stamp latex chromium
	$(ACTIVE) snakemake all
	$(ACTIVE) PYTHONPATH=.:workflow/scripts python checks/pictures.py

# Of the same files as before.
hashes:
	cut -c 67- codecheck.sha256 | xargs sha256sum > codecheck.sha256.partial
	mv codecheck.sha256.partial codecheck.sha256

check-container:
	$(PYTHON) checks/container.py

# make data-bundle DATASET=digits: another data set of config/datasets.yaml.
DATASET ?= mnist
data-bundle: $(VENV)/run.stamp
	$(ACTIVE) snakemake results/bundle/$(DATASET).tar
	@ls results/bundle/$(DATASET).tar

# Writes mine.yaml: make dataset FROM=pictures NAME=mine
dataset: $(VENV)/run.stamp
	@$(ACTIVE) PYTHONPATH=workflow/scripts python -m onelayer.data.describe "$(FROM)" "$(NAME)"

# Writes comparison.html and comparison.csv: make compare A=digits B=mine (OUT=folder)
OUT ?= comparison
compare: $(VENV)/run.stamp
	@$(ACTIVE) PYTHONPATH=workflow/scripts python -m onelayer.compare "$(A)" "$(B)" "$(OUT)"

# One BLAS thread, as Snakemake gives each job.
bench: $(VENV)/run.stamp latex
	$(ACTIVE) snakemake results/data/mnist/train.parquet results/data/mnist/test.parquet
	$(ACTIVE) OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH=workflow/scripts:benchmarks \
		python benchmarks/bench.py

lint: $(VENV)/dev.stamp $(TOOLS)/run.stamp
	$(ACTIVE) ruff check .
	$(ACTIVE) mypy
	$(ACTIVE) ruff format --check .
	$(ACTIVE) snakefmt --check Snakefile workflow/Snakefile workflow/rules
	$(ACTIVE) snakemake --lint
	$(ACTIVE) snakemake --lint --configfile config/digits.yaml
	$(TOOLS)/bin/cffconvert --validate -i CITATION.cff
	$(TOOLS)/bin/hadolint Dockerfile
	$(TOOLS)/bin/reuse lint --quiet

lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		-c requirements.txt --extra dev --extra crate pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group tools -o requirements-tools.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		-c requirements.txt --extra slurm pyproject.toml -o requirements-slurm.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-header --upgrade \
		--extra kubernetes pyproject.toml -o requirements-kubernetes.txt

clean:
	rm -rf demo evidence comparison .snakemake .test/results .test/resources .test/.snakemake
	find results -mindepth 1 -not -name README.md -delete

# With uv where it is on the path, which takes ten seconds where pip takes half a minute; else, or where it fails, with pip.
UV := $(shell command -v uv)
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Error: Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(if $(UV),$(UV) venv -q --seed --python "$$(command -v $(PYTHON))" $(VENV) ||) $(PYTHON) -m venv $(VENV)

install = $(if $(UV),$(UV) pip install -q --python $(BIN)/python --require-hashes -r $< ||) \
	$(BIN)/python -m pip install --quiet --require-hashes -r $<

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Setting up .venv$(if $(UV), with uv): Snakemake, NumPy, pandas, matplotlib and what they need (0.8 GB); about $(if $(UV),ten seconds,a minute), once"
	@$(install)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	@echo "Setting up .venv$(if $(UV), with uv) for the tests and linters: about $(if $(UV),ten seconds,a minute), once"
	@$(install)
	@touch $@

$(TOOLS)/run.stamp: requirements-tools.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --require-hashes -r requirements-tools.txt
	@touch $@

# Apart, because Snakemake loads it at every start: 0.3 seconds.
$(VENV)/slurm.stamp: requirements-slurm.txt | $(VENV)/bin/python
	@$(install)
	@touch $@

# An environment of its own: its pins clash with those above, and its plugins slow every start of Snakemake.
$(KUBERNETES)/run.stamp: requirements-kubernetes.txt | $(VENV)/bin/python
	$(BIN)/python -m venv $(KUBERNETES)
	$(KUBERNETES)/bin/python -m pip install --quiet --require-hashes -r requirements-kubernetes.txt
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

# A browser for the tests of the pages: installed where that is ours to do; without one they say so and fail.
CHROMIUM := chromium chromium-driver
chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! command -v chromedriver >/dev/null; then \
		echo "Installing $(CHROMIUM)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(CHROMIUM); } >/dev/null || \
		echo "Installing them failed"; fi
