"""Import: takes in a file from another system, whole or not at all, and never the same row twice."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedlog import when
from feedlog.errors import FeedlogError
from feedlog.formats import Format, TextFile, format_of, look_at
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import checks, customers, mapping, masking, notes, themes
from feedlog.operations.arriving import Arrival, Reader
from feedlog.operations.changes import record
from feedlog.operations.shapes import By, Note
from feedlog.store import Log
from feedlog.store.bulk import insert_many
from feedlog.store.ids import new_uid, new_uids

# Enough rows that a statement's own cost no longer counts; few enough that memory stays small, also with long texts.
_BATCH_ROWS = 5000
_BATCH_CHARACTERS = 2_000_000
_REMEMBERED = 100_000
_SHOWN = 5

Progress = Callable[[int], None]


class Prepared(NamedTuple):
    """A file that can be imported: looked through, its columns known and mapped. Nothing was written yet."""

    file: TextFile
    format: Format
    mapping: mapping.Mapping
    source: str


class Rejected(NamedTuple):
    """A row that was left out: the line of the file it begins on, and why."""

    line: int
    reason: str


class Imported(NamedTuple):
    """What an import did. `read` counts all rows: added, known, skipped (without words) and rejected.

    `misnamed` rows give a customer another name than we know;
    `first` holds the first notes of a dry run.
    """

    read: int
    added: int
    known: int
    skipped: int
    rejected: list[Rejected]
    misnamed: int
    first: list[Note]


def prepare(
    path: str, *, format_name: str = "auto", mapped: tuple[str, ...] = (), fixed: tuple[str, ...] = (), source: str = ""
) -> Prepared:
    """Looks at a file and settles how it will be read; `mapped` and `fixed` are FIELD=COLUMN and FIELD=VALUE.

    Raises WrongUsage for those words and an unknown format; Refused for a file that is missing, empty, no text or
    without a column asked for.
    """
    asked, constants = mapping.pairs("--map", mapped), mapping.constants(fixed)
    file = look_at(path)
    form = format_of(file, format_name)
    with file.open() as stream:
        columns = form.columns(stream)
    matched = mapping.matched(file.name, columns, asked, constants)
    name = checks.label(source or os.path.splitext(file.name)[0], "source")
    prepared = Prepared(file, form, matched, name)
    Reader(matched, name, when.clock())  # refuses constants that no note may have
    return prepared


def bring_in(
    log: Log, prepared: Prepared, by: By, *, dry_run: bool = False, progress: Progress | None = None
) -> Imported:
    """Imports a file as one change, which `undo` takes back as one; a dry run does it all and leaves nothing.

    Rows we have are known by source and source_id. `progress` is called now and then with the bytes read so far.
    Raises NotStored where the log cannot be written; then, and when interrupted, nothing was imported.
    """
    by = by._replace(agent=checks.label(by.agent, "agent"))
    try:
        with log.write():
            run = _Run(log, prepared, by)
            run.read_all(progress or (lambda _: None))
            done = run.finish()
            if dry_run:
                raise _DryRun(done._replace(first=notes.by_ids(log, run.first_ids)))
    except _DryRun as dry:
        return dry.imported
    return done


class _DryRun(Exception):
    """Leaves the write so that it is rolled back, with what it would have done."""

    def __init__(self, imported: Imported) -> None:
        self.imported = imported


class _Run:
    """One import inside its write: gathers rows in batches and writes a batch at a time."""

    def __init__(self, log: Log, prepared: Prepared, by: By) -> None:
        self._log, self._prepared, self._by = log, prepared, by
        self._index = Index(log.connection, Stems(log.languages))
        self._customers: dict[str, tuple[int, str | None]] = {}
        self._themes: dict[str, int] = {}
        self._batch: dict[str, Arrival] = {}
        self._characters = 0
        self._next_id = 1 + max(
            log.value("select coalesce(max(seq), 0) from sqlite_sequence where name = 'notes'"),
            log.value("select coalesce(max(id), 0) from notes"),
        )
        self._import_id = log.insert(
            "imports",
            uid=new_uid(),
            source=prepared.source,
            file=prepared.file.name,
            imported_at=by.at,
            agent=by.agent,
            **dict.fromkeys(("read", "added", "known", "skipped", "rejected"), 0),
        )
        self._read = self._added = self._known = self._skipped = self._misnamed = 0
        self._rejected: list[Rejected] = []
        self.first_ids: list[int] = []

    def read_all(self, progress: Progress) -> None:
        """Reads the file to its end."""
        reader = Reader(self._prepared.mapping, self._prepared.source, when.clock())
        with self._prepared.file.open() as stream:
            for row in self._prepared.format.rows(stream):
                self._read += 1
                if row.problem:
                    self._rejected.append(Rejected(row.line, masking.unnumbered(row.problem)))
                    continue
                try:
                    arrival = reader.arrival(row.cells)
                except FeedlogError as error:
                    reason = masking.unnumbered(f"{error.message} {error.hint}".strip())
                    self._rejected.append(Rejected(row.line, reason))
                    continue
                if arrival is None:
                    self._skipped += 1
                    continue
                self._gather(arrival)
                if len(self._batch) >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS:
                    self._write_batch()
                    progress(stream.buffer.tell())
        self._write_batch()
        progress(self._prepared.file.size)

    def _gather(self, arrival: Arrival) -> None:
        if self._batch.setdefault(arrival.said.source_id or "", arrival) is not arrival:
            self._known += 1
        self._characters += len(arrival.said.verbatim)

    def _write_batch(self) -> None:
        for source_id in self._known_ids():
            del self._batch[source_id]
            self._known += 1
        arrivals = list(self._batch.values())
        self._batch.clear()
        self._characters = 0
        if not arrivals:
            return
        ids = range(self._next_id, self._next_id + len(arrivals))
        self._next_id += len(arrivals)
        self._added += len(arrivals)
        self.first_ids += ids[: _SHOWN - len(self.first_ids)]
        insert_many(self._connection, "notes", _NOTE_COLUMNS, self._note_rows(ids, arrivals))
        insert_many(self._connection, "note_themes", _THEME_COLUMNS, self._theme_rows(ids, arrivals))
        self._index.add_many([(note_id, one.said.verbatim) for note_id, one in zip(ids, arrivals, strict=True)])

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._log.connection

    def _known_ids(self) -> list[str]:
        """Which rows of the batch we have already. Those that `undo` took back may come in anew, better mapped."""
        found = self._connection.execute(
            """select distinct source_id from notes join wordings on wordings.note_id = notes.id
                where source = ? and source_id in (select value from json_each(?))""",
            [self._prepared.source, json.dumps(list(self._batch))],
        )
        return [row[0] for row in found]

    def _note_rows(self, ids: range, arrivals: list[Arrival]) -> Iterator[tuple[object, ...]]:
        by = self._by
        for note_id, uid, (said, agent) in zip(ids, new_uids(len(ids)), arrivals, strict=True):
            yield (
                note_id,
                uid,
                said.source,
                said.source_id,
                said.said_at or by.at,
                by.at,
                agent or by.agent,
                by.on_behalf_of,
                said.customer and self._customer_id(said.customer, said.name),
                said.channel,
                said.touchpoint,
                said.kind,
                said.verbatim,
                said.reading,
                said.satisfaction,
                self._import_id,
            )

    def _theme_rows(self, ids: range, arrivals: list[Arrival]) -> Iterator[tuple[object, ...]]:
        for note_id, (said, _) in zip(ids, arrivals, strict=True):
            for theme_id in {self._theme_id(name) for name in said.themes}:
                yield note_id, theme_id, self._by.at, self._by.agent

    def _theme_id(self, name: str) -> int:
        if name not in self._themes:
            self._themes[name], _ = themes.find_or_make(self._log, name, self._by)
        return self._themes[name]

    def _customer_id(self, key: str, name: str | None) -> int:
        known = self._customers.get(key)
        if known and name in (None, known[1]):
            return known[0]
        found = customers.find_or_make(self._log, key, name, self._by)
        self._misnamed += found.warning is not None
        if len(self._customers) >= _REMEMBERED:
            self._customers.clear()
        if not found.warning:
            self._customers[key] = (found.id, name)
        return found.id

    def finish(self) -> Imported:
        """Writes the word counts, the figures and the record of the change."""
        self._index.flush()
        done = Imported(self._read, self._added, self._known, self._skipped, self._rejected, self._misnamed, [])
        self._connection.execute(
            "update imports set read = ?, added = ?, known = ?, skipped = ?, rejected = ? where id = ?",
            [done.read, done.added, done.known, done.skipped, len(done.rejected), self._import_id],
        )
        if self._added:  # a second import of the same file must not be what `undo` finds first
            record(self._log, "import", self._by, import_id=self._import_id)
        return done


_NOTE_COLUMNS = (
    "id",
    "uid",
    "source",
    "source_id",
    "said_at",
    "logged_at",
    "agent",
    "on_behalf_of",
    "customer_id",
    "channel",
    "touchpoint",
    "kind",
    "verbatim",
    "reading",
    "satisfaction",
    "import_id",
)
_THEME_COLUMNS = ("note_id", "theme_id", "tagged_at", "agent")
