"""`feedlog restore`: what it would cost is shown, the old log is kept, and nobody at work is harmed."""

import os
import pty
import re
import select
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import NotStored
from feedlog.operations import backing_up, doctor, erased_list, restoring
from feedlog.operations.shapes import By
from feedlog.publish import publishing
from feedlog.store import Log, backups, drafts, open_for_reading, open_for_writing, replacing
from feedlog.store.shipped import shipped_text

Invoke = Callable[..., Any]
LANGUAGES = ("da", "sv", "nb", "en")

# Logs one note after the other, each on a connection of its own, and says the number and the text of each.
WRITER = """
import sys
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import open_for_writing
path, name = sys.argv[1:]
for number in range(100_000):
    with open_for_writing(path, ("da",)) as log:
        text = f"{name} pakke {number} kom for sent"
        print(notes.add(log, Said(text), By(name, "2026-11-18T09:00:00Z")).note_id, text, flush=True)
"""


@pytest.fixture
def copy(invoke: Invoke, tmp_path: Path) -> Path:
    """A backup of two notes; the log has a third one since."""
    invoke("add", "Pakken kom tre uger for sent", "-c", "K-1", "-t", "levering", "--said-at", "2026-03-13")
    invoke("add", "Skoene trykker", "-c", "K-2")
    path = tmp_path / "copy.db"
    assert invoke("backup", str(path)).status == 0
    invoke("add", "Ingen ringede", "-c", "K-3")
    return path


def verbatims(path: Path) -> list[str]:
    with open_for_reading(str(path)) as log:
        return [row["verbatim"] for row in log.rows("select verbatim from current_notes order by id")]


def sound(path: Path) -> list[str]:
    """What the doctor finds wrong with the log itself."""
    with open_for_writing(str(path), LANGUAGES) as log:
        named = ("file", "references", "search index", "words", "journal", "private")
        return [check["detail"] for check in doctor.examine(log, "") if check["name"] in named and not check["ok"]]


def aside(log_path: Path) -> list[Path]:
    return sorted(log_path.parent.glob(f"{log_path.name}.before-restore-*"))


def untouched(log_path: Path) -> bool:
    return len(verbatims(log_path)) == 3 and not aside(log_path) and not list(log_path.parent.glob(".feedlog-*"))


