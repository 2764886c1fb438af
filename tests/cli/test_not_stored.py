"""When a note cannot be stored, its text is kept, and comes in later."""

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedlog.store import open_for_reading, open_for_writing

Invoke = Callable[..., Any]


def verbatims(log_path: Path) -> list[str]:
    with open_for_reading(str(log_path)) as log:
        return [row["verbatim"] for row in log.rows("select verbatim from current_notes order by id")]


def spooled(invoke: Invoke, tmp_path: Path, *words: str, **variables: str) -> Any:
    """Runs an `add` that cannot be stored; the one file in the spool must hold the text."""
    done = invoke("add", "Pakken kom tre uger for sent æøå", *words, **variables)
    assert (done.status, done.out) == (75, "")
    [path] = (tmp_path / "spool").iterdir()
    assert f"Your text is safe in {path}." in done.err
    assert "Then `feedlog recover` takes it in.\n" in done.err
    assert "Pakken kom tre uger for sent æøå" in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return done


def test_log_that_is_none(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Where the log is something else, the text is kept, and both are said."""
    log_path.parent.mkdir()
    log_path.write_text("Dear diary, " * 50)
    done = spooled(invoke, tmp_path)
    assert done.err.startswith(f"feedlog: The file is not a SQLite database: {log_path}. Your text is safe in ")
    assert log_path.read_text() == "Dear diary, " * 50


def test_log_that_is_damaged_or_newer(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A text meant for a log from a newer feedlog is kept."""
    invoke("add", "x")
    with open_for_writing(str(log_path), ()) as log:
        log.connection.execute("pragma user_version = 99")
    done = spooled(invoke, tmp_path)
    assert "The log was written by a newer feedlog (schema 99, this one knows" in done.err
    assert "Install the newer feedlog." in done.err


def test_kept_text_comes_in_with_the_next_note(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Once the log can be written again, the next note takes in what waited, with all that was said about it."""
    log_path.mkdir(parents=True)
    done = spooled(
        invoke, tmp_path, "-c", "K-1", "-t", "levering", "--promise", "ring", "--due", "in 3 days", "--any-day"
    )
    assert done.err.splitlines()[1].startswith(f"feedlog: This is a folder, not a log: {log_path}.")
    log_path.rmdir()
    later = invoke("add", "Skoene trykker")
    assert (later.status, later.out, later.err) == (0, "#1\n", "Note 2 was taken in from the spool.\n")
    note = invoke("show", "2", "--json").json
    assert note["customer"]["key"] == "K-1" and note["themes"] == ["levering"]
    assert note["promises"][0]["what"] == "ring"
    assert list((tmp_path / "spool").iterdir()) == []


def test_recover(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """What waits can be taken in by itself, also from the temporary folder, and only once."""
    log_path.mkdir(parents=True)
    spooled(invoke, tmp_path)
    (tmp_path / "file").touch()
    second = invoke("add", "Skoene trykker", FEEDLOG_SPOOL=str(tmp_path / "file" / "spool"))
    assert f"Your text is safe in {tmp_path}/temporary/" in second.err
    log_path.rmdir()
    assert invoke("recover") == (0, "#1\n#2\n", "")
    assert verbatims(log_path) == ["Pakken kom tre uger for sent æøå", "Skoene trykker"]
    assert invoke("recover") == (0, "", "Nothing waits in the spool.\n")
    assert invoke("recover", "--json").json == []


def test_a_text_that_stays(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """Where a text cannot be taken in, the others are, it is said why, and the status is 1, in JSON too."""
    log_path.mkdir(parents=True)
    spooled(invoke, tmp_path)
    log_path.rmdir()
    broken = tmp_path / "spool" / "broken.note.json"
    broken.write_text("{", "utf-8")
    told = invoke("recover")
    assert (told.status, told.out) == (1, "#1\n")
    assert told.err.startswith(f"{broken} stays in the spool: it cannot be read: ")
    again = invoke("recover", "--json")
    assert (again.status, [one["note_id"] for one in again.json]) == (1, [None])


def test_nowhere_to_keep_it(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
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


def test_fault_of_our_own_costs_no_sentence(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """When feedlog itself fails while storing, the text is kept and the failure is named."""
    invoke("add", "x")
    with open_for_writing(str(log_path), ()) as log:
        log.connection.execute("drop table words")
    done = spooled(invoke, tmp_path)
    assert "feedlog itself failed (OperationalError: no such table: " in done.err
    assert "Please report this." in done.err


def test_text_for_another_log(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A text meant for a log that can never be written is not stuck: another log takes it in when asked to."""
    (tmp_path / "file").write_text("in the way")
    lost = str(tmp_path / "file" / "feedlog.db")
    spooled(invoke, tmp_path, FEEDLOG_DB=lost)
    told = invoke("recover")
    assert told.err == f"1 text waits for another log, {lost}. To take them in here: feedlog recover --all\n"
    assert invoke("recover", "--all").out == "#1\n"
    assert verbatims(log_path) == ["Pakken kom tre uger for sent æøå"]
    assert invoke("doctor").status == 0


def test_broken_cell(invoke: Invoke, log_path: Path) -> None:
    """A time that damage has made unreadable, where SQLite cannot see it, is said to be damage, and doctor finds it."""
    said_at = invoke("add", "Pakken kom", "--json").json["said_at"].encode()
    log_path.write_bytes(log_path.read_bytes().replace(said_at, b"20\xff" + said_at[3:]))
    broken = (b"20\xff" + said_at[3:]).decode("utf-8", "replace")
    for words in (("list",), ("show", "1"), ("search", "pakken")):
        done = invoke(*words)
        assert done.status == 1
        assert done.err == (
            f"feedlog: The log holds a time that cannot be read, {broken!r}: it is damaged.\n"
            "Keep the file as it is, run `feedlog doctor`, and restore a backup.\n"
        )
    told = invoke("doctor")
    assert told.status == 1
    assert "1 of the times in notes.said_at cannot be read" in told.out
