"""Upgrades: an older log becomes today's, whole or not at all, and loses nothing on the way."""

import os
import re
import resource
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import FeedlogError
from feedlog.operations import doctor, finding, notes
from feedlog.operations.filters import Filters
from feedlog.store import Log, backup_list, backups, open_for_reading, open_for_writing, upgrades
from feedlog.store import log as front_door
from feedlog.store.log import APPLICATION_ID
from feedlog.store.shipped import shipped_text

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = sorted(int(path.stem) for path in SCHEMAS.glob("*.sql") if path.stem.isdigit())
each_version = pytest.mark.parametrize("version", VERSIONS)
LANGUAGES = ("da", "sv", "nb", "en")


def make_old(path: Path, version: int) -> None:
    """A log as this version of feedlog made it, with a few rows."""
    path.parent.mkdir(exist_ok=True)
    old = sqlite3.connect(path)
    old.execute("pragma journal_mode = wal")
    old.executescript((SCHEMAS / f"{version}.sql").read_text("utf-8"))
    rows = SCHEMAS / f"{version}_rows.sql"
    old.executescript((rows if rows.exists() else SCHEMAS / "1_rows.sql").read_text("utf-8"))
    old.execute(f"pragma application_id = {APPLICATION_ID}")
    old.execute(f"pragma user_version = {version}")
    old.close()


