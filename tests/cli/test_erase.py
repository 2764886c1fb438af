"""feedlog erase: asks, says what went, verifies, is loud where it cannot, and goes on after a crash."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from feedlog.store import log as door

Invoke = Callable[..., Any]
TOKEN = "zyzzyvapakken"


@pytest.fixture
def filled(invoke: Invoke, tmp_path: Path, log_path: Path) -> Path:
    """A log with a customer, a promise, a correction and somebody else; pages, a backup. Gives the folder."""
    promised = ("--promise", f"ring om {TOKEN}", "--due", "in 3 days", "--any-day")
    invoke("add", f"{TOKEN} kom aldrig", "-c", "K-1042", "--name", "Anna Holm", *promised)
    invoke("correct", "1", f"{TOKEN} kom for sent", "--why", "misheard")
    invoke("add", "Anna Holm hjalp mig med pakken", "-c", "K-2")
    assert invoke("publish").status == 0
    assert invoke("backup", str(tmp_path / "backup.db")).status == 0
    return tmp_path


def holding(folder: Path) -> list[str]:
    """The files anywhere below that hold the token, in capitals or not."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and TOKEN.encode() in path.read_bytes().lower()
    )


def test_erase(invoke: Invoke, filled: Path, log_path: Path) -> None:
    """Everything goes from every file in one call, and the receipt has the fields that scripts rely on."""
    assert {"backup.db", "log/published/feedlog.db"} <= set(holding(filled))
    done = invoke("erase", "k-1042", "--yes", "--reason", "asked to be forgotten", "--json")
    assert (done.status, done.err) == (0, "")
    receipt = done.json
    counted = {"customer_rows": 1, "notes": 1, "promises": 1, "responses": 0, "letters": 0, "verified": True}
    assert {name: receipt[name] for name in counted} == counted
    assert receipt["elsewhere"][0] == "what others said of them, by name or key, in 1 note: #2"
    assert "shell history" in receipt["elsewhere"][-1]
    assert (receipt["erasure"], receipt["by"], receipt["reason"]) == (1, "mette", "asked to be forgotten")
    assert TOKEN not in done.out and "Anna" not in done.out
    assert holding(filled) == []
    assert invoke("show", "1").err.startswith("feedlog: Note 1 was erased.\n")
    assert invoke("doctor").status == 0
    [listed] = (filled / "log" / "erased.jsonl").read_text().splitlines()[:1]
    assert set(json.loads(listed)) == {"uid", "erased_at"}


def test_receipt_for_people(invoke: Invoke, filled: Path) -> None:
    """The receipt says what went, what was looked for, and what feedlog cannot reach."""
    done = invoke("erase", "K-1042", "--yes", "--reason", "asked")
    lines = done.out.splitlines()
    assert lines[0].startswith("Erasure 1, ") and lines[0].endswith(", by mette")
    assert lines[1] == "gone      1 customer key, 1 note, 1 promise"
    assert "stand nowhere in the log, its index, its journal, its pages, and 1 of its backups" in lines[2]
    assert lines[3].startswith("elsewhere what others said of them")


def test_without_yes_nothing_goes(invoke: Invoke, filled: Path) -> None:
    """Where nobody can be asked, it is refused with what would go."""
    done = invoke("erase", "K-1042", "--reason", "asked")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "feedlog: Erasing cannot be taken back, so it needs --yes. This would go: 1 customer key, 1 note, 1 promise.\n"
        "See it first with: feedlog dossier CUSTOMER\n"
    )
    assert "log/feedlog.db" in holding(filled) or "log/feedlog.db-wal" in holding(filled)


REFUSED = [
    (("K-9", "--yes", "--reason", "asked"), 1, "There is no customer 'K-9'."),
    (("K-1042", "--yes"), 2, "Missing option '--reason'."),
    (("K-1042", "--yes", "--reason", " "), 2, "The reason is empty."),
    (("K-1042", "--yes", "--reason", "anna holm wants it"), 2, "The reason names the customer, and reasons are kept."),
]


@pytest.mark.parametrize(("words", "status", "why"), REFUSED)
def test_refused(invoke: Invoke, filled: Path, words: tuple[str, ...], status: int, why: str) -> None:
    """What is off about the call is said, and nothing goes."""
    done = invoke("erase", *words)
    assert (done.status, done.out, done.err.splitlines()[0]) == (status, "", f"feedlog: {why}")
    assert invoke("show", "1").status == 0


