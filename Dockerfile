# onelayer with all it needs, LaTeX too. Build it, then run it on a folder of yours:
#
#   docker build --tag onelayer:1.0.0 .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" onelayer:1.0.0 --cores 2
#
# What follows the image's name is for Snakemake. The image has no git, so the provenance names the version and no commit.
# The base is named by its tag, which moves with Debian's updates; the Python packages are pinned by their hashes.
#
# `make check-container` tries these steps without an engine. No rule names the image under `container:`, because none is
# published. Where you publish it, put the line `container: "docker://<its address>"` at the head of the Snakefile, and
# run with --software-deployment-method apptainer.
FROM debian:trixie-slim

# Debian's stable packages are not pinned: it keeps one version of each, so a pin breaks the image with the next update.
# hadolint ignore=DL3008
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        latexmk lmodern python3 python3-venv texlive-latex-recommended \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.txt /opt/onelayer/
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /opt/onelayer/requirements.txt
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1

COPY . /opt/onelayer/

RUN useradd --uid 1000 onelayer && install --directory --owner onelayer /work
USER 1000
WORKDIR /work
ENTRYPOINT ["snakemake", "--snakefile", "/opt/onelayer/Snakefile", "--directory", "/work"]
