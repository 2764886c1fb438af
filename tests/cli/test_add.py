"""feedlog add: a sentence is in the log in a second, and something comes back at once."""

import os
import pty
import stat
import subprocess
import sys
import termios
import time
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
    invoke("add", "Tre uger for sent kom pakken", "-c", "K-2", "--promise", "ring", "--due", "in 3 days")
    done = invoke("add", "Pakken kom tre uger for sent", "-c", "K-3")
    lines = done.out.splitlines()
    assert lines[0] == "#3  K-3"
    assert lines[1] == "2 customers said something like this since 2 March, the latest today:"
    assert "  #1  “Pakken kom tre uger for sent”   Bo Berg" in lines[2:]
    assert any(line.startswith("  #2  “Tre uger for sent kom pakken”   K-2 · promise open, due 2") for line in lines)
    assert invoke("add", "Helt uden sammenhæng").out == "#4\n"


def test_what_is_owed(invoke: Invoke) -> None:
    """What the customer was promised is said at every contact, also what was promised just now."""
    day = when.spoken(when.day("in 3 days", now=when.clock()), now=when.clock())
    done = invoke("add", "Ring mig op", "-c", "K-1", "--promise", "call back", "--due", "in 3 days")
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
    assert done.err == "said Friday 13 March, 15:30\n"
    assert done.json["said_at"] == "2026-03-13T14:30:00Z"
    assert invoke("add", "x", "--said-at", "i går").err.startswith("said ")


def test_same_key_same_note(invoke: Invoke) -> None:
    """A repeat with the same key answers with the same note and exit status 0."""
    first = invoke("add", "Pakken kom", "--key", "call 7", "--json").json
    again = invoke("add", "Pakken kom", "--key", "call 7", "--json")
    assert (again.status, again.json["id"], again.json["uid"], again.json["new"]) == (0, 1, first["uid"], False)
    assert invoke("add", "Pakken kom", "--key", "call 7").out == "#1 · known already\n"


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


# --- when it cannot be stored ---------------------------------------------------------------------------


def spooled(run: Invoke, tmp_path: Path, *words: str, **variables: str) -> Any:
    """Runs an `add` that cannot be stored; the one file in the spool must hold the text."""
    done = run("add", "Pakken kom tre uger for sent æøå", *words, **variables)
    assert (done.status, done.out) == (75, "")
    [path] = (tmp_path / "spool").iterdir()
    assert f"Your text is safe in {path}." in done.err
    assert "Then `feedlog recover` takes it in.\n" in done.err
    assert "Pakken kom tre uger for sent æøå" in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return done


