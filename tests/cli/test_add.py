"""feedlog add: a sentence is in the log in a second, and something comes back at once."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog import when
from feedlog.operations.shapes import Note
from feedlog.store import open_for_reading, open_for_writing

Invoke = Callable[..., Any]


def verbatims(log_path: Path) -> list[str]:
    with open_for_reading(str(log_path)) as log:
        return [row["verbatim"] for row in log.rows("select verbatim from current_notes order by id")]


def test_first_sentence(run: Invoke, log_path: Path) -> None:
    """The first call makes the log and answers with the note's number and what it is about."""
    done = run("add", "Pakken kom tre uger for sent", "-c", "K-1042", "--name", "Anna Holm", "-t", "Levering",
               "--channel", "phone", "--touchpoint", "delivery", "--kind", "complaint")  # fmt: skip
    assert done == (0, "#1  Anna Holm (K-1042) · phone · delivery · levering · complaint\n", "")
    assert verbatims(log_path) == ["Pakken kom tre uger for sent"]
    assert stat.S_IMODE(log_path.stat().st_mode) == 0o600


def test_who_else_said_this(invoke: Invoke) -> None:
    """Others who said it come back: how many, since when, and their words."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Bo Berg", "--said-at", "2026-03-02 09:00")
    invoke("add", "Tre uger for sent kom pakken", "-c", "K-2", "--promise", "ring", "--due", "in 3 days", "--any-day")
    done = invoke("add", "Pakken kom tre uger for sent", "-c", "K-3")
    lines = done.out.splitlines()
    assert lines[0] == "#3  K-3"
    since = when.date_text("2026-03-02", now=when.clock())
    assert lines[1] == f"2 customers said something like this since {since}, the latest today:"
    assert "  #1  “Pakken kom tre uger for sent”   Bo Berg" in lines[2:]
    assert any(line.startswith("  #2  “Tre uger for sent kom pakken”   K-2 · promised by ") for line in lines)
    assert invoke("add", "Helt uden sammenhæng").out == "#4\n"


def test_what_is_owed(invoke: Invoke) -> None:
    """What the customer was promised is said at every contact, also what was promised just now."""
    day = when.spoken(when.day("in 3 days", now=when.clock()), now=when.clock())
    done = invoke("add", "Ring mig op", "-c", "K-1", "--promise", "call back", "--due", "in 3 days", "--any-day")
    assert done.out == f"#1  K-1\nPromised: call back, by {day}.\n"
    assert done.err == f"due {day}\n"
    assert invoke("add", "Hallo?", "-c", "k-1").out == f"#2  K-1\nPromised: call back, by {day}.\n"


def test_json_answer(invoke: Invoke) -> None:
    """The JSON answer has every field of a note, what is new, warnings and who else said this."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Bo Berg", "-t", "levering")
    answer = invoke("add", "Pakken kom tre uger for sent", "-c", "K-2", "-t", "leverng", "--json").json
    assert list(answer) == [*Note.__annotations__, "new", "masked", "warnings", "who_else"]
    assert (answer["id"], answer["new"], answer["masked"]) == (2, True, [])
    assert answer["warnings"] == ["The theme 'leverng' is new. Did you mean 'levering'?"]
    assert list(answer["who_else"]) == ["customers", "notes", "since", "results"]
    assert (answer["who_else"]["customers"], answer["who_else"]["notes"]) == (1, 1)
    assert answer["who_else"]["results"][0]["customer"] == {"key": "K-1", "name": "Bo Berg"}


def test_who_else_can_be_off(invoke: Invoke) -> None:
    """An office that does not want to hear who else said it sets who_else to off."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1")
    assert invoke("add", "Pakken kom tre uger for sent", "-c", "K-2", FEEDLOG_WHO_ELSE="off").out == "#2  K-2\n"
    assert (
        invoke("add", "Pakken kom tre uger for sent", "--json", FEEDLOG_WHO_ELSE="off").json["who_else"]["notes"] == 0
    )


def test_day_it_was_said(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it was said is echoed as weekday and date, in any of the languages, and stored in UTC."""
    done = invoke("add", "x", "--said-at", "2026-03-13 15:30", "--json")
    assert done.err == f"said {when.spoken('2026-03-13T14:30:00Z', now=when.clock())}\n"
    assert done.json["said_at"] == "2026-03-13T14:30:00Z"
    assert invoke("add", "x", "--said-at", "i går").err.startswith("said ")


