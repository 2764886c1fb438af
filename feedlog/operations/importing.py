"""Import: takes in files from another system, whole or not at all, and never the same row twice."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import FeedlogError
from feedlog.formats import Record, Row
from feedlog.formats.repairs import Repairs
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import checks, masking, notes, replies, themes
from feedlog.operations.arriving import Arrival, Reader
from feedlog.operations.callers import Callers
from feedlog.operations.changes import record
from feedlog.operations.preparing import Prepared
from feedlog.operations.shapes import By, Note
from feedlog.store import Log
from feedlog.store.bulk import insert_many, more_at_hand
from feedlog.store.ids import new_uid, new_uids

# Enough rows that a statement's own cost no longer counts; few enough that memory stays small, also with long texts.
_BATCH_ROWS = 5000
_BATCH_CHARACTERS = 2_000_000
_SHOWN = 5

# Called now and then with the bytes and the rows read so far.
Progress = Callable[[int, int], None]


class Rejected(NamedTuple):
    """A row that was left out: the line of the file it begins on, why, and the file."""

    line: int
    reason: str
    file: str


class Imported(NamedTuple):
    """What an import did. `read` counts all rows: added, known, skipped, rejected, and replies that became responses.

    Skipped are rows without words and the `unplaced`: replies to what is not in the log. `misnamed` rows give a
    customer another name than we know, `untimed` replies have no time of their own; `remarks` are sentences on what
    was done to the texts. `first` holds the first notes of a dry run; `stored` is false after one, and where a strict
    import met a row it had to reject.
    """

    read: int
    added: int
    known: int
    skipped: int
    rejected: list[Rejected]
    responses: int
    unplaced: int
    untimed: int
    misnamed: int
    remarks: list[str]
    first: list[Note]
    stored: bool = True


def bring_in(
    log: Log,
    prepared: Prepared,
    by: By,
    *,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Imports files as one change, which `undo` takes back as one; a dry run does it all and leaves nothing.

    Rows we have are known by source and source_id. A `strict` import leaves nothing either where a row is rejected.
    Raises NotStored where the log cannot be written; then, and when interrupted, nothing was imported.
    """
    by = by._replace(agent=checks.label(by.agent, "agent"))
    try:
        with more_at_hand(log.connection), log.write():
            run = _Run(log, prepared, by)
            run.read_all(progress or (lambda read, rows: None))
            done = run.finish()
            if dry_run or (strict and done.rejected):
                raise _NothingStored(done._replace(first=notes.by_ids(log, run.first_ids), stored=False))
    except _NothingStored as left:
        return left.imported
    return done


def together(log: Log) -> AbstractContextManager[Any]:
    """Several imports inside it come in all or not at all."""
    return log.write()


class _NothingStored(Exception):
    """Leaves the write so that it is rolled back, with what it would have done."""

    def __init__(self, imported: Imported) -> None:
        self.imported = imported


