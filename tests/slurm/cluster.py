"""A SLURM cluster on this machine, to try on: two nodes and a controller on loopback, with accounting or without.

As root, with Debian's slurm-wlm, munge, slurmdbd and mariadb-server (`make test-slurm` installs them). State and logs are in
FOLDER, the configuration in /etc/slurm, because a job's own `srun` looks for it there.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

FOLDER = Path("/tmp/onelayer-slurm")
SETTINGS = Path("/etc/slurm")
MARK = "# Written by tests/slurm/cluster.py\n"
NODES = {"node1": 17001, "node2": 17002}
CONTROLLER, ACCOUNTING, DATABASE = 17100, 17101, 17102
ACCOUNTS = f"""{MARK}DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={ACCOUNTING}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={FOLDER}/munge/socket
PidFile={FOLDER}/accounting.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={DATABASE}
StorageUser=slurm
StoragePass=slurm
CommitDelay=1
"""
# What a test may kill, and start again.
COMMANDS: dict[str, list[str]] = {
    "munged": ["munged", "--foreground", "--force", f"--socket={FOLDER}/munge/socket", f"--key-file={FOLDER}/munge/key"]
    + [f"--{name}-file={FOLDER}/munge/{name}" for name in ("log", "pid", "seed")],
    "database": ["mariadbd", "--no-defaults", "--user=mysql", "--bind-address=127.0.0.1", f"--port={DATABASE}"]
    + [
        f"--{name}={FOLDER}/database/{file}"
        for name, file in (("datadir", ""), ("socket", "socket"), ("pid-file", "pid"))
    ],
    "accounting": ["slurmdbd", "-D"],
    "controller": ["slurmctld", "-D"],
} | {node: ["slurmd", "-D", "-N", node] for node in NODES}


def configuration(cpus: int, accounting: bool) -> str:
    """The text of slurm.conf. Jobs are bound to their processors, and one that takes more memory than it asked for is killed."""
    storage = "none"
    if accounting:
        storage = f"slurmdbd\nAccountingStoragePort={ACCOUNTING}\nAccountingStoragePass={FOLDER}/munge/socket"
    nodes = "\n".join(
        f"NodeName={node} NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} RealMemory=8000"
        for node, port in NODES.items()
    )
    return f"""{MARK}ClusterName=onelayer
SlurmctldHost={socket.gethostname()}(127.0.0.1)
SlurmctldPort={CONTROLLER}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={FOLDER}/munge/socket
CredType=cred/munge
StateSaveLocation={FOLDER}/controller
SlurmdSpoolDir={FOLDER}/%n
SlurmctldPidFile={FOLDER}/controller.pid
SlurmdPidFile={FOLDER}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/{storage}
AccountingStorageHost=127.0.0.1
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=10000
MinJobAge=3600
SlurmctldTimeout=10
SlurmdTimeout=5
MessageTimeout=5
KillWait=2
ReturnToService=2
{nodes}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def say(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of SLURM; its output and status."""
    return subprocess.run(command, capture_output=True, text=True)


def wait(what: str, condition: Callable[[], bool]) -> None:
    """Return as soon as `condition` holds; RuntimeError after 30 seconds."""
    end = time.monotonic() + 30
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not after 30 seconds; see {FOLDER}/*.log")
        time.sleep(0.1)


def begin(name: str) -> None:
    """Start one of COMMANDS, which outlives this process."""
    with open(FOLDER / f"{name}.log", "a") as log:
        process = subprocess.Popen(
            COMMANDS[name], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    (FOLDER / f"{name}.process").write_text(str(process.pid))


def end(name: str, how: signal.Signals = signal.SIGTERM) -> None:
    """Stop one of COMMANDS, and wait until it is gone."""
    file = FOLDER / f"{name}.process"
    if not file.exists():
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(file.read_text()))
        process.send_signal(how)
        _, alive = psutil.wait_procs([process], timeout=15)
        if alive:
            process.kill()
    file.unlink()


def answers(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def start_accounting() -> None:
    """The database, and what writes the ended jobs into it."""
    folder = FOLDER / "database"
    folder.mkdir()
    shutil.chown(folder, "mysql", "mysql")
    install = ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={folder}", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    begin("database")
    wait("the database", lambda: answers(DATABASE))
    grant = "CREATE USER slurm@'127.0.0.1' IDENTIFIED BY 'slurm'; GRANT ALL ON slurm_acct_db.* TO slurm@'127.0.0.1'"
    command = ["mariadb", "--no-defaults", f"--socket={folder}/socket", "-e", grant]
    subprocess.run(command, check=True, capture_output=True)
    file = SETTINGS / "slurmdbd.conf"
    file.touch(mode=0o600)
    file.write_text(ACCOUNTS)
    begin("accounting")
    wait("accounting", lambda: answers(ACCOUNTING))
    wait("the cluster's name", lambda: say("sacctmgr", "-i", "add", "cluster", "onelayer").returncode == 0)


def idle() -> bool:
    """Whether the controller knows all nodes, and has them at its disposal."""
    states = say("sinfo", "--noheader", "--Node", "--format=%T").stdout.split()
    return len(states) == len(NODES) and set(states) <= {"idle", "mixed", "allocated"}


def start(accounting: bool) -> None:
    """Start the cluster, and wait until its nodes take jobs; SystemExit if another SLURM is configured here."""
    file = SETTINGS / "slurm.conf"
    if file.exists() and not file.read_text().startswith(MARK):
        sys.exit(f"Error: {file}: this machine has a SLURM configuration of its own, which is left alone")
    stop()
    SETTINGS.mkdir(exist_ok=True)
    for folder in ("munge", "controller", *NODES):
        (FOLDER / folder).mkdir(parents=True, mode=0o755 if folder == "munge" else 0o700)
    FOLDER.chmod(0o755)
    key = FOLDER / "munge/key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    file.write_text(configuration(os.cpu_count() or 1, accounting))
    begin("munged")
    wait("munged", lambda: (FOLDER / "munge/socket").exists())
    if accounting:
        start_accounting()
    for name in ("controller", *NODES):
        begin(name)
    wait("the nodes", idle)


def stop() -> None:
    """Stop the jobs and all that `start` started, and delete what it wrote."""
    for node in NODES:
        kill_node(node)
    for name in ("controller", "accounting", "database", "munged"):
        end(name)
    for name in ("slurm.conf", "slurmdbd.conf"):
        file = SETTINGS / name
        if file.exists() and file.read_text().startswith(MARK):
            file.unlink()
    shutil.rmtree(FOLDER, ignore_errors=True)


def kill_node(node: str) -> None:
    """Kill a node's slurmd and all that runs on it, as if its power were gone."""
    end(node, signal.SIGKILL)
    # slurmd keeps a socket for each step of a job: node1_12.0
    jobs = {file.name.removeprefix(f"{node}_").partition(".")[0] for file in (FOLDER / node).glob(f"{node}_*")}
    for step in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            title = " ".join(step.cmdline())  # slurmstepd: [12.batch]
            if step.name() == "slurmstepd" and title.partition("[")[2].partition(".")[0] in jobs:
                below = step.children(recursive=True)
                for process in (step, *below):
                    process.kill()
                psutil.wait_procs(below, timeout=10)
