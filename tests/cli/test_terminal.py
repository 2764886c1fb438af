"""What reaches the terminal: a customer's words are shown, never obeyed, and printing never loses a note."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_reading, open_for_writing
from feedlog.vocabulary import DEFAULT_LANGUAGES

Invoke = Callable[..., Any]

NASTY = "pakken \x1b[31mrød\x1b]0;title\x07 \x9b31m \u202eenddnar\u202c \u2066a\u2069 \u061c\u200f\b\x7f\x85 \u2028slut"
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def nasty(invoke: Invoke) -> None:
    """Two notes full of characters that would move the cursor, colour, ring, or turn the line around."""
    for customer in ("K-1", "K\u202e-2"):
        done = invoke("add", "-c", customer, "--name", "Anna \u2066Holm", "--reading", NASTY, stdin=NASTY.encode())
        assert done.status == 0
        assert not OBEYED.search(done.out + done.err)


CALLS = [
    ("list",), ("show", "1"), ("search", "pakken"), ("search", NASTY), ("similar", "1"), ("similar", "--text", NASTY),
    ("list", "-c", "\x1b[31m"), ("list", "-t", "\u202e"), ("list", "--since", "\x1b\u202e"), ("\x1b[31m",),
    ("theme", "show", "\u202e"), ("theme", "list"),
    ("--db", "/\x1b\u202e", "list"), ("correct", "1", NASTY + "2", "--why", "\x1b\u202e"), ("undo",),
    ("promise", "add", "1", NASTY, "--due", "today", "--any-day"), ("promise", "list", "--owner", "\u202e"),
    ("promise", "hand", "--from", "\u202e", "--to", "x"),
]  # fmt: skip


@pytest.mark.parametrize("words", CALLS, ids=range(len(CALLS)))
def test_controls_are_shown_not_obeyed(invoke: Invoke, nasty: None, words: tuple[str, ...]) -> None:
    """No command prints a character that the terminal would obey, in answers or in refusals."""
    done = invoke(*words)
    assert not OBEYED.search(done.out + done.err)
    if words[0] in ("list", "show") and done.status == 0:
        assert "\\x1b[31mrød" in done.out and "\\u202e" in done.out


def test_controls_are_stored_as_they_came(invoke: Invoke, nasty: None, log_path: Path) -> None:
    """The words themselves are kept to the letter."""
    with open_for_reading(str(log_path)) as log:
        assert log.value("select verbatim from notes") == NASTY
    assert invoke("show", "1", "--json").json["verbatim"] == NASTY


@pytest.mark.parametrize("words", [("list",), ("show", "1"), ("search", "pakken"), ("similar", "1")])
def test_json_escapes_them_too(invoke: Invoke, nasty: None, words: tuple[str, ...]) -> None:
    """JSON is one document that a terminal can show as well."""
    done = invoke(*words, "--json")
    assert not OBEYED.search(done.out)
    assert "\u2028" not in done.out
    assert json.loads(done.out)


JSON_CALLS = [
    ("add", "Pakken kom igen æøå", "-c", "K-2", "-t", "levering", "--said-at", "yesterday"),
    ("list", "--since", "2020-01-01"), ("list", "-c", "K-1"), ("show", "1"), ("search", "pakken"), ("search", "zebra"),
    ("similar", "1"), ("similar", "--text", "zebra"), ("tag", "1", "-t", "leverng"),
    ("correct", "1", "Ø", "--why", "x"), ("undo",),
    ("recover",), ("reindex",), ("doctor",), ("path",), ("config",), ("completion", "bash"),
    ("publish",), ("theme", "list"), ("theme", "show", "levering"), ("theme", "suggest"),
    ("theme", "set", "levering", "--owner", "Ø"), ("similar", "1", "--tag", "levering", "--yes"),
    ("promise", "add", "1", "Ø", "--due", "today", "--any-day"), ("promise", "list"), ("promise", "rate"), ("due",),
]  # fmt: skip


@pytest.mark.parametrize("words", JSON_CALLS, ids=lambda words: " ".join(words)[:30])
def test_json_is_one_document(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """With --json standard output is exactly one document in UTF-8, whatever the terminal's encoding."""
    invoke("add", "Pakken kom for sent æøå", "-c", "K-1", "-t", "levering")
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="latin-1"))
    assert invoke(*words, "--json").status == 0
    answer = printed.getvalue()
    assert isinstance(json.loads(answer.decode("utf-8")), dict | list)
    assert answer.endswith(b"\n") and answer.count(b"\n\n") == 0


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp437"])
def test_terminal_that_lacks_letters(run: Invoke, encoding: str) -> None:
    """A letter the terminal cannot show is escaped; the note is stored and said to be."""
    done = run("add", "Så sødt 🙂 “æøå” Łódź", "-c", "Ł-1", PYTHONIOENCODING=encoding)
    assert (done.status, done.out, done.err) == (0, "#1  \\u0141-1\n", "")
    assert run("list", "--json", PYTHONIOENCODING=encoding).json[0]["verbatim"] == "Så sødt 🙂 “æøå” Łódź"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A log that is only read, whose list is longer than what is gathered before it is written: 400 notes."""
    path = str(tmp_path_factory.mktemp("many") / "feedlog.db")
    with open_for_writing(path, DEFAULT_LANGUAGES) as log, log.write():
        for number in range(400):
            said = Said(f"Pakken nummer {number} kom tre uger for sent og ingen ringede")
            notes.add(log, said, By("mette", "2026-11-18T09:00:00Z"))
    return path


@pytest.mark.parametrize("words", [("list", "-n", "400"), ("list", "-n", "400", "--json"), ("show", "1"), ("--help",)])
def test_reader_who_leaves(environment: dict[str, str], many: str, words: tuple[str, ...]) -> None:
    """When whoever reads the output has enough, feedlog stops quietly: `feedlog list | head`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", *words],
            env={**environment, "FEEDLOG_DB": many},
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("words", [("list", "-n", "400"), ("list", "-n", "400", "--json"), ("show", "1")])
def test_full_disk(environment: dict[str, str], many: str, words: tuple[str, ...]) -> None:
    """An answer that cannot be written is a refusal in words."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", *words],
            env={**environment, "FEEDLOG_DB": many},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "feedlog: The answer cannot be written: No space left on device.\nCheck where the output goes.\n"
    )


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-"])
def test_closed_stream(environment: dict[str, str], log_path: Path, stream: str) -> None:
    """A caller that closes a stream, as some schedulers do, gets its note stored."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m feedlog add "Pakken kom" {stream}', sys.executable],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    with open_for_reading(str(log_path)) as log:
        assert log.value("select verbatim from notes") == "Pakken kom"


