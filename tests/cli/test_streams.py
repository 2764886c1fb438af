"""Whoever listens may leave, and remarks may find no room: what is stored and the exit status stay the same."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

Run = Callable[..., Any]

STREAMS = ("stdout", "stderr")
CARD = "4111 1111 1111 1111"
CALLS = {
    ("add", f"Pakken kom, kort {CARD}", "--said-at", "yesterday", "-t", "levering"): 0,
    ("correct", "1", f"Pakken kom aldrig, kort {CARD}", "--why", "misheard"): 0,
    ("promise", "add", "1", "ring", "--due", "in 9 days", "--any-day"): 0,
    ("response", "add", "1", "--kind", "told", "--text", f"kort {CARD}", "--at", "today"): 0,
    ("fact", "add", "K-1", "has a dog"): 0,
    ("tag", "1", "-t", "pris"): 0,
    ("undo",): 0,
    ("letter", "write", "1", "--kind", "thanks", "--language", "da"): 0,
    ("publish",): 0,
    ("erase", "K-1", "--reason", "asked", "--yes"): 0,
    ("correct", "9", "Pakken", "--why", "misheard"): 1,
    ("add", "Pakken", "--due", "friday"): 2,
}
TABLES = ("notes", "corrections", "promises", "responses", "facts", "themes", "letters", "erasures", "changes")


@contextmanager
def unheard(how: str) -> Iterator[IO[bytes]]:
    """A stream nobody reads from any more, or one that has no room."""
    with ExitStack() as opened:
        if how == "full":
            yield opened.enter_context(open("/dev/full", "wb"))
        else:
            reading, writing = os.pipe()
            os.close(reading)
            yield opened.enter_context(os.fdopen(writing, "wb"))


def stored_in(log_path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(log_path)) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("words", CALLS)
def test_what_is_stored_and_the_status_stay_the_same(
    invoke: Run, environment: dict[str, str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A full or broken standard error, and a reader who has left, change neither what a writing call stores nor how it
    ends.
    """
    heard = tmp_path / "heard" / "feedlog.db"
    assert invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", FEEDLOG_DB=str(heard)).status == 0
    ways = {"full": {"stderr": "full"}, "left": {"stderr": "left"}, "both": dict.fromkeys(STREAMS, "left")}
    for way in ways:
        shutil.copytree(heard.parent, tmp_path / way)
    expected = (invoke(*words, FEEDLOG_DB=str(heard)).status, stored_in(heard))
    assert expected[0] == CALLS[words]
    for way, broken in ways.items():
        log_path = tmp_path / way / "feedlog.db"
        given = {**environment, "FEEDLOG_DB": str(log_path)}
        with ExitStack() as opened:
            streams = {name: opened.enter_context(unheard(how)) for name, how in broken.items()}
            done = subprocess.run(
                [sys.executable, "-m", "feedlog", *words],
                env=given, stdin=subprocess.DEVNULL, check=False,
                **{**dict.fromkeys(STREAMS, subprocess.PIPE), **streams},
            )  # fmt: skip
        assert (done.returncode, stored_in(log_path)) == expected, way


@pytest.mark.parametrize("how", ["full", "left"])
def test_text_is_kept_where_nobody_hears_of_it(
    environment: dict[str, str], tmp_path: Path, log_path: Path, how: str
) -> None:
    """A text that cannot be stored is in the spool, with status 75, also where nobody can be told."""
    log_path.mkdir(parents=True)
    with unheard(how) as stream:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", "add", "Pakken kom"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stream, check=False,
        )  # fmt: skip
    assert done.returncode == 75
    [path] = (tmp_path / "spool").iterdir()
    assert "Pakken kom" in path.read_text("utf-8")