def test_same_key_same_note(invoke: Invoke) -> None:
    """A repeat with the same key answers with the same note and exit status 0."""
    first = invoke("add", "Pakken kom", "--key", "call 7", "--json").json
    again = invoke("add", "Pakken kom", "--key", "call 7", "--json")
    assert (again.status, again.json["id"], again.json["uid"], again.json["new"]) == (0, 1, first["uid"], False)
    assert invoke("add", "Pakken kom", "--key", "call 7").out == "#1 · known already\n"
    other = invoke("add", "Noget andet", "--key", "call 7")
    assert (other.status, other.out) == (0, "#1 · known already\n")
    assert other.err == "This key is note 1's, which holds another text; yours was not stored.\n"


@pytest.mark.parametrize("words", [(), ("-",)])
def test_text_from_a_pipe(invoke: Invoke, log_path: Path, words: tuple[str, ...]) -> None:
    """Without a text, and with -, what is piped in is the text."""
    assert invoke("add", *words, stdin=b"Pakken kom\r\nfor sent\n").status == 0
    assert verbatims(log_path) == ["Pakken kom\nfor sent"]


BYTES = [
    ("Rødgrød med fløde".encode(), "Rødgrød med fløde", ""),
    ("Rødgrød med fløde".encode("cp1252"), "Rødgrød med fløde", "Read as Windows-1252, since it is not UTF-8.\n"),
    ("\ufeffRødgrød".encode(), "Rødgrød", ""),
    ("\ufeffRødgrød".encode("utf-16-le"), "Rødgrød", ""),
    ("“æøå” – €".encode("cp1252"), "“æøå” – €", "Read as Windows-1252, since it is not UTF-8.\n"),
    ("A\u030aben".encode(), "Åben", ""),
]


@pytest.mark.parametrize(("raw", "text", "told"), BYTES)
def test_bytes_from_a_pipe(run: Invoke, log_path: Path, raw: bytes, text: str, told: str) -> None:
    """Bytes that are not UTF-8 are understood as Windows-1252, and that is said."""
    assert run("add", stdin=raw) == (0, "#1\n", told)
    assert verbatims(log_path) == [text]


def test_bytes_on_the_command_line(run: Invoke, log_path: Path) -> None:
    """A shell that passes Windows-1252 on the command line is understood, in text and options alike."""
    done = run("add", "Rødgrød".encode("cp1252"), "-c", "Å-1".encode("cp1252"), "--json")
    assert done.err == "Read as Windows-1252, since it is not UTF-8.\n"
    assert (done.status, done.json["verbatim"], done.json["customer"]["key"]) == (0, "Rødgrød", "Å-1")


def test_answer_that_cannot_be_shown(run: Invoke, log_path: Path) -> None:
    """A note that is stored is never reported as not stored, even when the rest of the answer fails."""
    run("add", "Pakken kom for sent")
    with open_for_writing(str(log_path), ()) as log:
        log.connection.execute("delete from notes_fts_data where id > 10")
    done = run("add", "zebra")
    assert (done.status, done.out) == (0, "#2\n")
    assert done.err == f"Note 2 is stored, but what belongs to it cannot be shown: The log is damaged: {log_path}.\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_answer_to_a_full_disk(environment: dict[str, str], log_path: Path, words: tuple[str, ...]) -> None:
    """When the answer cannot be written, the note is stored, exit status 0 says so, and stderr why nothing came."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "feedlog", "add", "Pakken kom", *words],
            env=environment, stdout=full, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == (
        "Note 1 is stored, but what belongs to it cannot be shown: "
        "The answer cannot be written: No space left on device.\n"
    )
    assert verbatims(log_path) == ["Pakken kom"]
