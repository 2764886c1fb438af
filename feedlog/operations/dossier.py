"""The dossier: everything we hold of one customer. Every row that names them, and nobody else's words."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypedDict

from feedlog.operations import history, leftovers, reaching
from feedlog.operations.changes import record
from feedlog.operations.history import Step
from feedlog.operations.leftovers import Outside
from feedlog.operations.reaching import Reach
from feedlog.operations.shapes import By
from feedlog.store import Log

Row = dict[str, Any]
_THESE = "(select value from json_each(?))"


class Dossier(TypedDict):
    """All we hold of a customer. Rows are given whole, with the columns of `schema.sql`.

    A note carries its corrections, themes, promises with their events, responses and letters with their copies;
    `stands` is False for one that was taken back. `waiting` is what is in the spool, `files` the copies in the outbox.
    """

    made_at: str
    keys: list[str]
    customers: list[Row]
    customer_versions: list[Row]
    facts: list[Row]
    notes: list[Row]
    changes: list[Step]
    waiting: list[Row]
    files: list[str]
    named_by_others: list[int]


def make(log: Log, key: str, by: By, outside: Outside) -> Dossier:
    """Gathers everything of a customer, with the keys merged into theirs, and records that it was done.

    Raises NotFound where there is no such customer.
    """
    with log.write():
        reach = reaching.require(log, key)
        gone = reaching.theirs(log, reach)
        made = Dossier(
            made_at=by.at,
            keys=list(gone.keys),
            customers=_rows(log, "customers", "id", reach.customer_ids),
            customer_versions=_rows(log, "customer_versions", "customer_id", reach.customer_ids),
            facts=_rows(log, "facts", "customer_id", reach.customer_ids),
            notes=_notes(log, reach),
            changes=history.of_reach(log, reach),
            waiting=leftovers.waiting(log.path, outside.spool, gone.keys),
            files=leftovers.copies(outside.outbox, gone.letter_ids),
            named_by_others=reaching.named_by_others(log, gone, reach),
        )
        record(log, "customer.dossier", by, customer_id=reach.customer_ids[0])
    return made


def _notes(log: Log, reach: Reach) -> list[Row]:
    notes = _rows(log, "notes", "id", reach.note_ids)
    ids = [note["id"] for note in notes]
    standing = {row["note_id"] for row in _rows(log, "wordings", "note_id", ids)}
    hanging = {table: _grouped(_rows(log, table, "note_id", ids), "note_id") for table in _ON_NOTES}
    promises = [row["id"] for rows in hanging["promises"].values() for row in rows]
    letters = [row["id"] for rows in hanging["letters"].values() for row in rows]
    events = _grouped(_rows(log, "promise_events", "promise_id", promises), "promise_id")
    copies = _grouped(_rows(log, "letter_copies", "letter_id", letters), "letter_id")
    themes = {row["id"]: row["name"] for row in log.rows("select id, name from themes")}
    for note in notes:
        note["stands"] = note["id"] in standing
        for table in _ON_NOTES:
            note[table] = hanging[table][note["id"]]
        for theme in note["note_themes"]:
            theme["theme"] = themes[theme["theme_id"]]
        for promise in note["promises"]:
            promise["promise_events"] = events[promise["id"]]
        for letter in note["letters"]:
            letter["letter_copies"] = copies[letter["id"]]
    return notes


_ON_NOTES = ("corrections", "note_themes", "promises", "responses", "letters")


def _rows(log: Log, table: str, column: str, ids: Iterable[int]) -> list[Row]:
    rows: list[sqlite3.Row] = log.rows(
        f"select * from {table} where {column} in {_THESE} order by 1, 2", [json.dumps(list(ids))]
    )
    return [dict(row) for row in rows]


def _grouped(rows: list[Row], column: str) -> defaultdict[int, list[Row]]:
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups
