"""A whole log in: the export of another log becomes this one, which must be empty. Row for row, with every number."""

import os
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from feedlog.errors import Refused
from feedlog.formats import whole_log
from feedlog.formats.whole_log import Line, Sealed
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import erased_list, erasing
from feedlog.operations.shapes import By
from feedlog.operations.whole_out import TABLES
from feedlog.store import Log
from feedlog.store.bulk import insert_many
from feedlog.store.failures import as_ours
from feedlog.store.upgrades import NEWEST
from feedlog.vocabulary import LANGUAGES

_BATCH = 5000
_BATCH_BYTES = 8_000_000
_SOUND = "It was not written by feedlog as it stands: export the log again."

Progress = Callable[[int], object]


class Taken(NamedTuple):
    """What came in: rows by table, and how many rows were left out because they were erased since the export."""

    rows: dict[str, int]
    forgotten: int


def prepare(path: str) -> Sealed:
    """Checks a file before a log is opened for it. Raises Refused for one cut off, changed, or of a newer feedlog."""
    file = whole_log.sealed(path)
    version = file.header.version
    if version > NEWEST:
        raise Refused(
            f"{_name(file)} was written by a newer feedlog (schema {version}, this one knows {NEWEST}).",
            hint="Install the newer feedlog.",
        )
    unknown = [table for table in file.rows if table not in TABLES]
    if unknown:
        raise Refused(f"{_name(file)} holds a table this feedlog does not know: {unknown[0]}.", hint=_SOUND)
    return file


def take_in(log: Log, file: Sealed, by: By, *, dry_run: bool = False, progress: Progress = lambda _: None) -> Taken:
    """Makes an empty log what the exported one was, search index included; a dry run does it all and leaves nothing.

    Nothing is added to the record of changes: it is the exported log's. What was erased since, as the list beside the
    log knows, goes again; then `by` is who did it. Raises Refused where the log holds anything or the rows do not fit
    together, NotStored where it cannot be written; then nothing came in.
    """
    try:
        with log.write() as connection:
            _refuse_filled(log, file)
            arriving = _Arriving(connection, file)
            arriving.read(progress)
            arriving.check()
            log.forget_languages()
            _index(log)
            connection.execute("drop table temp.taken_back")
            if dry_run:
                raise _DryRun
    except _DryRun:
        log.forget_languages()
        return Taken(file.rows, 0)
    except (sqlite3.IntegrityError, sqlite3.DataError) as error:
        raise Refused(f"The rows of {_name(file)} do not fit together: {error}.", hint=_SOUND) from error
    forgotten = erasing.apply(log, erased_list.read(log.path), by)
    erased_list.bring_up(log)
    return Taken(file.rows, forgotten)


class _DryRun(Exception):
    """Leaves the write so that it is rolled back."""


def _name(file: Sealed) -> str:
    return os.path.basename(file.path)


def _refuse_filled(log: Log, file: Sealed) -> None:
    """A log that holds or ever held anything has numbers of its own, which the file's would clash with."""
    tables = [table for table in TABLES if table != "settings"]
    filled = any(log.row(f"select 1 from {table} limit 1") for table in tables)
    if not filled and not log.row("select 1 from sqlite_sequence where seq > 0"):
        return
    elsewhere = f"Name a new one: feedlog --db NEW.db import {_name(file)}"
    if log.value("select value from settings where name = 'uid'") == file.header.uid:
        raise Refused(
            f"This is the very log that {_name(file)} was exported from: {log.path}.",
            hint=f"To go back to an earlier day, restore a backup. {elsewhere}",
        )
    raise Refused(f"A whole log goes into an empty one, and this one is not: {log.path}.", hint=elsewhere)


