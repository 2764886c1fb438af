"""Notes: logging what a customer said, and reading it back."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from feedlog.errors import NotFound
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import checks, customers, promises, themes
from feedlog.operations.changes import record
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Note, Said
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Added(NamedTuple):
    """The outcome of logging: the note's number, whether it is new, and what the agent should know."""

    note_id: int
    new: bool
    warnings: list[str]


def add(log: Log, given: Said, by: By, *, stems: Stems | None = None) -> Added:
    """Logs one thing a customer said. With an idempotency key seen before, the note it made then is the answer.

    Raises WrongUsage for what is off about it, NotStored where the log cannot be written; then nothing was stored.
    """
    said = checks.said(given)
    by = by._replace(agent=checks.label(by.agent, "agent"))
    with log.write():
        if said.idempotency_key:
            known = log.value("select id from notes where idempotency_key = ?", [said.idempotency_key])
            if known is not None:
                first = log.value("select verbatim from notes where id = ?", [known])
                other = f"This key is note {known}'s, which holds another text; yours was not stored."
                return Added(int(known), False, [] if first == said.verbatim else [other])
        index = Index(log.connection, stems or Stems(log.languages))
        note_id, warnings = insert(log, said, by, index)
        index.flush()
        change_id = record(log, "note.add", by, note_id=note_id)
        if said.promise and said.due_on:
            promises.make(log, note_id, said.promise, said.due_on, by, part_of=change_id)
    return Added(note_id, True, warnings)


def insert(log: Log, said: Said, by: By, index: Index, *, import_id: int | None = None) -> tuple[int, list[str]]:
    """Inserts a checked note with customer and themes inside the caller's `write`; returns number and warnings."""
    warnings: list[str] = []
    customer_id = None
    if said.customer:
        customer_id, warning, new = customers.find_or_make(log, said.customer, said.name, by)
        if new and import_id is None:
            warning = customers.warning_of_new(log, said.customer)
        warnings += [warning] if warning else []
    if said.touchpoint and import_id is None:
        warning = themes.did_you_mean(log, said.touchpoint, "touchpoint")
        warnings += [warning] if warning else []
    note_id = log.insert(
        "notes",
        uid=new_uid(),
        idempotency_key=said.idempotency_key,
        source=said.source,
        source_id=said.source_id,
        said_at=said.said_at or by.at,
        logged_at=by.at,
        agent=by.agent,
        on_behalf_of=by.on_behalf_of,
        customer_id=customer_id,
        channel=said.channel,
        touchpoint=said.touchpoint,
        kind=said.kind,
        verbatim=said.verbatim,
        reading=said.reading,
        satisfaction=said.satisfaction,
        import_id=import_id,
    )
    index.add(note_id, said.verbatim)
    for name in said.themes:
        warning = themes.did_you_mean(log, name, "theme") if import_id is None else None
        theme_id, new = themes.find_or_make(log, name, by)
        themes.put_on(log, note_id, theme_id, by)
        warnings += [warning] if new and warning else []
    return note_id, warnings


_COLUMNS = """
    notes.id, notes.uid, notes.source, notes.source_id, notes.said_at, notes.logged_at, notes.agent,
    notes.on_behalf_of, notes.channel, notes.touchpoint, notes.kind, notes.verbatim, notes.reading, notes.satisfaction,
    notes.corrected, customers.key as customer_key, customers.name as customer_name"""
_TABLES = """
    current_notes as notes
    left join customers as given on given.id = notes.customer_id
    left join customers on customers.id = coalesce(given.merged_into_id, given.id)"""


def listing(log: Log, filters: Filters, *, limit: int) -> list[Note]:
    """The newest notes (by when they were said) that pass the filters, at most `limit`."""
    conditions, parameters = filters.conditions(log)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    sql = f"select {_COLUMNS} from {_TABLES} {where} order by notes.said_at desc, notes.id desc limit ?"
    return as_notes(log, log.rows(sql, [*parameters, limit]))


def of_customer(log: Log, key: str, *, limit: int, oldest_first: bool = False) -> list[Note]:
    """What this customer said, newest first unless asked otherwise, at most `limit` notes."""
    way = "asc" if oldest_first else "desc"
    # Each key apart, so that the notes come from the index in order: who has said much costs no more than others.
    sql = f"""select id, said_at from notes where customer_id = ? and exists (select 1 from wordings where note_id = id)
               order by said_at {way}, id {way} limit ?"""
    keys = log.rows(customers.SAME, [customers.find(log, key)])
    found = [row for same in keys for row in log.rows(sql, [same[0], limit])]
    found.sort(key=lambda row: (row["said_at"], row["id"]), reverse=not oldest_first)
    return by_ids(log, [row["id"] for row in found[:limit]])


def by_ids(log: Log, note_ids: Sequence[int]) -> list[Note]:
    """The notes of these numbers that stand, in the order asked for."""
    notes: dict[int, Note] = {}
    for part in _parts(note_ids):
        marks = ", ".join("?" * len(part))
        rows = log.rows(f"select {_COLUMNS} from {_TABLES} where notes.id in ({marks})", part)
        notes.update((note["id"], note) for note in as_notes(log, rows))
    return [notes[note_id] for note_id in note_ids if note_id in notes]


def get(log: Log, note_id: int) -> Note:
    """The note of this number; raises NotFound where there is none or it was taken back."""
    found = by_ids(log, [note_id])
    if found:
        return found[0]
    if log.row("select 1 from notes where id = ?", [note_id]):
        why = f"Note {note_id} was taken back."
    elif 0 < note_id <= (log.value("select seq from sqlite_sequence where name = 'notes'") or 0):
        why = f"Note {note_id} was erased."  # numbers are never used again
    else:
        why = f"There is no note {note_id}."
    raise NotFound(why, hint="See the newest with: feedlog list")


def as_notes(log: Log, rows: Iterable[sqlite3.Row]) -> list[Note]:
    """Rows of the note columns as notes, each with its themes."""
    found = list(rows)
    by_note = _themes_of(log, [row["id"] for row in found])
    return [_as_note(row, by_note.get(row["id"], [])) for row in found]


def _as_note(row: sqlite3.Row, named: list[str]) -> Note:
    note: dict[str, Any] = dict(row)
    key, name = note.pop("customer_key"), note.pop("customer_name")
    note["customer"] = None if key is None else {"key": key, "name": name}
    note["corrected"] = bool(note["corrected"])
    note["themes"] = named
    return {field: note[field] for field in Note.__annotations__}  # type: ignore[return-value]


def _themes_of(log: Log, note_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for part in _parts(note_ids):
        rows = log.rows(
            f"""select distinct note_themes.note_id, coalesce(target.name, themes.name) as name from note_themes
                  join themes on themes.id = note_themes.theme_id
                  left join themes as target on target.id = themes.merged_into_id
                 where note_themes.note_id in ({", ".join("?" * len(part))}) order by name""",
            part,
        )
        for row in rows:
            found.setdefault(row["note_id"], []).append(row["name"])
    return found


def _parts(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    """Slices small enough for SQLite's limit of parameters."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
