"""Copies of a log: taken at one moment while others go on writing, and checked before they get their name.

SQLite's online backup takes the pages as they are. `VACUUM INTO` would make a smaller file, but it cannot run inside
the snapshot in which the rows are counted, and it takes several times as long.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.errors import FeedlogError, NotFound, Refused
from feedlog.store.drafts import draft_beside, give_name
from feedlog.store.failures import as_ours, translated
from feedlog.store.log import Log, _connect, _refuse_folder, connect_to_read

# Where a SQLite file says whether it has a write-ahead log (2) or not (1): https://www.sqlite.org/fileformat.html
_JOURNAL_AT, _NO_WAL = 18, b"\x01\x01"


class Backup(TypedDict):
    """A backup as the list beside the log keeps it. `last_note_id` is the highest number given to a note so far."""

    path: str
    made_at: str
    bytes: int
    sha256: str
    notes: int
    last_note_id: int
    newest_change: int
    schema_version: int
    log_uid: str


class Made(NamedTuple):
    """A fresh backup, and what is not well with the log it was made of."""

    backup: Backup
    remarks: list[str]


def open_as_it_is(path: str) -> Log:
    """The log at `path`, read-only and in whatever version it is; nothing is upgraded.

    Raises NotFound where there is none, Refused for what is not a log or is newer than this feedlog.
    """
    if not os.path.exists(path):
        raise NotFound(f"There is no log: {path}.", hint="Check the path: see `feedlog path`.")
    _refuse_folder(path)
    with translated(path, writing=False):
        _finish_rollback(path)
        connection, version = connect_to_read(path)
        if version == 0:
            connection.close()
            raise NotFound(f"There is nothing in the log: {path}.", hint="Check the path: see `feedlog path`.")
    return Log(path, connection, writable=False)


def _finish_rollback(path: str) -> None:
    """Takes back what somebody who was killed had half written into a backup; else it could not be read."""
    if os.path.exists(f"{path}-journal") and os.access(path, os.W_OK):
        with closing(_connect(path, "rw")) as connection:
            connection.execute("select count(*) from sqlite_master").fetchone()


def make(
    log: Log, path: str, *, replace: bool = False, before_naming: Callable[[Backup], object] = lambda backup: None
) -> Made:
    """A checked copy of the log as it is now, at `path`, which only its owner may read.

    `before_naming` hears of it when it is checked and has not its name yet.

    `log` is read-only and in no transaction. Raises Refused where a file stands there (unless `replace`) or the log is
    damaged, NotStored where the copy cannot be written; then nothing is left behind.
    """
    with draft_beside(path) as draft:
        with snapshot(log):
            rows = row_counts(log.connection)
            made_at = when.now()
            take_pages(log, draft, path)
        with translated(path, writing=True):
            remarks = verify(draft, log.path, rows)
        backup = described(draft, path, made_at)
        before_naming(backup)
        give_name(draft, path, replace=replace)
    return Made(backup, remarks)


def make_beside(log: Log, before: str) -> Made:
    """A backup in the log's own folder, named after the log, what is about to happen and the moment."""
    return make(log, free_name(f"{log.path}.before-{before}-{moment()}"))


def moment() -> str:
    """Now, as it stands in file names: '20260313T140500Z'."""
    return when.now().replace("-", "").replace(":", "")


def free_name(path: str) -> str:
    """`path`, or where something stands there already the first of `path`-2, `path`-3 ... that is free."""
    stem, end = os.path.splitext(path)
    stem, end = (stem, end) if end == ".db" else (path, "")
    count, name = 1, path
    while os.path.lexists(name):
        count += 1
        name = f"{stem}-{count}{end}"
    return name


@contextmanager
def snapshot(log: Log) -> Iterator[None]:
    """Reads the log at one moment, however long it takes and whoever writes meanwhile."""
    with translated(log.path, writing=False):
        log.connection.execute("begin")
        try:
            yield
        finally:
            if log.connection.in_transaction:
                log.connection.execute("rollback")