class _Arriving:
    """The rows on their way into the tables, many at a time."""

    def __init__(self, connection: sqlite3.Connection, file: Sealed) -> None:
        self._connection, self._file = connection, file
        self._columns = {
            table: {row["name"] for row in connection.execute(f"pragma table_info({table})")} for table in TABLES
        }
        self._table = ""
        self._names: tuple[str, ...] = ()
        self._batch: list[tuple[Any, ...]] = []
        self._bytes = self._first = 0
        connection.execute("create temp table taken_back (note_id integer primary key)")
        connection.execute("delete from settings")

    def read(self, progress: Progress) -> None:
        """Reads the file to its end, and goes on counting where the exported log was."""
        # A customer may be merged into one that stands further down.
        self._connection.execute("pragma defer_foreign_keys = on")
        before = 0
        for line in whole_log.rows(self._file):
            self._gather(line)
            self._bytes += line.read - before
            before = line.read
            if len(self._batch) >= _BATCH or self._bytes >= _BATCH_BYTES:
                self._write()
                progress(line.read)
        self._write()
        progress(self._file.size)
        for table, highest in self._file.header.numbers.items():
            self._number_on(table, highest)

    def _gather(self, line: Line) -> None:
        columns = line.columns
        if line.table == "notes" and columns.pop("stands", None) is False:
            self._connection.execute("insert or ignore into temp.taken_back values (?)", [_integer(columns.get("id"))])
        names = tuple(columns)
        if line.table != self._table or names != self._names:
            self._write()
            if not names or not self._columns[line.table].issuperset(names):
                raise Refused(f"Line {line.number} of {_name(self._file)} has columns no log has.", hint=_SOUND)
            self._table, self._names = line.table, names
        if not self._batch:
            self._first = line.number
        self._batch.append(tuple(columns.values()))

    def _write(self) -> None:
        if not self._batch:
            return
        try:
            insert_many(self._connection, self._table, self._names, self._batch)
        except (sqlite3.Error, OverflowError) as error:
            # A full disk is not the file's fault.
            if isinstance(error, sqlite3.Error) and as_ours(error, "", writing=True):
                raise
            last = self._first + len(self._batch) - 1
            raise Refused(
                f"Lines {self._first} to {last} of {_name(self._file)} do not fit into the table"
                f" {self._table}: {error}.",
                hint=_SOUND,
            ) from error
        self._batch.clear()
        self._bytes = 0

    def _number_on(self, table: str, highest: int) -> None:
        self._connection.execute("delete from sqlite_sequence where name = ? and seq <= ?", [table, _integer(highest)])
        self._connection.execute(
            "insert into sqlite_sequence (name, seq) select ?1, ?2 where not exists"
            " (select 1 from sqlite_sequence where name = ?1)",
            [table, _integer(highest)],
        )

    def check(self) -> None:
        """Raises Refused where rows refer to rows that are not there, or leave a door open that must be shut."""
        settings = dict(self._connection.execute("select name, value from settings").fetchall())
        languages = settings.get("languages", "").split()
        if settings.get("uid") != self._file.header.uid or not languages or not set(languages) <= set(LANGUAGES):
            raise Refused(f"{_name(self._file)} lacks the log's own settings, or they are none.", hint=_SOUND)
        lost = self._connection.execute("pragma foreign_key_check").fetchone()
        if lost:
            raise Refused(
                f"A row of {lost['table']} in {_name(self._file)} refers to one of {lost['parent']} that is missing.",
                hint=_SOUND,
            )
        # While an erasure is unfinished notes may be deleted; no log is ever seen like that.
        if self._connection.execute("select 1 from erasures where finished_at is null").fetchone():
            raise Refused(f"{_name(self._file)} holds an erasure that was never finished.", hint=_SOUND)


def _integer(value: Any) -> int:
    return value if isinstance(value, int) and abs(value) < 1 << 62 else -1


def _index(log: Log) -> None:
    """Makes every note that stands found by its newest wording."""
    index = Index(log.connection, Stems(log.languages))
    last = 0
    while notes := _next_notes(log, last):
        last = notes[-1]["id"]
        index.add_many([(note["id"], note["verbatim"]) for note in notes if not note["corrected"]])
        for note in notes:
            if note["corrected"]:
                index.add(note["id"], note["verbatim"], note["corrected"])
    index.flush()


def _next_notes(log: Log, after: int) -> list[sqlite3.Row]:
    """The next notes that stand, with their newest wording where it is not the first."""
    return log.rows(
        """select id, verbatim, nullif(
                    (select verbatim from corrections where note_id = notes.id order by id desc limit 1), verbatim
                  ) as corrected
             from notes where id > ? and id not in (select note_id from temp.taken_back) order by id limit ?""",
        [after, _BATCH],
    )
