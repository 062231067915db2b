"""Run: what a whole run makes, one run at a time in a working folder, a line a job, and a summary at the end.

A workflow that imports this one has its own terminal and its own end; it may take the lock: `onstart: onelayer.onstart()`.
"""

import fcntl
import time

from onelayer.io.programs import has_latex, slurm_jobs
from onelayer.io.terminal import line_a_job, what_was_meant
from onelayer.results.terminal_lines import closing_lines, made_from

BEGINNING = time.monotonic()
EARLIER = made_from(Path("results"), CONFIGURATION.experiment)
# Snakemake's records tell what is to be made anew; where they are lost nothing does.
LOST = Path("results/tables").exists() and not any(Path(".snakemake/metadata").glob("*"))


def notes(jobs):
    """What is said before anything is done."""
    said = []
    if SOURCE.values:
        said.append(f"{len(VALUES)} of {len(SOURCE.values)} published values belong to runs with these settings.")
    if EARLIER and jobs and not LOST:
        said.append(
            f"results/ was made from another configuration ({EARLIER}): {jobs} jobs will change it; "
            "--directory FOLDER keeps it as it is."
        )
    return said


def left_over():
    """Figures and tables of an earlier configuration, which this one does not make."""
    made = {Path(path).stem for path in (*FIGURE_FILES, *PARTS_FILES)}
    known = {*TABLE_NAMES, *("curves", "findings")}
    own = [path for path in Path("results/fig").glob("*.*") if path.stem not in made]
    return sorted(own + [path for path in Path("results/tables").glob("*.*") if path.stem not in known])


TABLE_NAMES = ("metrics", "sweep", "published", "gradients", "claims", *EVIDENCE)
MADE = [*run_files(ALL_RUNS, "summary.json"), *(f"results/tables/{name}.csv" for name in TABLE_NAMES)]
MADE += [*FIGURE_FILES, *PARTS_FILES, *(["results/explorer.html"] if ALL_RUNS else []), "results/provenance.json"]


def meant():
    """What is said of a target that there is no rule for."""
    return what_was_meant(sys.argv[1:], [*MADE, "results/report/report.pdf", "all", "verify"])


TERMINAL = line_a_job(logger, notes, meant) if IS_MAIN else None


def everything():
    """The targets of `all`; without LaTeX the report's source instead of its PDF."""
    if not has_latex():
        logger.warning(
            "No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install latexmk, "
            "texlive-latex-recommended and lmodern. Everything else is built."
        )
    return [*MADE, f"results/report/report.{'pdf' if has_latex() else 'tex'}"]


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
        if old := left_over():
            count = "1 file is" if len(old) == 1 else f"{len(old)} files are"
            print(f"{count} of an earlier configuration, and not made by this one: rm {' '.join(map(str, old))}")


onerror:
    print(f"Not finished. The same command goes on from here. The whole log: {', '.join(log)}", flush=True)


if LOST:
    gone = "the records of Snakemake for it, in .snakemake, are gone: what was edited since cannot be told. "
    gone += "Make all of it again with --forceall"
    if EARLIER:
        logger.warning(
            f"results/ was made from another configuration ({EARLIER}), and {gone}; --directory FOLDER keeps it as it is."
        )
    else:
        logger.warning(f"results/: {gone}.")
