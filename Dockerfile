# onelayer with all it needs, LaTeX too. No container engine has run this file here. Build it, then run it on a folder of yours:
#   docker build --tag onelayer .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" onelayer --cores 2
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
# Python asks for the name of the user, and an id of the host may have none.
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp USER=onelayer LOGNAME=onelayer PYTHONDONTWRITEBYTECODE=1
COPY . /opt/onelayer/
WORKDIR /work
USER 1000
ENTRYPOINT ["snakemake", "--snakefile", "/opt/onelayer/Snakefile", "--directory", "/work"]