def test_restore(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """What the backup holds is shown beside what it replaces, the log is as it was then, and the newer one is kept."""
    done = invoke("restore", str(copy), "--yes")
    assert (done.status, done.out) == (0, f"{log_path} is restored: 2 notes.\n")
    [kept] = aside(log_path)
    lines = done.err.splitlines()
    assert lines[0].startswith("The backup holds 2 notes, the newest logged ")
    assert lines[1].startswith("The log holds 3 notes, the newest logged ")
    assert lines[1].endswith("; 1 of them is not in the backup.")
    assert lines[2:] == [f"What stood there is kept as {kept}."]
    assert verbatims(log_path) == ["Pakken kom tre uger for sent", "Skoene trykker"]
    assert verbatims(kept) == ["Pakken kom tre uger for sent", "Skoene trykker", "Ingen ringede"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sound(log_path) == []
    assert [one["path"] for one in invoke("backup", "--list", "--json").json] == [str(copy), str(kept)]
    assert not list(log_path.parent.glob(".feedlog-*"))


def test_nothing_to_lose(invoke: Invoke, copy: Path, log_path: Path, tmp_path: Path) -> None:
    """Where the backup holds all that the log holds, that is said; so is how much more would go."""
    invoke("restore", str(copy), "--yes")
    assert "; all of them are in the backup, too.\n" in invoke("restore", str(copy)).err
    for number in range(3):
        invoke("add", f"Ny {number}")
    assert "; 3 of them are not in the backup.\n" in invoke("restore", str(copy)).err


def test_and_back_again(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """A restore is taken back by restoring what was kept."""
    invoke("restore", str(copy), "--yes")
    [kept] = aside(log_path)
    assert invoke("restore", str(kept), "--yes").status == 0
    assert verbatims(log_path)[2] == "Ingen ringede"
    assert sound(log_path) == []


def test_restore_as_json(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """The answer is one document."""
    answer = invoke("restore", str(copy), "--yes", "--json").json
    assert answer == {
        "path": str(log_path),
        "backup": str(copy),
        "notes": 2,
        "lost": 1,
        "forgotten": 0,
        "upgraded_from": None,
        "kept_aside": [str(one) for one in aside(log_path)],
        "pages_to_publish": None,
    }


def test_restore_is_on_record(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """Who restored is in the record of changes, with counts and no words."""
    invoke("restore", str(copy), "--yes", "--agent", "jens")
    with open_for_reading(str(log_path)) as log:
        row = log.row("select agent, action, detail from changes order by id desc")
        assert row is not None
        assert tuple(row) == ("jens", "log.restore", '{"notes": 2, "lost": 1, "forgotten": 0}')


def test_never_silently(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """Without a terminal a log is replaced only with --yes; what it would cost is said all the same."""
    for words in ((), ("--json",)):
        done = invoke("restore", str(copy), *words)
        assert (done.status, done.out) == (1, "")
        assert "; 1 of them is not in the backup.\n" in done.err
        assert done.err.endswith(
            f"feedlog: A log stands there already: {log_path}.\nTo put the backup in its place, add --yes.\n"
        )
    assert untouched(log_path)


@pytest.mark.parametrize(("answer", "notes"), [(b"n\n", 3), (b"y\n", 2)])
def test_asks_on_a_terminal(environment: dict[str, str], copy: Path, log_path: Path, answer: bytes, notes: int) -> None:
    """On a terminal it asks, and only a yes replaces the log."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "feedlog", "restore", str(copy)],
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as child:
        os.close(theirs)
        shown = b""
        while b"Put the backup in its place? [y/N]:" not in shown:
            assert select.select([ours], [], [], 30)[0], shown
            shown += os.read(ours, 4096)
        os.write(ours, answer)
        child.wait(timeout=60)
    os.close(ours)
    assert len(verbatims(log_path)) == notes
    assert untouched(log_path) == (notes == 3)


def test_numbers_go_on(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """The number of a note that the restore took away never comes to mean another note."""
    invoke("restore", str(copy), "--yes")
    assert invoke("add", "Ny kunde").out.startswith("#4")
    assert invoke("show", "3").status == 1


def test_numbers_go_on_where_the_log_is_gone(invoke: Invoke, copy: Path, log_path: Path, tmp_path: Path) -> None:
    """Where the log is gone its last number is known from the newest backup on the list."""
    invoke("backup", str(tmp_path / "newer.db"))
    for end in ("", *drafts.BESIDE):
        log_path.with_name(log_path.name + end).unlink(missing_ok=True)
    assert invoke("restore", str(copy)).status == 0
    assert invoke("add", "Ny kunde").out.startswith("#4")


def test_no_log_stands_there(invoke: Invoke, copy: Path, tmp_path: Path) -> None:
    """On a fresh machine there is nothing to ask: folder and log are made, for the owner only."""
    path = tmp_path / "fresh" / "machine" / "feedlog.db"
    done = invoke("--db", str(path), "restore", str(copy))
    assert (done.status, done.out) == (0, f"{path} is restored: 2 notes.\n")
    assert verbatims(path) == ["Pakken kom tre uger for sent", "Skoene trykker"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sound(path) == []
    assert invoke("--db", str(path), "add", "Ny").out.startswith("#3")


def test_journal_of_a_log_that_is_gone(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """A write-ahead log left without its log is kept aside, not taken for the restored one's."""
    with open_for_writing(str(log_path), LANGUAGES) as opened:
        with opened.write():
            opened.insert("settings", name="left", value="behind")
        left = log_path.with_name("feedlog.db-wal").read_bytes()
    log_path.unlink()
    log_path.with_name("feedlog.db-wal").write_bytes(left)
    log_path.with_name("feedlog.db-wal").chmod(0o600)
    assert invoke("restore", str(copy)).status == 0
    assert sound(log_path) == []
    with open_for_reading(str(log_path)) as log:
        assert log.value("select count(*) from settings where name = 'left'") == 0
    [kept] = aside(log_path)
    assert kept.read_bytes() == left


def test_damaged_log_is_replaced(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """What cannot be read as a log is moved aside with --force, which the refusal names."""
    log_path.write_bytes(b"\0garbage" * 1000)
    done = invoke("restore", str(copy), "--yes")
    assert (done.status, done.out) == (1, "")
    assert done.err.splitlines()[1:] == [
        f"feedlog: What stands at {log_path} cannot be read as a log; it would be kept under another name.",
        "To put the backup in its place all the same, add --force.",
    ]
    assert invoke("restore", str(copy), "--force").status == 0
    assert len(verbatims(log_path)) == 2
    assert aside(log_path)[0].read_bytes() == b"\0garbage" * 1000
    assert sound(log_path) == []


def test_log_damaged_inside(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """A log with broken pages is replaced by a sound one, and kept as it was."""
    with log_path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * (log_path.stat().st_size // 4096 - 6)))
    done = invoke("restore", str(copy), "--force")
    assert (done.status, done.out) == (0, f"{log_path} is restored: 2 notes.\n"), done.err
    assert sound(log_path) == []
    assert aside(log_path)


def test_another_log_stands_there(invoke: Invoke, copy: Path, tmp_path: Path) -> None:
    """A backup of one log does not take the place of another by mistake."""
    other = tmp_path / "other.db"
    invoke("--db", str(other), "add", "Noget andet")
    done = invoke("--db", str(other), "restore", str(copy), "--yes")
    assert (done.status, done.out) == (1, "")
    assert done.err.endswith(
        "; 1 of them is not in the backup. It is a different log.\n"
        "To put the backup in its place all the same, add --force.\n"
    )
    assert verbatims(other) == ["Noget andet"]
    assert invoke("--db", str(other), "restore", str(copy), "--force").status == 0
    assert len(verbatims(other)) == 2


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 99")
    connection.close()


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(os.urandom(4096 * 20))


def foreign(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).execute("create table birds (name text)").connection.close()


def dangling(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("delete from customers")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, "The log was written by a newer feedlog (schema 99, this one knows"),
        (damaged, "The log is damaged"),
        (dangling, "The log is damaged, 2 rows of it refer to rows that are gone, the first in notes: {copy}."),
        (foreign, "The file is a database of something else, not a feedlog log: {copy}."),
        (lambda path: path.write_text("Dear diary, " * 99), "The file is not a SQLite database: {copy}."),
        (lambda path: path.write_bytes(b""), "There is nothing in the log: {copy}."),
        (lambda path: path.unlink(), "There is no backup: {copy}."),
        (lambda path: (path.unlink(), path.mkdir()), "This is a folder, not a log: {copy}."),
        (lambda path: (path.unlink(), os.mkfifo(path)), "This is not an ordinary file: {copy}."),
    ],
    ids=["newer", "damaged", "dangling", "foreign", "no database", "empty", "missing", "folder", "pipe"],
)
def test_backup_that_will_not_do(
    invoke: Invoke, copy: Path, log_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    """A backup that cannot be relied on is refused with the reason, and the log stays as it is."""
    spoil(copy)
    done = invoke("restore", str(copy), "--yes", "--force")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"feedlog: {said.format(copy=copy)}")
    assert done.err.count("\n") == 2
    assert untouched(log_path)


def test_log_as_its_own_backup(invoke: Invoke, copy: Path, log_path: Path) -> None:
    """The log cannot be restored from itself."""
    done = invoke("restore", str(log_path), "--yes")
    assert (done.status, done.err) == (
        1,
        f"feedlog: This is the log itself: {log_path}.\nName a backup: feedlog backup --list\n",
    )


def test_reading_a_backup_leaves_it_as_it_is(invoke: Invoke, copy: Path) -> None:
    """A backup may lie where nobody may write: restoring changes not a byte of it and puts nothing beside it."""
    before = copy.read_bytes(), sorted(copy.parent.glob("copy*"))
    copy.chmod(0o400)
    assert invoke("restore", str(copy), "--yes").status == 0
    assert (copy.read_bytes(), sorted(copy.parent.glob("copy*"))) == before


# --- what was erased stays erased ---------------------------------------------------------------------------


def test_erased_stays_erased(invoke: Invoke, copy: Path, log_path: Path, tmp_path: Path) -> None:
    """Whoever was erased since the backup is not brought back: not a byte of them, and nobody sees them meanwhile."""
    older = tmp_path / "elsewhere.db"
    older.write_bytes(copy.read_bytes())  # a copy no list knows of
    assert b"trykker" in older.read_bytes()
    assert invoke("erase", "K-2", "--yes", "--reason", "asked for it").status == 0
    done = invoke("restore", str(older), "--yes")
    assert (done.status, done.out) == (0, f"{log_path} is restored: 1 note.\n")
    assert "2 customers and notes that were erased since were erased again.\n" in done.err
    assert verbatims(log_path) == ["Pakken kom tre uger for sent"]
    for path in log_path.parent.iterdir():
        if path.is_file():
            assert b"trykker" not in path.read_bytes(), path
    assert sound(log_path) == []
    assert len(erased_list.read(str(log_path))) == 2


def test_erased_stays_erased_where_the_log_is_gone(invoke: Invoke, copy: Path, log_path: Path, tmp_path: Path) -> None:
    """The list beside a log that is gone says what the backup must forget."""
    older = tmp_path / "elsewhere.db"
    older.write_bytes(copy.read_bytes())
    invoke("erase", "K-2", "--yes", "--reason", "asked for it")
    for end in ("", *drafts.BESIDE):
        log_path.with_name(log_path.name + end).unlink(missing_ok=True)
    assert invoke("restore", str(older)).status == 0
    assert verbatims(log_path) == ["Pakken kom tre uger for sent"]
    assert b"trykker" not in log_path.read_bytes()


# --- others at work -----------------------------------------------------------------------------------------


@pytest.fixture
def agents(log_path: Path, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Four agents at work, each of whom has logged something already; what they were told is in files."""
    several = []
    for number in range(4):
        with (tmp_path / f"told {number}").open("wb") as told, (tmp_path / f"said {number}").open("wb") as said:
            command = [sys.executable, "-c", WRITER, str(log_path), f"agent {number}"]
            several.append(subprocess.Popen(command, stdout=told, stderr=said))
    while not all((tmp_path / f"told {number}").stat().st_size for number in range(4)):
        assert all(one.poll() is None for one in several)
        time.sleep(0.01)
    yield several
    for one in several:
        one.kill()
        one.wait()


def test_restore_while_others_work(
    invoke: Invoke, copy: Path, agents: list[subprocess.Popen[bytes]], log_path: Path, tmp_path: Path
) -> None:
    """With four agents logging and a reader looking on, nothing acknowledged is lost: it is in the log or kept aside.

    No number means two notes, nobody is refused, everybody who has the log open goes on with the restored one, and what
    is restored is sound.
    """
    inode = log_path.stat().st_ino
    with open_for_reading(str(log_path)) as reader:
        reader.connection.execute("begin")
        seen = reader.value("select count(*) from notes")
        for _ in range(3):
            done = invoke("restore", str(copy), "--yes")
            assert done.status == 0, done.err
            time.sleep(0.3)
        assert reader.value("select count(*) from notes") == seen
        reader.connection.execute("rollback")
        assert reader.value("select count(*) from notes") < seen + 1000
    assert all(one.poll() is None for one in agents)
    for one in agents:
        one.send_signal(signal.SIGKILL)
        one.wait()
    assert log_path.stat().st_ino == inode
    told = [line for number in range(4) for line in (tmp_path / f"told {number}").read_text().split("\n")[:-1]]
    assert all((tmp_path / f"said {number}").read_bytes() == b"" for number in range(4))
    meaning: dict[int, str] = {}
    for path in (*aside(log_path), log_path):
        with open_for_reading(str(path)) as log:
            for row in log.rows("select id, verbatim from notes"):
                assert meaning.setdefault(row["id"], row["verbatim"]) == row["verbatim"]
    for line in told:
        number, _, text = line.partition(" ")
        assert meaning[int(number)] == text
    assert len(aside(log_path)) == 3
    assert sound(log_path) == []


@pytest.mark.parametrize(
    ("stage", "notes"),
    [("backups.keep_unchecked", 3), ("_number_on", 3), ("_record", 3), ("_list", 2)],
    ids=["before the old log is kept", "after it", "while nobody can write", "once it is done"],
)
def test_killed_at_each_stage(
    copy: Path, log_path: Path, by: By, monkeypatch: pytest.MonkeyPatch, stage: str, notes: int
) -> None:
    """A restore that is killed before its one transaction is committed leaves the old log, and after it the new one."""
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(f"feedlog.operations.restoring.{stage}", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        with restoring.ready(str(log_path), str(copy)) as ready:
            restoring.restore(ready, by)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert len(verbatims(log_path)) == notes
    assert sound(log_path) == []


@pytest.mark.parametrize("delay", range(8))
def test_killed_in_the_middle(environment: dict[str, str], copy: Path, log_path: Path, delay: int) -> None:
    """Whenever a restore is killed, the log is the old one or the restored one, and sound."""
    child = os.fork()
    if child == 0:
        with restoring.ready(str(log_path), str(copy)) as ready:
            restoring.restore(ready, By("mette", "2026-11-18T09:00:00Z"))
        os._exit(0)
    time.sleep(0.02 + delay * 0.015)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert len(verbatims(log_path)) in (2, 3)
    assert sound(log_path) == []
    with drafts.draft_beside(str(log_path)):
        pass
    assert not list(log_path.parent.glob(".feedlog-*"))


def test_log_that_is_busy(invoke: Invoke, copy: Path, log_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody else writes for too long that is said, and the log stays as it is."""
    monkeypatch.setattr(replacing, "BUSY_SECONDS", 0.05)
    with open_for_writing(str(log_path), LANGUAGES) as other:
        other.connection.execute("begin immediate")
        done = invoke("restore", str(copy), "--yes")
        other.connection.execute("rollback")
    assert (done.status, done.out) == (75, "")
    assert (
        f"feedlog: Somebody else has been writing to the log for too long: {log_path}.\nTry again in a moment.\n"
        in done.err
    )
    assert untouched(log_path)


def test_no_room_to_keep_the_old_log(copy: Path, log_path: Path, by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what stands there cannot be kept it is not replaced either."""

    def full(log: Log, path: str) -> None:
        raise NotStored(f"The disk is full: {path}.", hint="Make room, then try again.")

    monkeypatch.setattr(backups, "keep_unchecked", full)
    with pytest.raises(NotStored, match="The disk is full"), restoring.ready(str(log_path), str(copy)) as ready:
        restoring.restore(ready, by)
    assert untouched(log_path)
    assert sound(log_path) == []


def test_restore_that_fails_at_the_end(copy: Path, log_path: Path, by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last step fails the log is as it was, and the copy made of it goes again."""

    def full(copy: Log, *_: object) -> None:
        assert aside(log_path)
        raise NotStored(f"The disk is full: {copy.path}.", hint="Make room, then try again.")

    monkeypatch.setattr(restoring, "_record", full)
    with restoring.ready(str(log_path), str(copy)) as ready, pytest.raises(NotStored) as refused:
        restoring.restore(ready, by)
    assert refused.value.message == f"The disk is full: {log_path}."
    assert untouched(log_path)


# --- the pages ----------------------------------------------------------------------------------------------


def published(log_path: Path) -> list[str]:
    connection = sqlite3.connect(publishing.place_beside(str(log_path)))
    try:
        return [row[0] for row in connection.execute("select verbatim from notes order by id")]
    finally:
        connection.close()


@pytest.mark.parametrize("later", [0, 5], ids=["at once", "after five more notes"])
def test_pages_follow(invoke: Invoke, copy: Path, log_path: Path, later: int) -> None:
    """After a restore the pages are said to be stale, and publishing makes them whole, whatever was logged since."""
    invoke("publish")
    assert published(log_path)[2] == "Ingen ringede"
    done = invoke("restore", str(copy), "--yes")
    assert done.err.endswith("The pages still show the log as it was. Bring them up with: feedlog publish\n")
    for number in range(later):
        invoke("add", f"Ny {number}")
    assert invoke("publish").status == 0
    assert published(log_path) == verbatims(log_path)
    assert len(published(log_path)) == 2 + later


def test_older_backup_is_upgraded(
    copy: Path, log_path: Path, tmp_path: Path, by: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup from an older feedlog is brought up to today's schema; the backup itself stays as it was."""
    from feedlog.store import upgrades

    before = copy.read_bytes()
    newest = upgrades.NEWEST + 1
    step = {newest: lambda connection: connection.execute("alter table customers add column shoe_size integer")}
    monkeypatch.setattr(upgrades, "STEPS", {**upgrades.STEPS, **step})
    monkeypatch.setattr(upgrades, "NEWEST", newest)
    open_for_writing(str(log_path), LANGUAGES).close()
    with restoring.ready(str(log_path), str(copy)) as ready:
        assert ready.upgraded_from == newest - 1
        assert restoring.restore(ready, by)["notes"] == 2
    with open_for_reading(str(log_path)) as log:
        assert log.value("pragma user_version") == newest
        assert log.value("select shoe_size from customers") is None
    assert copy.read_bytes() == before
    assert [one["notes"] for one in backing_up.listed(str(log_path))] == [2, 3, 3]


def test_every_table_that_counts_on_goes_on_counting() -> None:
    """No number of the replaced log is given again, in any table whose numbers are never used twice."""
    counting = re.findall(r"create table (\w+) \(\n  id +integer primary key autoincrement", shipped_text("schema.sql"))
    assert sorted(counting) == sorted(restoring._NUMBERED)