def schema_of(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Everything in the file by kind and name, without comments, capitals, quotes and blanks that mean nothing."""
    found = connection.execute("select type, name, sql from sqlite_master").fetchall()
    return {(row[0], row[1]): plain(row[2] or "") for row in found}


def plain(sql: str) -> str:
    sql = re.sub(r"--[^\n]*", " ", sql)
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(sql.replace('"', "").lower().split()))


def rows_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and name not like '%fts%' and name not like 'sqlite%'"
    ).fetchall()
    return {row[0]: [tuple(one) for one in connection.execute(f"select * from {row[0]}")] for row in tables}


def test_every_version_is_kept() -> None:
    """The schema of each released version stands beside this test, so that each is walked."""
    assert list(range(1, upgrades.NEWEST + 1)) == VERSIONS
    assert sorted(upgrades.STEPS) == VERSIONS[1:]


def test_todays_schema_has_its_version() -> None:
    """schema.sql is the newest version: whoever changes it after a release adds a step and a frozen copy."""
    today, frozen = (
        plain(text) for text in (shipped_text("schema.sql"), (SCHEMAS / f"{upgrades.NEWEST}.sql").read_text("utf-8"))
    )
    assert today == frozen


@each_version
def test_upgraded_equals_fresh(version: int, log: Log, tmp_path: Path) -> None:
    """A log of any version, brought up, has the schema of a fresh one."""
    path = tmp_path / "old.db"
    make_old(path, version)
    with open_for_writing(str(path), LANGUAGES) as upgraded:
        assert schema_of(upgraded.connection) == schema_of(log.connection)
        assert upgraded.value("pragma user_version") == upgrades.NEWEST
        assert upgraded.value("pragma application_id") == APPLICATION_ID


@each_version
def test_upgrade_keeps_every_row(version: int, tmp_path: Path) -> None:
    """Whatever stood in a log stands there after the upgrade, can be found, and the doctor is content."""
    path = tmp_path / "old.db"
    make_old(path, version)
    with open_for_writing(str(path), LANGUAGES) as log:
        assert [note["verbatim"] for note in notes.listing(log, Filters(), limit=9)] == [
            "Skoene trykker ikke",
            "Pakken kom på søndag",
        ]
        anna = notes.get(log, 1)
        assert anna["customer"] == {"key": "K-1042", "name": "Anna Holm"}
        assert (anna["themes"], anna["satisfaction"], anna["channel"]) == (["levering"], 20, "phone")
        assert [note["id"] for note in finding.search(log, "søndag", Filters(), limit=9)] == [1]
        assert [note["id"] for note in finding.search(log, "ikke", Filters(), limit=9)] == [2]
        assert log.value("select count(*) from changes") == 3
        assert {check["name"]: check["detail"] for check in doctor.examine(log, str(tmp_path)) if not check["ok"]} in (
            {},
            # Made here with the umask of the test, not by feedlog.
            {"private": f"everybody on this machine can read it: run chmod o-rwx {path}"},
        )


# --- steps that do not exist yet ------------------------------------------------------------------------


def add_column(connection: sqlite3.Connection) -> None:
    connection.execute("alter table customers add column shoe_size integer")


def fail_half_way(connection: sqlite3.Connection) -> None:
    connection.execute("drop index customers_by_name")
    connection.execute("alter table customers add column shoe_size integer")
    connection.execute("update customers set shoe_size = 42")
    connection.execute("insert into birds values ('wren')")


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[upgrades.Step], int]:
    """Makes this feedlog one version newer, with the given step."""

    def newer(step: upgrades.Step) -> int:
        version = upgrades.NEWEST + 1
        monkeypatch.setattr(upgrades, "STEPS", {**upgrades.STEPS, version: step})
        monkeypatch.setattr(upgrades, "NEWEST", version)
        return version

    return newer


@each_version
def test_whoever_opens_it_first_upgrades(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """An older log is brought up by a writer and by a reader alike."""
    newest = next_version(add_column)
    for name, door in (("reads.db", open_for_reading), ("writes.db", lambda path: open_for_writing(path, LANGUAGES))):
        make_old(tmp_path / name, version)
        with door(str(tmp_path / name)) as log:
            assert log.value("pragma user_version") == newest
            assert log.value("select shoe_size from customers") is None
            assert log.value("select name from customers") == "Anna Holm"


@each_version
def test_failed_upgrade_leaves_the_old_log_whole(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """When a step fails half-way nothing of it stays: the older feedlog goes on with the log as it was."""
    path = tmp_path / "old.db"
    make_old(path, version)
    before = sqlite3.connect(path)
    was = schema_of(before), rows_of(before), before.execute("pragma user_version").fetchone()
    before.close()
    next_version(fail_half_way)
    for door in (open_for_reading, lambda path: open_for_writing(path, LANGUAGES)):
        with pytest.raises(sqlite3.OperationalError, match="no such table: birds"):
            door(str(path))
        after = sqlite3.connect(path)
        assert (schema_of(after), rows_of(after), after.execute("pragma user_version").fetchone()) == was
        assert after.execute("pragma integrity_check").fetchone() == ("ok",)
        after.close()


@each_version
def test_several_upgrade_at_once(version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path) -> None:
    """When several open an old log at the same moment, each step is walked once and all find it done."""
    walked: list[int] = []

    def counted(connection: sqlite3.Connection) -> None:
        add_column(connection)
        walked.append(1)

    newest = next_version(counted)
    path = tmp_path / "old.db"
    make_old(path, version)
    found: list[object] = []

    def open_it() -> None:
        with open_for_writing(str(path), LANGUAGES) as log:
            found.append(log.value("pragma user_version"))

    several = [threading.Thread(target=open_it) for _ in range(8)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert found == [newest] * 8
    assert walked == [1]


def test_old_log_one_may_not_write(
    next_version: Callable[[upgrades.Step], int], as_stranger: Callable[..., list[str]]
) -> None:
    """Who may only read an older log is told who can bring it up."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feedlog.db"
        make_old(path, 1)
        next_version(add_column)
        path.chmod(0o444)
        os.chmod(folder, 0o555)

        def look(path: str) -> list[str]:
            try:
                open_for_reading(path).close()
            except FeedlogError as error:
                return [error.message, error.hint]
            return []

        told = as_stranger(look, str(path))
        os.chmod(folder, 0o700)
    assert told == [f"The log is from an older feedlog: {path}.", "Its owner upgrades it with any `feedlog add`."]


def test_first_run_that_fails_leaves_an_empty_file(log_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When making the schema fails nothing of it stays, and the next run makes it."""
    monkeypatch.setattr(
        upgrades, "statements", lambda script: ["create table notes (id)", "insert into birds values (1)"]
    )
    with pytest.raises(sqlite3.OperationalError, match="birds"):
        open_for_writing(str(log_path), LANGUAGES)
    left = sqlite3.connect(log_path)
    assert left.execute("select count(*) from sqlite_master").fetchone() == (0,)
    left.close()
    monkeypatch.undo()
    with open_for_writing(str(log_path), LANGUAGES) as log:
        assert log.value("select count(*) from notes") == 0


# --- the older log is kept, and a kill leaves one or the other ------------------------------------------------


def several_statements(connection: sqlite3.Connection) -> None:
    """A step as they are: a table made anew, its rows moved, an index and a trigger put back."""
    for statement in (
        "create table shoes (id integer primary key, customer_id integer not null, size integer not null) strict",
        "insert into shoes (customer_id, size) select id, 42 from customers",
        "alter table customers add column shoe_size integer",
        "update customers set shoe_size = 42",
        "drop index customers_by_name",
        "create index customers_by_name on customers (name collate nocase, shoe_size)",
    ):
        connection.execute(statement)


def state_of(path: Path) -> tuple[object, ...]:
    """Everything a log holds, and whether it is sound."""
    connection = sqlite3.connect(path)
    try:
        version = connection.execute("pragma user_version").fetchone()
        sound = connection.execute("pragma integrity_check").fetchone()
        return schema_of(connection), rows_of(connection), version, sound
    finally:
        connection.close()


def killed_at(statement: int, path: Path) -> bool:
    """Opens the log in a process that is killed as it begins this statement; False when it got to the end before."""
    child = os.fork()
    if child == 0:
        left = [statement]

        def count(_: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        connect = front_door._connect

        def connected(*words: str) -> sqlite3.Connection:
            connection = connect(*words)
            connection.set_trace_callback(count)
            return connection

        front_door._connect = backups._connect = connected
        try:
            open_for_writing(str(path), LANGUAGES).close()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def kept_beside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.before-upgrade-*"))


@each_version
def test_older_log_is_kept(version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path) -> None:
    """Before an upgrade the log is copied beside itself, checked, listed, and readable by its owner only."""
    path = tmp_path / "old.db"
    make_old(path, version)
    was = state_of(path)
    next_version(add_column)
    with open_for_writing(str(path), LANGUAGES) as log:
        [kept] = kept_beside(path)
        assert log.kept_before_upgrade == str(kept)
    assert kept.name.startswith(f"old.db.before-upgrade-from-{version}-")
    assert state_of(kept) == was
    assert kept.stat().st_mode & 0o777 == 0o600
    [listed] = backup_list.looked_at(str(path))
    assert (listed["path"], listed["schema_version"], listed["matches"]) == (str(kept), version, True)
    with open_for_writing(str(path), LANGUAGES) as log:
        assert log.kept_before_upgrade is None
    assert kept_beside(path) == [kept]


@each_version
def test_kill_at_any_statement(version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path) -> None:
    """Killed before any statement, an upgrade leaves the old log or the new one, and opening again finishes it.

    Every third statement is tried, others for each version; `make torture TORTURE_ARGS=upgrade` tries all of them.
    """
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    for path in (old, new):
        make_old(path, version)
    was = state_of(old)
    next_version(several_statements)
    open_for_writing(str(new), LANGUAGES).close()
    will_be = state_of(new)
    assert was != will_be
    left_old = left_new = 0
    statement = version % 3
    while True:
        path = tmp_path / str(statement) / "log.db"
        path.parent.mkdir()
        shutil.copy(old, path)
        killed = killed_at(statement, path)
        found = state_of(path)
        assert found in (was, will_be), statement
        left_old, left_new = left_old + (found == was), left_new + (found == will_be)
        for kept in kept_beside(path):
            assert state_of(kept) == was
        assert kept_beside(path) or found == was
        open_for_writing(str(path), LANGUAGES).close()
        assert state_of(path) == will_be
        assert not list(path.parent.glob(".feedlog-*")), statement
        if not killed:
            break
        statement += 3
    assert statement > 90
    assert left_old > 25 and left_new >= 1


@each_version
def test_full_disk_leaves_the_old_log(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """Where there is no room for the copy there is no upgrade: that is said, the old log stands and nothing is left."""
    path = tmp_path / "log" / "old.db"
    path.parent.mkdir()
    make_old(path, version)
    was = state_of(path)
    next_version(add_column)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            open_for_writing(str(path), LANGUAGES)
        except FeedlogError as error:
            os.write(writing, error.message.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    assert told.startswith(("The disk refused: ", "The disk is full: "))
    assert state_of(path) == was
    assert not kept_beside(path) and not list(path.parent.glob(".feedlog-*"))


@each_version
def test_failed_upgrade_leaves_no_copies(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """An upgrade that fails each time it is tried does not fill the disk with copies of a log that is as it was."""
    path = tmp_path / "old.db"
    make_old(path, version)
    next_version(fail_half_way)
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match="birds"):
            open_for_writing(str(path), LANGUAGES)
    assert kept_beside(path) == []
    assert backup_list.read(str(path)) == []


@each_version
def test_damaged_log_is_not_upgraded(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """A log that is not sound is left as it is: no step runs on it."""
    path = tmp_path / "old.db"
    make_old(path, version)
    damaged = sqlite3.connect(path)
    damaged.execute("pragma foreign_keys = off")
    damaged.execute("delete from themes")
    damaged.commit()
    damaged.close()
    was = state_of(path)
    next_version(add_column)
    with pytest.raises(FeedlogError) as refused:
        open_for_writing(str(path), LANGUAGES)
    assert refused.value.message.startswith("The log is damaged, ")
    assert state_of(path) == was


@each_version
def test_two_processes_upgrade_at_once(
    version: int, next_version: Callable[[upgrades.Step], int], tmp_path: Path
) -> None:
    """Of several processes that meet an older log one upgrades it, with one copy, and all go on."""
    path = tmp_path / "old.db"
    make_old(path, version)
    newest = next_version(several_statements)
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with open_for_writing(str(path), LANGUAGES) as log:
                    status = 0 if log.value("pragma user_version") == newest else 2
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    assert len(kept_beside(path)) == len(backup_list.read(str(path))) == 1


@pytest.mark.parametrize("words", [("list", "--json"), ("add", "Pakken kom")], ids=["reading", "writing"])
def test_upgrade_is_said(
    next_version: Callable[[upgrades.Step], int], invoke: Callable[..., Any], log_path: Path, words: tuple[str, ...]
) -> None:
    """Whoever upgrades a log, also by reading, is told where the older one is kept; standard output stays clean."""
    make_old(log_path, 1)
    next_version(add_column)
    done = invoke(*words)
    [kept] = kept_beside(log_path)
    said = f"The log was upgraded. As it was before, it is kept as {kept}.\n"
    assert (done.status, done.err.startswith(said)) == (0, True)
    assert said not in done.out