class _Run:
    """One import inside its write: gathers rows in batches and writes a batch at a time."""

    def __init__(self, log: Log, prepared: Prepared, by: By) -> None:
        self._log, self._prepared, self._by = log, prepared, by
        self._index = Index(log.connection, Stems(log.languages))
        self._customers = Callers(log, by)
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
            file=prepared.name,
            imported_at=by.at,
            agent=by.agent,
            **dict.fromkeys(("read", "added", "known", "skipped", "rejected"), 0),
        )
        self._replies = replies.Gathered(log, prepared.source, by)
        self._repairs = Repairs(prepared.mojibake, html=not prepared.title)
        self._read = self._added = self._known = self._skipped = self._reworded = 0
        self._rejected: list[Rejected] = []
        self.first_ids: list[int] = []

    def read_all(self, progress: Progress) -> None:
        """Reads the files to their end."""
        prepared = self._prepared
        reader = Reader(prepared.mapping, prepared.source, when.clock(), prepared.dates, self._repairs)
        for row in prepared.records():
            self._read += 1
            if row.problem:
                self._reject(row, row.problem)
                continue
            try:
                self._take(reader, row)
            except FeedlogError as error:
                self._reject(row, f"{error.message} {error.hint}".strip())
            if len(self._batch) >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS:
                self._write_batch()
                progress(prepared.position(), self._read)
        self._write_batch()
        progress(prepared.size, self._read)

    def _take(self, reader: Reader, row: Row | Record) -> None:
        if isinstance(row, Row):
            arrival = reader.arrival(row.cells)
        elif row.answers is None:
            arrival = reader.arrival(row.fields)
        else:
            reply = reader.reply(row.fields, row.answers)
            if reply is None:
                self._skipped += 1
            else:
                self._replies.add(reply)
            return
        if arrival is None:
            self._skipped += 1
        else:
            self._gather(arrival)

    def _reject(self, row: Row | Record, reason: str) -> None:
        file = row.table if isinstance(row, Record) else self._prepared.name
        self._rejected.append(Rejected(row.line, masking.unnumbered(reason), file))

    def _gather(self, arrival: Arrival) -> None:
        first = self._batch.setdefault(arrival.said.source_id or "", arrival)
        if first is not arrival:
            self._known += 1
            self._reworded += first.said.verbatim != arrival.said.verbatim
        self._characters += len(arrival.said.verbatim)

    def _write_batch(self) -> None:
        for source_id, verbatim in self._known_rows():
            # Counted once, also where the log has two notes of this id: one was taken back and came in anew.
            arrival = self._batch.pop(source_id, None)
            if arrival:
                self._known += 1
                self._reworded += arrival.said.verbatim != verbatim
        arrivals = list(self._batch.values())
        self._batch.clear()
        self._characters = 0
        if not arrivals:
            return
        ids = range(self._next_id, self._next_id + len(arrivals))
        self._next_id += len(arrivals)
        self._added += len(arrivals)
        self.first_ids += ids[: _SHOWN - len(self.first_ids)]
        self._customers.meet((said.customer, said.name) for said, _ in arrivals)
        insert_many(self._connection, "notes", _NOTE_COLUMNS, self._note_rows(ids, arrivals))
        insert_many(self._connection, "note_themes", _THEME_COLUMNS, self._theme_rows(ids, arrivals))
        self._index.add_many([(note_id, one.said.verbatim) for note_id, one in zip(ids, arrivals, strict=True)])

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._log.connection

    def _known_rows(self) -> list[tuple[str, str]]:
        """Which rows of the batch we have already, with the words they came in with.

        Those that `undo` took back may come in anew, better mapped. An export of this very log names its notes by uid.
        """
        found = self._connection.execute(
            """select source_id, notes.verbatim from notes join wordings on wordings.note_id = notes.id
                where source = ?1 and source_id in (select value from json_each(?2))
               union all
               select uid, coalesce(wordings.verbatim, notes.verbatim) from notes
                 join wordings on wordings.note_id = notes.id where uid in (select value from json_each(?3))""",
            [
                self._prepared.source,
                json.dumps(list(self._batch)),
                json.dumps([source_id for source_id in self._batch if len(source_id) == _UID_CHARACTERS]),
            ],
        )
        return [(row[0], row[1]) for row in found]

    def _note_rows(self, ids: range, arrivals: list[Arrival]) -> Iterator[tuple[object, ...]]:
        by, customer_id = self._by, self._customers.row_id
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
                said.customer and customer_id(said.customer, said.name),
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

    def _told_of_other_words(self) -> list[str]:
        """What a person must hear: words that are not in the log now, because their id is."""
        if not self._reworded:
            return []
        rows = "1 row has" if self._reworded == 1 else f"{self._reworded} rows have"
        return [
            f"{rows} an id we know, with other words, and what they say was not stored. Where the file's ids are"
            " not each row's own, leave them out: --map source_id="
        ]

    def finish(self) -> Imported:
        """Writes the replies, the word counts, the figures and the record of the change."""
        self._index.flush()
        brought = self._replies.store()
        done = Imported(
            self._read,
            self._added,
            self._known + brought.known,
            self._skipped + brought.without_note,
            self._rejected,
            brought.added,
            brought.without_note,
            brought.without_time,
            self._customers.misnamed,
            [*self._repairs.told(), *self._told_of_other_words()],
            [],
        )
        self._connection.execute(
            "update imports set read = ?, added = ?, known = ?, skipped = ?, rejected = ? where id = ?",
            [done.read, done.added, done.known, done.skipped, len(done.rejected), self._import_id],
        )
        if done.added or done.responses:  # a second import of the same file must not be what `undo` finds first
            record(self._log, "import", self._by, import_id=self._import_id, detail=replies.in_detail(brought))
        return done


_UID_CHARACTERS = 36  # as feedlog.store.ids makes them
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
