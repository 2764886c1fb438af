"""Stopped or refused in the middle: what was typed or piped in is not gone."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog.operations import spool
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES
from tests.conftest import a_pipe

Run = Callable[..., Any]

TEXT = "Pakken kom tre uger for sent æøå"


@pytest.fixture
def held(log_path: Path) -> Iterator[None]:
    """Somebody writes to the log all the time."""
    with open_for_writing(str(log_path), DEFAULT_LANGUAGES) as other:
        other.connection.execute("begin immediate")
        yield
        other.connection.execute("rollback")


def waits(call: int) -> bool:
    """Whether a process sleeps between two tries: it has asked for the lock."""
    time.sleep(0.05)
    with open(f"/proc/{call}/maps", encoding="utf-8") as maps:
        return "feedlog.db-shm" in maps.read()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks at a process the way Linux shows it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_waiting(
    environment: dict[str, str], run: Run, held: None, tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C, a kill or a closed window while one waits for one's turn leaves the text in the spool."""
    call = subprocess.Popen(
        [sys.executable, "-m", "feedlog", "add", TEXT, "-c", "K-1"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not waits(call.pid):
        assert call.poll() is None
    time.sleep(0.2)
    call.send_signal(number)
    out, err = call.communicate(timeout=60)
    [path] = (tmp_path / "spool").iterdir()
    assert (call.returncode, out) == (75, "")
    assert err == (
        f"feedlog: It was stopped before the log had taken it. Your text is safe in {path}.\n"
        "Wait until nobody else is writing. Then `feedlog recover` takes it in.\n"
    )
    assert json.loads(path.read_text("utf-8"))["said"]["verbatim"] == TEXT


def test_stopped_text_comes_in_once(log: Log, by: By, say: Callable[..., int], tmp_path: Path) -> None:
    """Who was stopped cannot know whether the log had taken the text; where it had, no second note is made of it."""
    folder = str(tmp_path / "spool")
    say(TEXT, customer="K-1")
    for verbatim in (TEXT, "Skoene trykker"):
        assert spool.keep(folder, log.path, Said(verbatim, customer="K-1"), by, perhaps_stored=True)
    assert [taken.note_id for taken in spool.take_in(log, folder)] == [2]
    assert log.value("select count(*) from notes") == 2
    assert spool.waiting(folder) == []


@pytest.mark.parametrize(
    ("words", "variables", "status"),
    [
        ((), {"FEEDLOG_CHANNEL": "pigeon"}, 2),
        (("-",), {"FEEDLOG_PII": "perhaps"}, 2),
        (("--said-at", "blue moon"), {}, 2),
        (("--promise", "ring"), {}, 2),
        ((), {"FEEDLOG_CONFIG": "broken"}, 1),
    ],
)
def test_piped_text_is_given_back(
    invoke: Run, tmp_path: Path, words: tuple[str, ...], variables: dict[str, str], status: int
) -> None:
    """A call refused before it read what was piped in shows it, for it may stand nowhere else."""
    (tmp_path / "config.toml").write_text("agent = ", "utf-8")
    if "FEEDLOG_CONFIG" in variables:
        variables = {"FEEDLOG_CONFIG": str(tmp_path / "config.toml")}
    with a_pipe(f"{TEXT} 010190-1234".encode()) as pipe:
        done = invoke("add", *words, stdin=pipe, **variables)
    assert (done.status, done.out) == (status, "")
    assert f"{TEXT} [CPR]\nfeedlog: " in done.err


def test_what_stands_in_a_file_is_not_shown(environment: dict[str, str], tmp_path: Path) -> None:
    """A text that stands in a file is not lost, so it is not shown."""
    (tmp_path / "text").write_text(TEXT, "utf-8")
    with open(tmp_path / "text", "rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", "add", "--promise", "ring"],
            env=environment, stdin=file, capture_output=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert TEXT.encode() not in done.stderr


def test_correction_stopped_while_waiting(environment: dict[str, str], log_path: Path) -> None:
    """A correction that is stopped while it waits is shown again."""
    with open_for_writing(str(log_path), DEFAULT_LANGUAGES):
        pass
    subprocess.run([sys.executable, "-m", "feedlog", "add", "Pakken"], env=environment, check=True, capture_output=True)
    other = sqlite3.connect(log_path, isolation_level=None)
    other.execute("begin immediate")
    call = subprocess.Popen(
        [sys.executable, "-m", "feedlog", "correct", "1", TEXT, "--why", "misheard"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not waits(call.pid):
        assert call.poll() is None
    time.sleep(0.3)
    call.send_signal(signal.SIGINT)
    out, err = call.communicate(timeout=60)
    other.close()
    assert (call.returncode, out) == (130, "")
    assert err.startswith(f"{TEXT}\n")
