"""Copies of a log: taken at one moment, checked before they get their name, private, and never half there."""

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import FeedlogError, NotFound, NotStored, Refused
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, backup_list, backups, drafts, open_for_writing
from feedlog.store.log import APPLICATION_ID
from feedlog.store.upgrades import NEWEST

Say = Callable[..., int]

# Logs one note after the other, each on a connection of its own, and says the number of each.
WRITER = """
import sys
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing
path, name = sys.argv[1:]
for number in range(100_000):
    with open_for_writing(path, ("da",)) as log:
        said = Said(f"{name} pakke {number} kom for sent", customer=f"K-{number % 7}", themes=("levering",))
        print(notes.add(log, said, By(name, "2026-11-18T09:00:00Z")).note_id, flush=True)
"""


def writers(path: Path, count: int = 4) -> list[subprocess.Popen[str]]:
    """Agents at work, each of whom has logged something already."""
    several = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), f"agent {number}"], stdout=subprocess.PIPE, text=True
        )
        for number in range(count)
    ]
    for one in several:
        assert one.stdout is not None and one.stdout.readline()
    return several


def end(several: list[subprocess.Popen[str]]) -> None:
    for one in several:
        one.kill()
        one.communicate()


def copied(path: Path, to: Path) -> backups.Made:
    with backups.open_as_it_is(str(path)) as log:
        return backups.make(log, str(to))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_copy_is_the_log(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """A copy is a feedlog log with the same rows, one file that needs no other, and says of itself what is true."""
    say("Pakken kom tre uger for sent", customer="K-1")
    say("Skoene trykker")
    made = copied(log_path, tmp_path / "copy.db")
    assert made.remarks == []
    assert made.backup == {
        "path": str(tmp_path / "copy.db"),
        "made_at": made.backup["made_at"],
        "bytes": (tmp_path / "copy.db").stat().st_size,
        "sha256": made.backup["sha256"],
        "notes": 2,
        "last_note_id": 2,
        "newest_change": 2,
        "schema_version": NEWEST,
        "log_uid": log.value("select value from settings where name = 'uid'"),
    }
    copy = sqlite3.connect(f"file:{tmp_path / 'copy.db'}?mode=ro", uri=True)
    assert copy.execute("pragma journal_mode").fetchone() == ("delete",)
    assert copy.execute("pragma application_id").fetchone() == (APPLICATION_ID,)
    assert backups.row_counts(copy) == backups.row_counts(log.connection)
    copy.close()
    assert names(tmp_path) == ["copy.db", "log"]


def test_copy_under_writers(log: Log, log_path: Path, tmp_path: Path) -> None:
    """While four agents log, every copy is sound, holds all that was acknowledged before it, and holds up nobody."""
    several = writers(log_path)
    try:
        for number in range(5):
            acknowledged = log.value("select max(id) from notes")
            made = copied(log_path, tmp_path / f"{number}.db")
            assert made.remarks == []
            assert made.backup["notes"] >= acknowledged
            assert all(one.poll() is None for one in several)
    finally:
        end(several)


def test_copy_holds_what_only_the_journal_holds(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """What is still in the write-ahead log is in the copy, unlike in one made with `cp`."""
    say("Pakken kom")
    assert log_path.with_name("feedlog.db-wal").stat().st_size > 0
    assert copied(log_path, tmp_path / "copy.db").backup["notes"] == 1


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_copy_is_private_from_its_first_byte(log: Log, log_path: Path, tmp_path: Path, umask: int) -> None:
    """Only its owner may read a copy, also while it is being written, whatever the umask is."""
    seen: list[int] = []
    before = os.umask(umask)
    try:
        with drafts.draft_beside(str(tmp_path / "copy.db")) as draft, backups.open_as_it_is(str(log_path)) as source:
            seen.append(stat.S_IMODE(os.stat(draft).st_mode))
            backups.take_pages(source, draft, "")
            seen.append(stat.S_IMODE(os.stat(draft).st_mode))
            drafts.give_name(draft, str(tmp_path / "copy.db"))
    finally:
        os.umask(before)
    assert [*seen, stat.S_IMODE((tmp_path / "copy.db").stat().st_mode)] == [0o600] * 3


def test_copy_never_takes_a_file_s_place(log: Log, log_path: Path, tmp_path: Path) -> None:
    """A file that appears at the very end is not replaced, and no draft stays."""
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(Refused) as refused:
        copied(log_path, tmp_path / "copy.db")
    assert refused.value.message == f"There is a file already: {tmp_path}/copy.db."
    assert names(tmp_path) == ["copy.db", "log"]
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_where_files_have_one_name_only(
    log: Log, log_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system without hard links a copy is made all the same, and replaces nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    copied(log_path, tmp_path / "copy.db")
    with pytest.raises(Refused, match="There is a file already"):
        copied(log_path, tmp_path / "copy.db")
    assert names(tmp_path) == ["copy.db", "log"]


def test_damaged_log_is_not_copied(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """A damaged log gives no backup to rely on: that is said, and nothing is left behind."""
    for number in range(200):
        say(f"Pakke {number} kom for sent, og ingen ringede tilbage om det")
    log.close()
    size = log_path.stat().st_size
    with log_path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 4))
    with pytest.raises(FeedlogError) as refused:
        copied(log_path, tmp_path / "copy.db")
    assert refused.value.message.startswith("The log is damaged")
    assert names(tmp_path) == ["log"]


def test_rows_that_refer_to_nothing(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """A log whose rows refer to rows that are gone is not backed up as if it were well."""
    say("Pakken kom", customer="K-1")
    log.connection.execute("pragma foreign_keys = off")
    log.connection.execute("delete from customers")
    with pytest.raises(Refused) as refused:
        copied(log_path, tmp_path / "copy.db")
    assert refused.value.message == (
        f"The log is damaged, 1 rows of it refer to rows that are gone, the first in notes: {log_path}."
    )
    assert refused.value.hint == "Keep the file as it is and restore an earlier backup: feedlog backup --list"


def test_index_out_of_step_is_remarked_on(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """A search index that disagrees is no reason to go without a backup: the notes are all there."""
    say("Pakken kom")
    log.connection.execute("insert into notes_fts (notes_fts) values ('delete-all')")
    made = copied(log_path, tmp_path / "copy.db")
    assert made.remarks == ["The search index disagrees with the notes: run feedlog reindex."]
    assert made.backup["notes"] == 1


def test_copy_with_other_rows_is_refused(log: Log, say: Say, log_path: Path, tmp_path: Path) -> None:
    """A copy must hold as many rows in every table as the log held at that moment."""
    say("Pakken kom")
    rows = backups.row_counts(log.connection)
    copied(log_path, tmp_path / "copy.db")
    with pytest.raises(Refused, match="the copy does not hold the same rows"):
        backups.verify(str(tmp_path / "copy.db"), "x", {**rows, "notes": 2})


@pytest.mark.parametrize("room", [0, 1, 100_000, 250_000])
def test_full_disk_leaves_nothing(log: Log, say: Say, log_path: Path, tmp_path: Path, room: int) -> None:
    """Where the copy does not fit nothing of it stays, and the log is as it was."""
    say("Pakken kom")
    (tmp_path / "copies").mkdir()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            copied(log_path, tmp_path / "copies" / "copy.db")
        except NotStored as error:
            os.write(writing, error.message.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    assert told in (
        f"The disk refused: {tmp_path}/copies/copy.db.",
        f"The disk is full: {tmp_path}/copies/copy.db.",
    )
    assert names(tmp_path / "copies") == []
    assert log.value("select count(*) from notes") == 1


def test_draft_of_somebody_killed_is_swept(log: Log, log_path: Path, tmp_path: Path) -> None:
    """What a killed backup left goes with the next one in that folder; a draft still being written does not."""
    child = os.fork()
    if child == 0:
        with drafts.draft_beside(str(tmp_path / "copy.db")) as draft:
            Path(f"{draft}-journal").write_text("words")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(names(tmp_path)) == 3
    with drafts.draft_beside(str(tmp_path / "copy.db")) as mine:
        copied(log_path, tmp_path / "copy.db")
        assert names(tmp_path) == sorted([Path(mine).name, "copy.db", "log"])
    assert names(tmp_path) == ["copy.db", "log"]


@pytest.mark.parametrize("delay", range(6))
def test_killed_in_the_middle(log: Log, say: Say, log_path: Path, tmp_path: Path, delay: int) -> None:
    """Whenever a backup is killed, there is a whole copy or none."""
    for number in range(50):
        say(f"Pakke {number} kom for sent")
    child = os.fork()
    if child == 0:
        copied(log_path, tmp_path / "copy.db")
        os._exit(0)
    time.sleep(delay * 0.008)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if (tmp_path / "copy.db").exists():
        assert backups.verify(str(tmp_path / "copy.db"), "") == []
    assert {name for name in names(tmp_path) if not name.startswith(".feedlog-")} <= {"copy.db", "log"}
    assert copied(log_path, tmp_path / "again.db").backup["notes"] == 50


def test_any_file_name_will_do(log: Log, log_path: Path, tmp_path: Path) -> None:
    """A copy may have any name, also one that is not UTF-8, and the list keeps it."""
    for name in ("a b?c#d%20é&.db", os.fsdecode(b"b\xf8rn.db"), "x" * 250):
        backup_list.put(str(log_path), copied(log_path, tmp_path / name).backup)
    assert [Path(one["path"]).exists() and one["matches"] for one in backup_list.looked_at(str(log_path))] == [True] * 3


# --- the list -----------------------------------------------------------------------------------------------


def test_list_is_private_and_whole(log: Log, log_path: Path, tmp_path: Path) -> None:
    """The list is readable by its owner only, and several who add to it at once lose nothing."""
    made = copied(log_path, tmp_path / "copy.db").backup
    children = []
    for number in range(8):
        child = os.fork()
        if child == 0:
            backup_list.put(str(log_path), {**made, "path": f"/backups/{number}.db"})
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert sorted(one["path"] for one in backup_list.read(str(log_path))) == [f"/backups/{n}.db" for n in range(8)]
    assert stat.S_IMODE(os.stat(backup_list.list_beside(str(log_path))).st_mode) == 0o600


def test_two_logs_in_a_folder(log: Log, log_path: Path, tmp_path: Path) -> None:
    """Logs in one folder share the file, not the list."""
    other = log_path.with_name("other.db")
    open_for_writing(str(other), ("da",)).close()
    backup_list.put(str(log_path), copied(log_path, tmp_path / "one.db").backup)
    backup_list.put(str(other), copied(other, tmp_path / "two.db").backup)
    assert [Path(one["path"]).name for one in backup_list.read(str(log_path))] == ["one.db"]
    backup_list.forget(str(other), str(tmp_path / "two.db"))
    assert [Path(one["path"]).name for one in backup_list.read(str(log_path))] == ["one.db"]
    with pytest.raises(NotFound) as refused:
        backup_list.forget(str(other), "two.db")
    assert refused.value.message == "No backup is listed at two.db."


@pytest.mark.parametrize("content", ["", "[]", "{", '{"feedlog.db": [{}]}', '{"feedlog.db": 3}', "null"])
def test_damaged_list_is_said(log_path: Path, log: Log, content: str) -> None:
    """A list that cannot be understood is refused with a sentence, and not overwritten."""
    place = Path(backup_list.list_beside(str(log_path)))
    place.write_text(content)
    with pytest.raises(Refused) as refused:
        backup_list.read(str(log_path))
    assert refused.value.message == f"The list of backups {place} is damaged."
    assert place.read_text() == content


def test_notes_logged_after_a_copy_are_not_in_it(log: Log, by: By, log_path: Path, tmp_path: Path) -> None:
    """A copy stays as it was made."""
    notes.add(log, Said("før"), by)
    made = copied(log_path, tmp_path / "copy.db").backup
    notes.add(log, Said("efter"), by)
    backup_list.put(str(log_path), made)
    [listed] = backup_list.looked_at(str(log_path))
    assert (listed["exists"], listed["matches"], listed["notes"]) == (True, True, 1)
    with (tmp_path / "copy.db").open("ab") as file:
        file.write(b"x")
    assert [one["matches"] for one in backup_list.looked_at(str(log_path))] == [False]
    (tmp_path / "copy.db").unlink()
    assert [one["exists"] for one in backup_list.looked_at(str(log_path))] == [False]
