"""Run: what a whole run makes, one run at a time in a working folder, a line a job, and a summary at the end.

A workflow that imports this one has its own terminal and its own end; it may take the lock: `onstart: onelayer.onstart()`.
"""

import fcntl
import time

from onelayer.io.programs import has_latex, slurm_jobs
from onelayer.io.terminal import line_a_job
from onelayer.results.closing_lines import closing_lines, made_from_another

BEGINNING = time.monotonic()
TERMINAL = line_a_job(logger) if IS_MAIN else None


def everything():
    """The targets of `all`; without LaTeX the report's source instead of its PDF."""
    if not has_latex():
        logger.warning(
            "No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install latexmk, "
            "texlive-latex-recommended and lmodern. Everything else is built."
        )
    tables = ("metrics", "sweep", "published", "gradients", "claims", *EVIDENCE)
    made = [*run_files(ALL_RUNS, "summary.json"), *(f"results/tables/{name}.csv" for name in tables), *FIGURE_FILES]
    document = f"results/report/report.{'pdf' if has_latex() else 'tex'}"
    return [*made, document, "results/explorer.html", "results/provenance.json"]


# One run at a time in a folder: a lock that the system holds for this process, and that is gone with it.
onstart:
    # Snakemake runs this block as a function: the file must outlive it, for the lock goes with the file.
    global LOCK
    LOCK = open(".snakemake/run.lock", "a")
    try:
        fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Error: {Path.cwd()}: another run is at work in this folder; wait for it to end")
    except OSError as error:
        logger.warning(
            f"No locks on this file system ({error}): see to it that no other run is at work in this folder."
        )
    if jobs := slurm_jobs(Path.cwd()):
        listed = " ".join(jobs)
        sys.exit(f"Error: {Path.cwd()}: SLURM jobs of an earlier run are at work in it; wait, or: scancel {listed}")


# Only if everything was asked for and something was made: after one artefact, other tables may be of another time.
onsuccess:
    if "all" in TERMINAL.rules:
        seconds = time.monotonic() - BEGINNING
        print(f"\n{closing_lines(Path('results'), DIFFERING, len(TERMINAL.began), seconds)}", flush=True)


onerror:
    print(f"Not finished. The same command goes on from here. The whole log: {', '.join(log)}", flush=True)


# Snakemake's records tell what is to be made anew; where they are lost, the provenance does.
if made_from_another(Path("results/provenance.json"), CONFIGURATION.experiment) and not any(
    Path(".snakemake/metadata").glob("*")
):
    logger.warning(
        "These results were made from another configuration, and the records of Snakemake in .snakemake are gone: "
        "delete results, or make all of it again with --forceall."
    )
