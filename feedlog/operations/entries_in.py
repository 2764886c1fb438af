"""Entries of other logs taken into this one: each row once, whatever arrives how often and in which order."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from feedlog.formats.entries import Entry, read, written
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import cards_in, hanging_in, marks
from feedlog.operations.arrivals import Arrivals
from feedlog.store import Log
from feedlog.store.bulk import insert_many
from feedlog.store.upgrades import NEWEST

_WRONG = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
_MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, *_WRONG)


class TakenIn(NamedTuple):
    """What became of entries: those a receipt may be given for, those parked, and those that are no rows, with why."""

    received: list[Entry]
    parked: list[Entry]
    refused: list[tuple[Entry, str]]


def take_in(log: Log, entries: Sequence[Entry], now: str) -> TakenIn:
    """Takes notes, customers and themes in, as one change; what cannot be taken in yet is parked.

    Entries from before an erasure of their customer count as received and leave nothing. An entry whose rows do not fit
    is left out and returned; the others come in all the same. Raises NotStored where the log cannot be written.
    """
    if not entries:
        return TakenIn([], [], [])
    try:
        with log.write():
            return _take(log, entries, now)
    except _MISSHAPEN as error:
        if len(entries) == 1:
            return TakenIn([], [], [(entries[0], f"its rows do not fit: {error}")])
    half = len(entries) // 2
    parts = [take_in(log, part, now) for part in (entries[:half], entries[half:])]
    return TakenIn(*([*first, *second] for first, second in zip(*parts, strict=True)))


def _take(log: Log, entries: Sequence[Entry], now: str) -> TakenIn:
    fresh, parked = _sorted_out(log, entries, now)
    arrivals = Arrivals(log, [entry.uid for entry in fresh])
    index = Index(log.connection, Stems(log.languages))
    known = cards_in.Known(log, now)
    known.look_up(fresh)
    for entry in fresh:
        known.name_all(entry)
    newer = arrivals.newest(fresh)
    notes = [entry for entry in newer if entry.kind == "note"]
    for entry in newer:
        if entry.kind == "customer":
            cards_in.take_customer(log, known, arrivals, entry)
        elif entry.kind == "theme":
            arrivals.put(entry, theme_id=known.take("theme", entry.holds["theme"], entry))
    _take_notes(log, known, arrivals, notes, index)
    index.flush()
    arrivals.store()
    left = {id(entry) for entry in parked}
    return TakenIn([entry for entry in entries if id(entry) not in left], parked, [])


def _sorted_out(log: Log, entries: Sequence[Entry], now: str) -> tuple[list[Entry], list[Entry]]:
    """Those to be taken in, and those that were parked; what was erased is in neither."""
    erased = marks.of_erasures(log)
    every = {uid for uids in erased.values() for uid in uids}
    listed = json.dumps([entry.uid for entry in entries])
    gone = {
        row["uid"] for row in log.rows("select uid from erased where uid in (select value from json_each(?))", [listed])
    }
    fresh, parked = [], []
    for entry in entries:
        why = None
        if entry.schema > NEWEST:
            why = "newer feedlog"
        elif not every.issuperset(entry.after) and not _all_done(log, entry.after):
            why = "erasure on its way"
        if why:
            _park(log, entry, why, now)
            parked.append(entry)
        elif entry.uid not in gone and set(erased.get(entry.mark, ())) <= set(entry.after):
            fresh.append(entry)
    return fresh, parked


def _all_done(log: Log, erasures: Iterable[str]) -> bool:
    """Whether each of these erasures is known here; one may have taken no customer."""
    return all(log.row("select 1 from erasures where uid = ?", [uid]) for uid in erasures)


def _park(log: Log, entry: Entry, why: str, now: str) -> None:
    log.connection.execute(
        """insert into parked (uid, sender, version, mark, why, parked_at, entry) values (?, ?, ?, ?, ?, ?, ?)
             on conflict (uid) do update set sender = excluded.sender, version = excluded.version,
               mark = excluded.mark, why = excluded.why, entry = excluded.entry
               where excluded.version > version""",
        [entry.uid, entry.sender, entry.version, entry.mark, why, now, written(entry).decode()],
    )


def unpark(log: Log, now: str) -> TakenIn:
    """Tries what is parked again: after an upgrade of feedlog, or when an erasure has arrived."""
    entries = [read(row["entry"].encode()) for row in log.rows("select entry from parked order by uid")]
    done = take_in(log, entries, now)
    if done.received or done.refused:
        over = [(entry.uid, entry.version) for entry in (*done.received, *(one for one, _ in done.refused))]
        with log.write() as connection:
            connection.executemany("delete from parked where uid = ? and version = ?", over)
    return done


# --- notes -----------------------------------------------------------------------------------------------------


def _take_notes(log: Log, known: cards_in.Known, arrivals: Arrivals, entries: Sequence[Entry], index: Index) -> None:
    ids = _ids(log, [entry.uid for entry in entries])
    new = [entry for entry in entries if entry.uid not in ids]
    for entry in entries:  # a known note's customer may have said more of themselves
        if entry.holds.get("customer"):
            known.customer(entry.holds["customer"], entry)
    ids.update(_insert(log, known, new))
    fresh = {entry.uid for entry in new}
    standing = [entry for entry in new if entry.holds["stands"] is True]
    index.add_many([(ids[entry.uid], entry.holds["note"]["verbatim"]) for entry in standing])
    for entry in entries:
        if entry.uid not in fresh or not hanging_in.HANGING.isdisjoint(entry.holds):
            hanging_in.settle(log, known, arrivals, entry, ids[entry.uid], index)
        arrivals.put(entry, held=hanging_in.held(entry))
    for entry in entries:
        known.touched(entry.site, note_id=ids[entry.uid])
    known.record()


def _ids(log: Log, uids: list[str]) -> dict[str, int]:
    rows = log.rows("select uid, id from notes where uid in (select value from json_each(?))", [json.dumps(uids)])
    return {row["uid"]: row["id"] for row in rows}


def _insert(log: Log, known: cards_in.Known, entries: Sequence[Entry]) -> dict[str, int]:
    if not entries:
        return {}
    first = 1 + max(
        log.value("select coalesce(max(seq), 0) from sqlite_sequence where name = 'notes'"),
        log.value("select coalesce(max(id), 0) from notes"),
    )
    rows, ids = [], {}
    for note_id, entry in enumerate(entries, first):
        note = entry.holds["note"]
        if note.get("uid") != entry.uid:
            raise ValueError("the note has another uid than its entry")
        card = entry.holds.get("customer")
        ids[entry.uid] = note_id
        rows.append((note_id, card and known.customer(card, entry), *(note.get(name) for name in NOTE_COLUMNS)))
    insert_many(log.connection, "notes", ("id", "customer_id", *NOTE_COLUMNS), rows)
    return ids


NOTE_COLUMNS = (
    "uid",
    "source",
    "source_id",
    "said_at",
    "logged_at",
    "agent",
    "on_behalf_of",
    "channel",
    "touchpoint",
    "kind",
    "verbatim",
    "reading",
    "satisfaction",
)
