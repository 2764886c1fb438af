"""A Spark standalone cluster of this machine, all of it on 127.0.0.1, and how much memory processes took."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

HERE = "127.0.0.1"
LONGEST_START_SECONDS = 180.0
# What a worker may give to the executor of an analysis.
WORKER_MEMORY = "3g"


class Cluster(NamedTuple):
    """The master's address, and the processes that are the cluster: the master first, then the workers."""

    address: str
    processes: list["subprocess.Popen[bytes]"]


@contextmanager
def started(folder: Path, workers: int) -> Iterator[Cluster]:
    """A master and workers of one core each; ended at the end, whatever happens."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = free_port()
    address = f"spark://{HERE}:{port}"
    env = {**os.environ, "SPARK_LOCAL_IP": HERE, "SPARK_LOCAL_HOSTNAME": "localhost", "SPARK_HOME": str(home)}
    env |= {"SPARK_DAEMON_MEMORY": "256m", "SPARK_WORKER_DIR": str(folder / "work")}
    running: list[subprocess.Popen[bytes]] = []

    def start(role: str, *words: str) -> None:
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{role}", "--host", HERE, *words]
        with (folder / f"{len(running)}.log").open("wb") as log:
            running.append(subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=folder))

    try:
        start("master.Master", "--port", str(port), "--webui-port", str(free_port()))
        _wait_for(folder / "0.log", "New state: ALIVE", running)
        for number in range(1, workers + 1):
            start("worker.Worker", "--webui-port", str(free_port()), "-c", "1", "-m", WORKER_MEMORY, address)
            _wait_for(folder / f"{number}.log", "Successfully registered with master", running)
        yield Cluster(address, running)
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)


_ROLES = {
    "master.Master": "master",
    "worker.Worker": "workers",
    "ExecutorBackend": "executors",
    "SparkSubmit": "driver",
}


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as asked:
        asked.bind((HERE, 0))
        return int(asked.getsockname()[1])


def _wait_for(log: Path, sentence: str, running: list["subprocess.Popen[bytes]"]) -> None:
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while sentence not in log.read_text("utf-8", "replace"):
        if time.monotonic() > deadline or any(process.poll() is not None for process in running):
            raise SystemExit(f"bench: Spark did not start. {log.read_text('utf-8', 'replace')[-600:]}")
        time.sleep(0.2)


class Memory:
    """The most memory each process below some others held, asked for now and then while they run."""

    def __init__(self) -> None:
        self._most: dict[int, tuple[str, int]] = {}

    def look(self, roots: list[int]) -> None:
        """Asks these processes and all below them."""
        for number in _below(roots):
            with suppress(OSError, StopIteration, IndexError):
                status = Path(f"/proc/{number}/status").read_text()
                most = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
                self._most[number] = _role(number), most

    def mebibytes(self) -> dict[str, int]:
        """By role: the sum of the most each of its processes held."""
        found: dict[str, int] = {}
        for role, most in self._most.values():
            found[role] = found.get(role, 0) + most // 1024
        return dict(sorted(found.items()))


def _below(roots: list[int]) -> set[int]:
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parents[int(name)] = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
    found = set(roots)
    while more := {number for number, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _role(number: int) -> str:
    words = Path(f"/proc/{number}/cmdline").read_bytes().decode("utf-8", "replace")
    roles = {
        "master.Master": "master",
        "worker.Worker": "workers",
        "ExecutorBackend": "executors",
        "SparkSubmit": "driver",
    }
    return next((role for sign, role in roles.items() if sign in words), "python")
