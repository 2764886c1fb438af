"""Starts agents as processes of their own, and reads what they were told."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.torture.scene import ROOT, Broken


class Told(NamedTuple):
    """One line of an agent: which of its notes, its number in the log, whether it was new, how long it took."""

    count: int
    note_id: int
    new: bool
    milliseconds: float


def started(log: Path, name: str, first: int, count: int) -> "subprocess.Popen[str]":
    """An agent that is ready to begin; see `begin`."""
    agent = subprocess.Popen(
        [sys.executable, "-m", "bench.torture.agent", str(log), name, str(first), str(count)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return agent


def begin(agents: "list[subprocess.Popen[str]]") -> None:
    """Waits until all are ready, then lets all begin at the same moment."""
    for agent in agents:
        assert agent.stdout
        if agent.stdout.readline() != "ready\n":
            raise Broken(f"an agent could not start: {agent.communicate()[1][-300:]}")
    for agent in agents:
        assert agent.stdin
        agent.stdin.write("\n")
        agent.stdin.flush()


def told(line: str) -> Told:
    """What one line says."""
    count, note_id, new, milliseconds = line.split()
    return Told(int(count), int(note_id), new == "1", float(milliseconds))


def ended(agent: "subprocess.Popen[str]") -> list[Told]:
    """All an agent was told. Raises Broken where it was refused."""
    out, err = agent.communicate(timeout=300)
    if agent.returncode:
        raise Broken(f"an agent was refused: {err.strip().splitlines()[-1][:200] if err.strip() else agent.returncode}")
    return [told(line) for line in out.splitlines()]