def test_a_reader_makes_it_loud(invoke: Invoke, filled: Path, log_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody reads an older state it ends with status 1 and says so; the same command again finishes."""
    from feedlog.store import scrubbing

    monkeypatch.setattr(scrubbing, "READER_SECONDS", 0.2)
    reader = sqlite3.connect(log_path, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from notes").fetchone()
    call = ("erase", "K-1042", "--yes", "--reason", "asked", "--json")
    done = invoke(*call)
    assert (done.status, done.json["verified"]) == (1, False)
    assert done.err.startswith("feedlog: It is erased, but traces remain: somebody is still reading an older state of")
    assert done.err.endswith("run the same command again.\n")
    assert [check["name"] for check in invoke("doctor", "--json").json["checks"] if not check["ok"]] == ["erasures"]
    assert "traces may remain" in invoke("history", "--erasures").out
    reader.close()
    done = invoke(*call)
    assert (done.status, done.json["verified"], done.json["notes"]) == (0, True, 1)
    assert re.fullmatch(
        r"Erasure 1 of \d+ \w+ by mette \(asked\) left traces; going on with it, for the reason given then\.\n",
        done.err,
    )
    assert holding(filled) == []
    assert invoke(*call).err.startswith("feedlog: There is no customer 'K-1042'.")


@pytest.fixture
def unfinished(invoke: Invoke, filled: Path, log_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An erasure, of one customer with two keys, that a reader held back until now."""
    from feedlog.store import scrubbing

    invoke("add", "Pakken igen", "-c", "anna@example.com")
    assert invoke("customer", "merge", "anna@example.com", "K-1042").status == 0
    with monkeypatch.context() as patched:
        patched.setattr(scrubbing, "READER_SECONDS", 0.2)
        reader = sqlite3.connect(log_path, isolation_level=None)
        reader.execute("begin")
        reader.execute("select count(*) from notes").fetchone()
        assert invoke("erase", "K-1042", "--yes", "--reason", "asked").status == 1
        reader.close()
    return log_path


def marks(log_path: Path) -> list[str | None]:
    connection = sqlite3.connect(log_path)
    found = [row[0] for row in connection.execute("select key_marks from erasures")]
    connection.close()
    return found


def test_only_the_key_that_was_erased_goes_on(invoke: Invoke, unfinished: Path) -> None:
    """An unfinished erasure takes every key it took and no other; its marks tell no key and go in the end."""
    [mark] = marks(unfinished)
    assert mark is not None and re.fullmatch(r'\["[0-9a-f]{64}", "[0-9a-f]{64}", "[0-9a-f]{64}"\]', mark)
    for key in ("K-9", "K-104", "K-10422"):
        done = invoke("erase", key, "--yes", "--reason", "asked again")
        assert (done.status, done.out, done.err) == (
            1, "", f"feedlog: There is no customer {key!r}, and the erasure that left traces was another's.\n"
            "Name the customer whose erasure was not finished: see feedlog history --erasures\n",
        )  # fmt: skip
    done = invoke("erase", "Anna@example.com", "--yes", "--reason", "another reason", "--agent", "jens", "--json")
    assert (done.status, done.json["verified"]) == (0, True)
    assert (done.json["reason"], done.json["by"]) == ("asked", "mette")
    assert marks(unfinished) == [None]
    assert invoke("erase", "K-1042", "--yes", "--reason", "x").err.startswith("feedlog: There is no customer 'K-1042'.")


def test_a_key_that_cannot_be_checked(invoke: Invoke, unfinished: Path) -> None:
    """Where the secret beside the log was lost, it says whose erasure goes on, and that the key was not checked."""
    Path(f"{unfinished}.secret").unlink()
    done = invoke("erase", "K-9", "--yes", "--reason", "another reason")
    assert done.status == 0
    assert done.err.splitlines()[1] == (
        "Whether it was that of 'K-9' cannot be told any more, so the key was not checked."
    )
    assert (
        "verified  files written anew: the log, its index, its journal, its pages, and 1 of its backups\n" in done.out
    )
    assert invoke("doctor").status == 0


def test_a_file_named_after_the_customer(invoke: Invoke, filled: Path, log_path: Path) -> None:
    """A file's name that holds a key or name goes, from the log and its backups, and the receipt counts it."""
    given = filled / "given"
    given.mkdir()
    for name in ("Anna Holm.csv", "k-1042 mails.csv", "others.csv"):
        (given / name).write_text(f"text,customer\nOm {name} igen,K-1042\nDet samme {len(name)},K-7\n", "utf-8")
        assert invoke("import", str(given / name), "--source", "mails").status == 0
    assert invoke("backup", str(filled / "second.db")).status == 0
    done = invoke("erase", "K-1042", "--yes", "--reason", "asked")
    assert "names     2 imported files were named after them; erased, too\n" in done.out
    assert "elsewhere the file others.csv, from which notes were imported\n" in done.out
    for path in (log_path, filled / "second.db"):
        connection = sqlite3.connect(path)
        files = [row[0] for row in connection.execute("select file from imports order by id")]
        connection.close()
        assert files == ["[erased]", "[erased]", "others.csv"]
        assert b"Anna Holm.csv" not in path.read_bytes()


def counted(patch: pytest.MonkeyPatch, last: int = 0) -> list[str]:
    """The statements on every connection of feedlog's own from now on; dies, as by kill -9, before the `last` one."""
    statements: list[str] = []
    connect = door._connect

    def statement(sql: str) -> None:
        statements.append(sql)
        if len(statements) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(path: str, mode: str) -> sqlite3.Connection:
        connection = connect(path, mode)
        connection.set_trace_callback(statement)
        return connection

    patch.setattr(door, "_connect", traced)
    return statements


def test_killed_anywhere(filled: Path, log_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at any step, either nothing is gone or the same command finishes, and then no byte is left."""
    call = ("erase", "K-1042", "--yes", "--reason", "asked", "--json")
    kept = filled.parent / f"{filled.name}-kept"
    shutil.copytree(filled, kept)
    with monkeypatch.context() as patch:
        statements = counted(patch)
        assert invoke(*call).status == 0
    steps = len(statements)

    def ended(at: int) -> int:
        shutil.rmtree(filled)
        shutil.copytree(kept, filled)
        child = os.fork()
        if child == 0:
            counted(monkeypatch, at)
            with suppress(BaseException):
                invoke(*call)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    outcomes = set()
    for at in sorted({*range(1, steps + 1, max(1, steps // 9)), steps}):
        assert ended(at) == -signal.SIGKILL, at
        with sqlite3.connect(log_path) as connection:
            rows = connection.execute("select count(*) from customers where key = 'K-1042'").fetchone()[0]
            notes = connection.execute("select count(*) from notes").fetchone()[0]
            waiting = connection.execute("select count(*) from erasures where verified_at is null").fetchone()[0]
            assert connection.execute("pragma quick_check").fetchone()[0] == "ok"
        assert (rows, notes, waiting) in ((1, 2, 0), (0, 1, 1), (0, 1, 0)), at
        outcomes.add((rows, waiting))
        done = invoke(*call)
        if (rows, waiting) == (0, 0):
            assert done.err.startswith("feedlog: There is no customer 'K-1042'.")
        else:
            assert (done.status, done.json["verified"]) == (0, True), (at, done.err)
        assert holding(filled) == [], at
    assert {(1, 0), (0, 1)} <= outcomes
    shutil.rmtree(kept)


def test_restoring_an_older_backup_forgets_again(invoke: Invoke, filled: Path, log_path: Path) -> None:
    """A backup that nobody reached holds the words; once restored, the log does not."""
    away = filled / "away.db"
    away.write_bytes((filled / "backup.db").read_bytes())
    assert invoke("erase", "K-1042", "--yes", "--reason", "asked").status == 0
    assert TOKEN.encode() in away.read_bytes().lower()
    done = invoke("restore", str(away), "--yes")
    assert done.status == 0, done.err
    assert [name for name in holding(filled) if name != "away.db"] == []
    assert [note["id"] for note in invoke("list", "--json").json] == [2]


def test_unreachable_backup_is_named(invoke: Invoke, filled: Path) -> None:
    """A backup on the list that is not there now is named as a place feedlog cannot reach."""
    os.unlink(filled / "backup.db")
    receipt = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json").json
    assert receipt["verified"] is True
    assert receipt["elsewhere"][0].startswith(f"the backup {filled / 'backup.db'} of ")


def test_many_unreachable_backups_are_one_line(invoke: Invoke, filled: Path) -> None:
    """Backups that were removed by hand, as old ones are, take one line of the receipt together."""
    for name in ("second.db", "third.db"):
        assert invoke("backup", str(filled / name)).status == 0
    for name in ("backup.db", "second.db", "third.db"):
        os.unlink(filled / name)
    places = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json").json["elsewhere"]
    [told] = [place for place in places if "which is not there now" in place]
    assert re.fullmatch(
        rf"the backup {filled}/backup\.db of [\d-]+, which is not there now, and 2 other backups alike"
        r" \(`feedlog backup --list`; --forget takes one off that is gone for good\)",
        told,
    )


def test_what_a_removed_backup_left_beside_it(invoke: Invoke, filled: Path) -> None:
    """A journal beside a backup that is gone holds its pages: an erasure removes it."""
    backup = filled / "backup.db"
    journal = filled / "backup.db-journal"
    backup.rename(journal)
    done = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json")
    assert (done.status, journal.exists(), holding(filled)) == (0, False, [])


def test_a_backup_that_comes_back_catches_up(invoke: Invoke, filled: Path) -> None:
    """A backup that was away while its customer was erased is found by the doctor; the next backup makes it forget."""
    backup, away = filled / "backup.db", filled / "away.db"
    backup.rename(away)
    assert invoke("erase", "K-1042", "--yes", "--reason", "asked").status == 0
    assert invoke("doctor").status == 0
    away.rename(backup)
    assert holding(filled) == ["backup.db"]
    done = invoke("doctor")
    assert done.status == 1
    assert f"ILL   backups        what was erased is still in {backup}: run `feedlog backup` once more\n" in done.out
    done = invoke("backup", str(filled / "another.db"))
    assert (done.status, done.err) == (
        0, f"{backup} held what was erased since it was made; now it is gone from it, too.\n",
    )  # fmt: skip
    assert holding(filled) == []
    assert [listed["matches"] for listed in invoke("backup", "--list", "--json").json] == [True, True]
    assert invoke("doctor").status == 0
    assert invoke("backup", str(filled / "third.db")).err == ""


def test_a_customer_in_the_spool_only(
    invoke: Invoke, filled: Path, environment: dict[str, str], log_path: Path
) -> None:
    """A text that waits in the spool goes with the customer, and comes back with nobody's next note."""
    folder = Path(environment["FEEDLOG_SPOOL"])
    folder.mkdir()
    entry = {"log": str(log_path), "said": {"verbatim": f"{TOKEN} igen", "customer": "K-1042"},
             "by": {"agent": "mette", "at": "2026-11-18T09:00:00Z", "on_behalf_of": None}}  # fmt: skip
    (folder / "1.note.json").write_text(json.dumps(entry))
    receipt = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json").json
    assert receipt["files_removed"] == 1
    invoke("add", "noget andet")
    assert holding(filled) == []


def test_by_another_name_of_the_log(invoke: Invoke, tmp_path: Path, log_path: Path) -> None:
    """A link to the log is the same log: an erasure reaches the backup that was made through the other name."""
    invoke("add", f"{TOKEN} kom aldrig", "-c", "K-1042")
    link = tmp_path / "desk" / "notes.db"
    link.parent.mkdir()
    link.symlink_to(log_path)
    assert invoke("--db", str(link), "backup", str(tmp_path / "backup.db")).status == 0
    assert invoke("path", FEEDLOG_DB=str(link)).out == f"{log_path}\n"
    done = invoke("erase", "K-1042", "--yes", "--reason", "asked", "--json")
    assert (done.status, done.json["backups"]) == (0, 1)
    assert holding(tmp_path) == []


def test_nobody_reads_the_receipt(filled: Path, log_path: Path, environment: dict[str, str]) -> None:
    """That traces remain is said, with status 1, also where the reader of the receipt has left."""
    (log_path.parent / "backups.json").write_text("damaged")
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "feedlog", "erase", "K-1042", "--yes", "--reason", "asked"]
    done = subprocess.run(words, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr.startswith("feedlog: It is erased, but traces remain: The list of backups ")
