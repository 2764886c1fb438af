"""Many at once: nobody is refused, nothing is lost, and everybody gets a number of their own."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.operations import doctor
from feedlog.store import Log, open_for_reading, open_for_writing

Invoke = Callable[..., Any]

# Agents at work, each a process of its own: a new connection for every note, as every call of the command line has.
# They are forked when all is loaded, so that they really begin at the same moment.
AGENTS = """
import os, sys
from feedlog.language.stems import Stems
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing
path, count, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
languages = ("da", "sv", "nb", "en")
stems = Stems(languages)
name, children = names[0], []
for another in names[1:]:
    children.append(os.fork())
    if not children[-1]:
        name, children = another, []
        break
for number in range(count):
    said = Said(f"Pakke {number} kom for sent", customer=f"K-{number % 7}", themes=(f"tema {number % 5}",),
                idempotency_key=f"{name} {number}")
    with open_for_writing(path, languages) as log:
        note_id = notes.add(log, said, By(name, "2026-11-18T09:00:00Z"), stems=stems).note_id
        sys.stdout.write(f"{note_id}\\n")  # in one piece, for all of them write here
        sys.stdout.flush()
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


def at_work(path: Path, count: int, *names: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", AGENTS, str(path), str(count), *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answers(agents: subprocess.Popen[str]) -> list[int]:
    """The numbers all of them were given; every one must have ended well."""
    out, err = agents.communicate(timeout=120)
    assert (agents.returncode, err) == (0, ""), err
    return [int(line) for line in out.split()]


def sound(log: Log) -> bool:
    return all(check["ok"] for check in doctor.examine(log, ""))


def test_fifty_agents_at_once(log_path: Path) -> None:
    """Fifty processes log ten notes each into a log that was not there: 500 notes, none refused, none twice."""
    numbers = answers(at_work(log_path, 10, *(f"agent {name}" for name in range(50))))
    assert sorted(numbers) == list(range(1, 501))
    with open_for_writing(str(log_path), ()) as log:
        assert log.value("select count(*) from notes") == 500
        assert log.value("select count(*) from customers") == 7
        assert log.value("select count(*) from themes") == 5
        assert log.value("select notes from words where word = 'sent'") == 500
        assert log.value("select count(*) from changes where action = 'note.add'") == 500
        assert sound(log)


def test_several_shells_at_once(environment: dict[str, str], log_path: Path) -> None:
    """Six shells that each log two sentences at the same time, the first of which makes the log, all succeed."""
    script = 'for n in 1 2; do "$0" -m feedlog add "Pakke $n fra $1 kom for sent" -c "K-$n" -t levering || exit; done'
    shells = [
        subprocess.Popen(
            ["/bin/sh", "-c", script, sys.executable, str(shell)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for shell in range(6)
    ]
    for shell in shells:
        _, err = shell.communicate(timeout=120)
        assert (shell.returncode, err) == (0, "")
    with open_for_reading(str(log_path)) as log:
        assert log.value("select count(*) from notes") == 12
        assert log.value("select count(*) from customers") == 2


def test_first_run_race(log_path: Path) -> None:
    """Twenty who open a missing log at the same moment make one log with one schema and one name."""
    numbers = answers(at_work(log_path, 1, *(f"agent {name}" for name in range(20))))
    assert sorted(numbers) == list(range(1, 21))
    with open_for_writing(str(log_path), ()) as log:
        assert log.value("select count(*) from settings") == 2
        assert sound(log)


def test_same_key_from_several_at_once(log_path: Path) -> None:
    """When several send the same keys at the same moment, each key is one note and everybody gets its number."""
    numbers = answers(at_work(log_path, 5, *["the same agent"] * 6))
    assert sorted(numbers) == sorted([1, 2, 3, 4, 5] * 6)


@pytest.mark.parametrize("attempt", range(3))
def test_killed_in_the_middle(log_path: Path, attempt: int) -> None:
    """What was acknowledged is there after a kill, the log is sound, and a repeat with the same keys makes it whole."""
    agent = at_work(log_path, 400, "mette")
    assert agent.stdout is not None and agent.stderr is not None
    acknowledged = [int(agent.stdout.readline()) for _ in range(5)]
    time.sleep(0.05 * attempt)
    agent.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in agent.stdout.read().split("\n")[:-1]]
    agent.communicate()
    with open_for_writing(str(log_path), ()) as log:
        stored = [row["id"] for row in log.rows("select id from current_notes")]
        assert set(acknowledged) <= set(stored)
        assert len(acknowledged) < 400
        assert sound(log)
    again = answers(at_work(log_path, len(stored) + 3, "mette"))
    assert again[: len(stored)] == stored
    with open_for_reading(str(log_path)) as log:
        assert log.value("select count(*) from notes") == len(stored) + 3


def test_readers_are_never_in_the_way(log_path: Path, invoke: Invoke) -> None:
    """A reader in the middle of a long read holds up no writer, and sees the log as it was when it began."""
    invoke("add", "Pakken kom")
    with open_for_reading(str(log_path)) as reader:
        reader.connection.execute("begin")
        assert reader.value("select count(*) from notes") == 1
        assert invoke("add", "Skoene trykker").status == 0
        assert reader.value("select count(*) from notes") == 1
        reader.connection.execute("rollback")
        assert reader.value("select count(*) from notes") == 2