def take_pages(log: Log, draft: str, told: str) -> None:
    """Copies every page into the empty file `draft`, which then needs no files beside it. Errors speak of `told`."""
    with translated(told, writing=True):
        target = sqlite3.connect(draft, isolation_level=None)
        try:
            # A draft that fails is thrown away, so nothing need be kept to take it back.
            target.execute("pragma journal_mode = off")
            target.execute("pragma synchronous = off")
            log.connection.backup(target)
        finally:
            target.close()
    descriptor = os.open(draft, os.O_RDWR)
    try:
        # Else whoever reads the copy would have to make a write-ahead log beside it.
        os.pwrite(descriptor, _NO_WAL, _JOURNAL_AT)
    finally:
        os.close(descriptor)


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table holds; search indexes are checked otherwise."""
    return {name: connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in _tables(connection)}


def keep_unchecked(log: Log, path: str) -> None:
    """A copy of the log at `path`, page by page whatever they hold; for a log that may be damaged."""
    with draft_beside(path) as draft:
        take_pages(log, draft, path)
        give_name(draft, path)


def verify(draft: str, told: str, rows: dict[str, int] | None = None) -> list[str]:
    """Checks a copy: its pages, its references, its rows against those counted, its search indexes.

    Raises Refused, speaking of `told`, for one nobody should rely on. An index out of step is only remarked on, because
    it can be made anew and the notes are all there.
    """
    # Nobody else knows the draft. Network file systems, where people like to keep backups, often lack locks.
    with translated(told, writing=False), closing(_connect(draft, "rw&nolock=1")) as connection:
        trouble = _trouble(connection, rows)
        if trouble:
            raise Refused(
                f"The log is damaged, {trouble}: {told}.",
                hint="Keep the file as it is and restore an earlier backup: feedlog backup --list",
            )
        return [] if _indexes_agree(connection) else ["The search index disagrees with the notes: run feedlog reindex."]


def is_damaged(path: str) -> bool:
    """Whether SQLite finds damage in the log at `path`; False too where there is none, or it is no log."""
    try:
        with open_as_it_is(path) as log:
            return _trouble(log.connection, None) is not None
    except FeedlogError:
        return False


def described(file_path: str, path: str, made_at: str) -> Backup:
    """What the list of backups says of a file that stands at `path`, or will; zeros for one SQLite cannot read."""
    import hashlib  # here: an upgrade stands on the path of `feedlog add`, and hardly ever happens

    with open(file_path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    backup = Backup(
        path=path,
        made_at=made_at,
        bytes=os.path.getsize(file_path),
        sha256=digest,
        notes=0,
        last_note_id=0,
        newest_change=0,
        schema_version=0,
        log_uid="",
    )
    connection = _connect(file_path, "immutable")
    with suppress(sqlite3.DatabaseError), closing(connection):
        backup["notes"] = _number(connection, "select count(*) from wordings")
        backup["last_note_id"] = highest(connection, "notes")
        backup["newest_change"] = highest(connection, "changes")
        backup["schema_version"] = _number(connection, "pragma user_version")
        backup["log_uid"] = connection.execute("select value from settings where name = 'uid'").fetchone()[0]
    return backup


def highest(connection: sqlite3.Connection, table: str) -> int:
    """The highest number ever given to a row of a table that never gives one twice."""
    return _number(connection, "select coalesce(max(seq), 0) from sqlite_sequence where name = ?", table)


def _number(connection: sqlite3.Connection, sql: str, *parameters: str) -> int:
    return int(connection.execute(sql, parameters).fetchone()[0])


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "select name from sqlite_master where type = 'table' and sql not like 'create virtual table%' order by name"
    )
    return [row[0] for row in found]


def _trouble(connection: sqlite3.Connection, rows: dict[str, int] | None) -> str | None:
    try:
        found = [str(row[0]) for row in connection.execute("pragma quick_check(3)").fetchall()]
        if found != ["ok"]:
            return "; ".join(found)
        broken = connection.execute("pragma foreign_key_check").fetchall()
        if broken:
            return f"{len(broken)} rows of it refer to rows that are gone, the first in {broken[0][0]}"
        if rows is not None and rows != row_counts(connection):
            return "the copy does not hold the same rows"
    except sqlite3.DatabaseError as error:
        ours = as_ours(error, "", writing=False)
        if ours is None or "damaged" not in ours.message:
            raise
        return str(error)
    except UnicodeDecodeError:
        return "what SQLite says of it quotes damaged bytes"
    return None


def _indexes_agree(connection: sqlite3.Connection) -> bool:
    """SQLite checks a search index by a writing statement, so it is taken back at the end."""
    found = connection.execute("select name from sqlite_master where sql like 'create virtual table%fts5%'").fetchall()
    connection.execute("begin")
    try:
        for row in found:
            connection.execute(f"insert into {row[0]} ({row[0]}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return False
    finally:
        if connection.in_transaction:
            connection.execute("rollback")
    return True