def test_log_that_is_none(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Where the log is something else, the text is kept, and both are said."""
    log_path.parent.mkdir()
    log_path.write_text("Dear diary, " * 50)
    done = spooled(run, tmp_path)
    assert done.err.startswith(f"feedlog: The file is not a SQLite database: {log_path}. Your text is safe in ")
    assert log_path.read_text() == "Dear diary, " * 50


def test_log_that_is_damaged_or_newer(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A text meant for a log from a newer feedlog is kept."""
    run("add", "x")
    with open_for_writing(str(log_path), ()) as log:
        log.connection.execute("pragma user_version = 99")
    done = spooled(run, tmp_path)
    assert "The log was written by a newer feedlog (schema 99, this one knows" in done.err
    assert "Install the newer feedlog." in done.err


def test_kept_text_comes_in_with_the_next_note(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Once the log can be written again, the next note takes in what waited, with all that was said about it."""
    log_path.mkdir(parents=True)
    done = spooled(run, tmp_path, "-c", "K-1", "-t", "levering", "--promise", "ring", "--due", "in 3 days")
    assert done.err.splitlines()[1].startswith(f"feedlog: This is a folder, not a log: {log_path}.")
    log_path.rmdir()
    later = run("add", "Skoene trykker")
    assert (later.status, later.out, later.err) == (0, "#1\n", "Note 2 was taken in from the spool.\n")
    note = run("show", "2", "--json").json
    assert note["customer"]["key"] == "K-1" and note["themes"] == ["levering"]
    assert note["promises"][0]["what"] == "ring"
    assert list((tmp_path / "spool").iterdir()) == []


def test_recover(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """What waits can be taken in by itself, also from the temporary folder, and only once."""
    log_path.mkdir(parents=True)
    spooled(run, tmp_path)
    (tmp_path / "file").touch()
    second = run("add", "Skoene trykker", FEEDLOG_SPOOL=str(tmp_path / "file" / "spool"))
    assert f"Your text is safe in {tmp_path}/temporary/" in second.err
    log_path.rmdir()
    assert run("recover") == (0, "#1\n#2\n", "")
    assert verbatims(log_path) == ["Pakken kom tre uger for sent æøå", "Skoene trykker"]
    assert run("recover") == (0, "", "Nothing waits in the spool.\n")
    assert run("recover", "--json").json == []


def test_nowhere_to_keep_it(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Where not even the spool can be written, the text is shown, so that it is not gone."""
    log_path.mkdir(parents=True)
    (tmp_path / "file").touch()
    temporary = str(tmp_path / "file" / "temporary")
    code = f"import tempfile; tempfile.tempdir = {temporary!r}; from feedlog.cli import main; main(['add', 'Pakken'])"
    environment = {
        "FEEDLOG_DB": str(log_path),
        "FEEDLOG_SPOOL": str(tmp_path / "file" / "spool"),
        "HOME": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 75
    assert done.stderr.startswith("Pakken\nfeedlog: This is a folder, not a log: ")
    assert "Your text is not stored; it stands above." in done.stderr


def test_fault_of_our_own_costs_no_sentence(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """When feedlog itself fails while storing, the text is kept and the failure is named."""
    run("add", "x")
    with open_for_writing(str(log_path), ()) as log:
        log.connection.execute("drop table words")
    done = spooled(run, tmp_path)
    assert "feedlog itself failed (OperationalError: no such table: " in done.err
    assert "Please report this." in done.err


# --- editor and prompt ------------------------------------------------------------------------------------


def editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def drafts(tmp_path: Path) -> list[str]:
    folder = tmp_path / "spool"
    return [path.read_text("utf-8") for path in sorted(folder.iterdir())] if folder.exists() else []


def test_editor(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """The text can be written in one's own editor, starting from what was given; its draft goes once it is stored."""
    own = editor(tmp_path, 'test "$(stat -c %a "$1")" = 600 && printf " og ingen ringede" >> "$1"')
    assert run("add", "Pakken kom", "--edit", EDITOR=own).out == "#1\n"
    assert verbatims(log_path) == ["Pakken kom og ingen ringede"]
    assert drafts(tmp_path) == []


EDITORS = [
    ("printf half > \"$1\"; exit 3", 1, "The editor ended with status 3; nothing was logged.", "Try again.", ["half"]),
    ("exit 3", 1, "The editor ended with status 3; nothing was logged.", "Try again.", []),
    ("printf ' \\n' > \"$1\"", 2, "The text is empty.", "Nothing was logged.", []),
    ("head -c 1100000 /dev/zero | tr '\\0' x > \"$1\"", 2, "The text is longer than 1024 KiB.",
     "Log what the customer said, not a whole file.", ["x" * 1_100_000]),
    ("printf 'a\\0b' > \"$1\"", 2, "The text holds NUL bytes", "Save it as UTF-8 and try again.", ["a\0b"]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "status", "message", "hint", "left"), EDITORS, ids=[case[2] for case in EDITORS])
def test_editor_that_fails(
    run: Invoke, tmp_path: Path, log_path: Path, script: str, status: int, message: str, hint: str, left: list[str]
) -> None:
    """Whatever goes wrong with the editor, nothing is logged and what was written stays in a file that is named."""
    done = run("add", "--edit", EDITOR=editor(tmp_path, script))
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith(f"feedlog: {message}")
    assert hint in done.err
    assert drafts(tmp_path) == left
    if left:
        [path] = (tmp_path / "spool").iterdir()
        assert f"Your text is in {path}." in done.err
    assert not log_path.exists()


@pytest.mark.parametrize("name", ["/nowhere/vi", "'"])
def test_editor_there_is_not(run: Invoke, tmp_path: Path, name: str) -> None:
    """An editor that cannot be started is named, and the text it was to start from is kept."""
    done = run("add", "Pakken kom", "--edit", EDITOR=name)
    assert done.status == 1
    assert done.err.startswith(f"feedlog: The editor {name!r} cannot be started: ")
    assert "Set EDITOR. Your text is in " in done.err
    assert drafts(tmp_path) == ["Pakken kom"]


def test_editor_and_a_log_that_is_none(run: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A text from the editor that cannot be stored is kept."""
    log_path.mkdir(parents=True)
    done = run("add", "--edit", EDITOR=editor(tmp_path, 'printf "Pakken kom" > "$1"'))
    assert done.status == 75
    assert "Your text is safe in " in done.err
    assert any("Pakken kom" in draft for draft in drafts(tmp_path))


def typed(environment: dict[str, str], keys: bytes, *words: str) -> tuple[int, str]:
    """Runs `feedlog add` on a terminal and types; gives the exit status and what the terminal showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "feedlog", "add", *words], {**environment, "TERM": "dumb"})
    shown = b""
    while b"> " not in shown:
        shown += os.read(terminal, 1000)
    settings = termios.tcgetattr(terminal)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, settings)
    time.sleep(0.1)
    os.write(terminal, keys)
    try:
        while part := os.read(terminal, 1000):
            shown += part
    except OSError:  # Linux's way to say that the other side has closed the terminal
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return status, shown.decode("utf-8", "replace")


RAW = """It's "50%" off! $HOME `ls` \\n & # | * ~ < > ; (æøå)"""


def test_prompt_takes_anything_raw(environment: dict[str, str], log_path: Path) -> None:
    """At the prompt a sentence is typed as it was said: no character means anything but itself."""
    status, shown = typed(environment, RAW.encode() + b"\n", "-c", "K-1")
    assert (status, "What did the customer say?" in shown, "#1  K-1" in shown) == (0, True, True)
    assert verbatims(log_path) == [RAW]


def test_prompt_on_a_terminal_that_is_not_utf8(environment: dict[str, str], log_path: Path) -> None:
    """A terminal that sends other bytes than its locale says does not end in a failure, and the doubt is said."""
    status, shown = typed(environment, "Rødgrød".encode("cp1252") + b"\n")
    assert (status, "Read as Windows-1252" in shown, "Traceback" in shown) == (0, True, False)
    assert verbatims(log_path)[0].endswith("grød")


@pytest.mark.parametrize(
    ("keys", "status", "told"),
    [
        (b"\x04", 2, "Nothing was typed."),
        (b"   \n", 2, "The text is empty."),
        (b"half a sente\x03", 130, "Stopped."),
    ],
)
def test_prompt_without_a_sentence(
    environment: dict[str, str], log_path: Path, keys: bytes, status: int, told: str
) -> None:
    """Leaving the prompt logs nothing, and says so."""
    left, shown = typed(environment, keys)
    assert (left, told in shown) == (status, True)
    assert "Traceback" not in shown
    assert not log_path.exists()


def test_slip_in_an_option_comes_before_the_sentence(run: Invoke) -> None:
    """A slip in the options or settings is said before a text is read, so that it never costs a typed sentence."""
    for words, variables in (
        (("-c", "K\n1"), {}),
        (("--said-at", "blue moon"), {}),
        ((), {"FEEDLOG_CHANNEL": "pigeon"}),
        ((), {"FEEDLOG_WHO_ELSE": "maybe"}),
        ((), {"FEEDLOG_AGENT": "a\tb"}),
    ):
        done = run("add", *words, stdin=b"\0", **variables)
        assert done.status == 2
        assert "NUL" not in done.err