def on_terminal(environment: dict[str, str], *words: str, columns: int = 80) -> str:
    """What a terminal shows."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "feedlog", *words], {**environment, "COLUMNS": str(columns)})
    shown = b""
    try:
        while part := os.read(terminal, 4096):
            shown += part
    except OSError:
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    return shown.decode("utf-8").replace("\r\n", "\n")


def test_no_colour_when_not_wanted(environment: dict[str, str], invoke: Invoke, nasty: None) -> None:
    """With NO_COLOR, and in a pipe, nothing is coloured; the customer's own colours never are."""
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        for words in (("list",), ("show", "1"), ("--help",)):
            assert "\x1b" not in on_terminal({**environment, **variables}, *words)
    assert "\x1b" not in invoke("list").out


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_lines_fit_the_terminal(environment: dict[str, str], log: Log, by: Any, columns: int) -> None:
    """A list is as wide as the terminal and no wider; who said it has a line of its own below a long sentence."""
    for number in range(12):
        notes.add(log, Said("Pakken kom tre uger for sent\nog ingen ringede " * 6, customer=f"K-{number}"), by)
    log.close()
    lines = on_terminal(environment, "list", columns=columns).splitlines()
    said, who = lines[::2], lines[1::2]
    assert len(said) == len(who) == 12
    assert max(map(len, lines)) <= columns
    assert all(line.endswith("…”") for line in said)
    assert {line.index("“") for line in said} == {line.index("K-") for line in who}


def test_wide_answer_in_a_pipe(run: Invoke, invoke: Invoke) -> None:
    """In a pipe lines are as on a terminal of eighty characters."""
    invoke("add", "Pakken kom tre uger for sent og ingen ringede tilbage " * 4)
    [line] = run("list").out.splitlines()
    assert len(line) <= 80


@pytest.mark.parametrize("gone", ["nobody reads", "no room"])
def test_remarks_nobody_hears(environment: dict[str, str], log_path: Path, gone: str) -> None:
    """A remark that cannot be said, since its reader left or the disk is full, keeps no note from being stored."""
    if gone == "nobody reads":
        reading, writing = os.pipe()
        os.close(reading)
    elif os.path.exists("/dev/full"):
        writing = os.open("/dev/full", os.O_WRONLY)
    else:
        pytest.skip("this system has no full device")
    try:
        call: Any = {"env": environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": writing}
        words = [sys.executable, "-m", "feedlog", "add", b"Pakken f\xf8r os", "--said-at"]
        done = subprocess.run([*words, "yesterday"], check=False, **call)
        refused = subprocess.run([*words, "never ever"], check=False, **call)
    finally:
        os.close(writing)
    assert (done.returncode, done.stdout) == (0, b"#1\n")
    assert (refused.returncode, refused.stdout) == (2, b"")
    with open_for_reading(str(log_path)) as log:
        assert [row["verbatim"] for row in log.rows("select verbatim from notes")] == ["Pakken før os"]
