"""Try the Dockerfile where no container engine is: its steps, one by one, in a Debian of its own in a temporary folder.

    python checks/container.py          as root on Debian, with debootstrap and git; needs the network

FROM is debootstrap's smallest Debian of that name, COPY takes the files that git tracks, and each RUN is the command of the
Dockerfile in a chroot. At the end the image's entry point builds the report on the embedded digits as the image's user.
What is not tried: an engine, its layers, its volumes. Certificates, proxies and settings of pip are those of this machine.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRIED = ["--cores", "2", "--configfile", "/opt/onelayer/config/digits.yaml"]
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class Image:
    """A Debian in a folder, built as the Dockerfile says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = "0"
        self.workdir = "/"
        self.entrypoint: list[str] = []
        kept = {
            key: value for key, value in os.environ.items() if key.startswith("PIP_") or key.lower().endswith("_proxy")
        }
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"} | kept

    def run(self, command: list[str]) -> None:
        """Run a command in the folder; end with its status if it fails."""
        entry = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.folder}/proc"]
        entry += ["chroot", f"--userspec={self.user}:{self.user}", self.folder]
        inside = ["sh", "-c", 'cd "$0" && exec "$@"', self.workdir, *command]
        done = subprocess.run([*entry, *inside], env=self.environment)
        if done.returncode:
            sys.exit(f"Error: {' '.join(command)}: failed with status {done.returncode}")

    def follow(self, instruction: str, text: str) -> None:
        """Do what one instruction says."""
        if instruction == "FROM":
            suite = re.fullmatch(r"debian:(\w+)-slim", text)[1]
            subprocess.run(["debootstrap", "--variant=minbase", suite, self.folder], check=True)
            (self.folder / "dev/shm").chmod(0o1777)  # as an engine mounts it
            if CERTIFICATES.exists():
                shutil.copy(CERTIFICATES, self.folder / "etc/this-machine.crt")
                self.environment |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE"), "/etc/this-machine.crt")
        elif instruction == "RUN":
            self.run(["sh", "-c", text])
        elif instruction == "COPY":
            source, target = text.split()
            for name in tracked(source):
                copy = self.folder / target.lstrip("/") / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy)
        elif instruction == "ENV":
            for pair in text.split():
                key, _, value = pair.partition("=")
                self.environment[key] = value.replace("$PATH", self.environment["PATH"])
        elif instruction == "USER":
            self.user = text
        elif instruction == "WORKDIR":
            self.workdir = text
        elif instruction == "ENTRYPOINT":
            self.entrypoint = json.loads(text)
        else:
            sys.exit(f"Error: Dockerfile: {instruction} is not known here: teach it to checks/container.py")


def tracked(source: str) -> list[str]:
    """The files that git tracks under a path."""
    done = subprocess.run(["git", "-C", ROOT, "ls-files", source], check=True, text=True, capture_output=True)
    return done.stdout.splitlines()


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, each with its text on one line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines()]


def main() -> None:
    """Build and run."""
    if os.getuid() or not shutil.which("debootstrap"):
        sys.exit("Error: this needs root, for chroot, and debootstrap: apt-get install debootstrap")
    with tempfile.TemporaryDirectory(prefix="container") as folder:
        image = Image(Path(folder, "root"))
        for instruction, text in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            print(f"--- {instruction} {text[:100]}", flush=True)
            image.follow(instruction, text)
        print("--- the digits", flush=True)
        image.run([*image.entrypoint, *TRIED])
        results = image.folder / "work/results"
        for line in (ROOT / "codecheck.sha256").read_text(encoding="utf-8").splitlines():
            expected, name = line.split()
            if name.startswith("demo/results/"):
                content = (results / name.removeprefix("demo/results/")).read_bytes()
                if hashlib.sha256(content).hexdigest() != expected:
                    sys.exit(f"Error: {name}: other bytes in the container than in codecheck.sha256")
        print(f"The container's steps work: report.pdf has {(results / 'report/report.pdf').stat().st_size} bytes")


if __name__ == "__main__":
    main()
