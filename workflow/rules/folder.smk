"""Folder: one run at a time in a working folder, and a word where its records are lost."""

import fcntl
import subprocess


def warn_of_lost_records():
    """Say so where results are of another configuration and Snakemake cannot know: its records of them are gone."""
    provenance = Path("results/provenance.json")
    if provenance.exists() and not any(Path(".snakemake/metadata").glob("*")):
        if json.loads(provenance.read_text())["configuration"] != json.loads(json.dumps(EXPERIMENT)):
            logger.warning(
                "These results were made from another configuration, and the records of Snakemake in .snakemake are gone: "
                "delete results, or make all of it again with --forceall."
            )


def slurm_jobs():
    """The SLURM jobs of a run in this folder, by where their logs are; a run that was killed leaves them behind."""
    if not shutil.which("squeue"):
        return []
    command = ["squeue", "--me", "--noheader", "--Format", "JobID:20,StdOut:4000"]
    queue = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    logs = f"{os.getcwd()}/.snakemake/slurm_logs/"
    return [line.split()[0] for line in queue if line[20:].startswith(logs)]


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
    if jobs := slurm_jobs():
        listed = " ".join(jobs)
        sys.exit(f"Error: {Path.cwd()}: SLURM jobs of an earlier run are at work in it; wait, or: scancel {listed}")


warn_of_lost_records()
