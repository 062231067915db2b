"""Run: what a whole run makes, one run at a time in a working folder, a line a job, and a summary at the end.

A workflow that imports this one has its own terminal and its own end; it may take the lock: `onstart: onelayer.onstart()`.
"""

import fcntl
import time

from onelayer.io.programs import has_latex, slurm_jobs
from onelayer.io.terminal import line_a_job
from onelayer.results.terminal_lines import closing_lines, made_from

BEGINNING = time.monotonic()
MADE = run_files(ALL_RUNS, "summary.json")
MADE += [f"results/tables/{name}.csv" for name in ("metrics", "sweep", "published", "gradients", "claims", *OPTIMUM)]
MADE += ["results/tables/curves.parquet", "results/tables/findings.json", "results/tables/claims.json"]
MADE += [*FIGURE_FILES, *(["results/explorer.html"] if ALL_RUNS else []), "results/provenance.json"]

if IS_MAIN:
    TERMINAL = line_a_job(logger, [*MADE, "results/report/report.pdf", "all", "verify"])
    if SOURCE.values:
        logger.info(f"{len(VALUES)} of {len(SOURCE.values)} published values belong to runs with these settings.")
    if earlier := made_from(Path("results"), CONFIGURATION.experiment, TASKS):
        other = f"results/ was made from another configuration ({earlier}), and the jobs of this one change it"
        logger.warning(f"{other}; --directory FOLDER keeps it as it is.")
    if Path("results/tables").exists() and not any(Path(".snakemake/metadata").glob("*")):
        gone = "the records of Snakemake for it, in .snakemake, are gone: what was edited since cannot be told"
        logger.warning(f"results/: {gone}. Make all of it again with --forceall.")


def everything():
    """The targets of `all`; without LaTeX the report's source instead of its PDF."""
    if not has_latex():
        packages = "latexmk, texlive-latex-recommended and lmodern"
        logger.warning(f"No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install {packages}.")
    return [*MADE, f"results/report/report.{'pdf' if has_latex() else 'tex'}"]


# One run at a time in a folder: a lock that the system holds for this process, and that is gone with it.
onstart:
    global LOCK  # Snakemake runs this block as a function: the file must outlive it, for the lock goes with the file
    LOCK = open(".snakemake/run.lock", "a")
    try:
        fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Error: {Path.cwd()}: another run is at work in this folder; wait for it to end")
    except OSError as error:
        logger.warning(f"No locks on this file system ({error}): nothing keeps other runs out of this folder.")
    if jobs := " ".join(slurm_jobs(Path.cwd())):
        sys.exit(f"Error: {Path.cwd()}: SLURM jobs of an earlier run are at work in it; wait, or: scancel {jobs}")


# Only if everything was asked for and something was made: after one artefact, other tables may be of another time.
onsuccess:
    if "all" in TERMINAL.rules:
        seconds = time.monotonic() - BEGINNING
        print(f"\n{closing_lines(Path('results'), DIFFERING, len(TERMINAL.began), seconds)}", flush=True)
        found = [*Path("results/fig").glob("*.*"), *Path("results/tables").glob("*.*")]
        if old := sorted({*map(str, found)} - {*MADE}):
            print(f"Of an earlier configuration, and not made by this one: rm {' '.join(old)}")


onerror:
    print(f"Not finished. The same command goes on from here. The whole log: {', '.join(log)}", flush=True)
