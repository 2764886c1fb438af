"""Texts without a spool: where the log cannot take them, they are shown again, ID numbers masked."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import a_pipe

Run = Callable[..., Any]

PASSED_ON = "lå i bilen, kort 4111 1111 1111 1111, siger han"
WITHOUT_NUMBER = "lå i bilen, kort [card], siger han"
PIPED = [
    ("correct", "1", "--why", "misheard"),
    ("correct", "1", "-", "--why", "misheard"),
    ("promise", "add", "1", "--due", "in 9 days", "--any-day"),
    ("promise", "add", "1", "-", "--due", "in 9 days", "--any-day"),
    ("response", "add", "1", "--kind", "told", "--text", "-"),
    ("letter", "edit", "1", "-"),
    ("letter", "edit", "1"),
    ("letter", "sent", "1", "-"),
]


@pytest.fixture
def with_a_letter(invoke: Run) -> None:
    """A note and a draft that answers it."""
    assert invoke("add", "Pakken kom", "-c", "K-1").status == 0
    assert invoke("letter", "write", "1", "--kind", "thanks", "--language", "da").status == 0


@pytest.fixture
def on_a_full_disk(environment: dict[str, str], log_path: Path, with_a_letter: None) -> Iterator[Run]:
    """Runs the command line where no file has room for more than a page of the log."""

    def ran(*words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "feedlog", *words],
            env=environment, input=stdin, capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000)),
        )  # fmt: skip

    # Who reads keeps the files beside the log there, the largest of which no call could make anew.
    with closing(sqlite3.connect(log_path)) as reader:
        reader.execute("select count(*) from notes").fetchone()
        yield ran


@pytest.mark.parametrize("words", PIPED)
def test_what_was_piped_is_shown_where_no_spool_takes_it(
    on_a_full_disk: Run, log_path: Path, words: tuple[str, ...]
) -> None:
    """A text piped into a command without a spool is shown again, masked, where the log cannot be written."""
    before = stored_in(log_path)
    done = on_a_full_disk(*words, stdin=PASSED_ON)
    assert (done.returncode, done.stdout) == (75, ""), done.stderr
    assert f"{WITHOUT_NUMBER}\nfeedlog: " in done.stderr
    assert stored_in(log_path) == before


@pytest.mark.parametrize("words", PIPED)
@pytest.mark.parametrize("trouble", ["damaged", "agent", "missing"])
def test_what_waits_in_a_pipe_is_shown(
    invoke: Run, log_path: Path, with_a_letter: None, words: tuple[str, ...], trouble: str
) -> None:
    """Where such a call is refused before it has read the pipe, the text is read and shown, too."""
    if trouble == "damaged":
        log_path.write_bytes(b"Dear diary, " * 1000)
    elif trouble == "missing":
        words = (*words[: 1 if words[0] == "correct" else 2], "9", *words[2 if words[0] == "correct" else 3 :])
    variables = {"FEEDLOG_AGENT": "a\nb"} if trouble == "agent" else {}
    with a_pipe(PASSED_ON.encode()) as pipe:
        done = invoke(*words, stdin=pipe, **variables)
    assert done.status in (1, 2) and done.out == ""
    assert f"{WITHOUT_NUMBER}\nfeedlog: " in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("correct", "1", PASSED_ON, "--why", "misheard"),
        ("promise", "add", "1", PASSED_ON, "--due", "in 9 days", "--any-day"),
        ("promise", "break", "1", "--why", PASSED_ON, "--told"),
        ("response", "add", "1", "--kind", "told", "--text", PASSED_ON),
        ("fact", "add", "K-1", PASSED_ON),
    ],
)
def test_what_was_typed_is_shown(invoke: Run, on_a_full_disk: Run, words: tuple[str, ...]) -> None:
    """What stands on the command line is shown again, masked, where the log could not take it."""
    invoke("promise", "add", "1", "ring", "--due", "in 9 days", "--any-day")
    done = on_a_full_disk(*words)
    assert (done.returncode, done.stdout) == (75, ""), done.stderr
    assert f"{WITHOUT_NUMBER}\nfeedlog: " in done.stderr


def stored_in(log_path: Path) -> list[Any]:
    with closing(sqlite3.connect(log_path)) as connection:
        tables = ("notes", "corrections", "promises", "responses", "letters", "changes")
        return [connection.execute(f"select * from {table}").fetchall() for table in tables]
