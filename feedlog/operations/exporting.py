"""Export: the notes that pass the filters as one flat table, names and keys included, for people and other programs."""

import json
from collections.abc import Generator
from itertools import islice
from typing import Any

from feedlog import money, when
from feedlog.formats.outgoing import Column
from feedlog.operations.filters import Filters
from feedlog.recovery import loop
from feedlog.store import Log
from feedlog.store.backups import snapshot

_BATCH = 2000

# The names of `feedlog import --map` mean the same here, so that an export can be read back.
COLUMNS = (
    Column("id", "number", 9),
    Column("said_on", "day", 11),
    Column("said_at", "instant", 16),
    Column("customer", "text", 14),
    Column("name", "text", 20),
    Column("segment", "text"),
    Column("language", "text", 9),
    Column("channel", "text", 9),
    Column("touchpoint", "text"),
    Column("kind", "text", 11),
    Column("verbatim", "text", 70),
    Column("reading", "text", 40),
    Column("satisfaction", "number"),
    Column("themes", "texts", 24),
    Column("agent", "text", 10),
    Column("on_behalf_of", "text"),
    Column("responses", "texts", 24),
    Column("answered_at", "instant", 16),
    Column("closed_on", "day", 11),
    Column("goodwill", "texts", 14),
    Column("promises", "number", 9),
    Column("promises_open", "number", 13),
    Column("due_on", "day", 11),
    Column("corrected", "yes", 9),
    Column("source", "text"),
    Column("source_id", "text"),
    Column("logged_at", "instant", 16),
    Column("uid", "text", 36),
)

_NOTES = """
    select notes.id, notes.said_at, customers.key, customers.name, customers.segment, customers.language, channel,
           touchpoint, kind, verbatim, reading, satisfaction, agent, on_behalf_of, corrected, source, source_id,
           logged_at, notes.uid
      from current_notes as notes
      left join customers as given on given.id = notes.customer_id
      left join customers on customers.id = coalesce(given.merged_into_id, given.id)"""

_Row = dict[str, Any]


def rows(log: Log, filters: Filters, *, limit: int | None = None) -> Generator[tuple[Any, ...]]:
    """The notes that pass the filters in the order they were said, a tuple of COLUMNS each; the newest `limit` of them.

    `themes` and `responses` are lists of words, `goodwill` of amounts; `closed_on` is the day the loop was closed,
    `due_on` that of the first open promise. All of it is of one moment, and a batch at a time is in memory. Raises
    NotFound as filters do, before the first row. Whoever stops before the last row closes the generator.
    """
    conditions, parameters = filters.conditions(log)
    return _read(log, conditions, parameters, limit)


def _read(log: Log, conditions: list[str], parameters: list[Any], limit: int | None) -> Generator[tuple[Any, ...]]:
    with snapshot(log):
        oldest = _oldest(log, conditions, parameters, limit) if limit is not None else None
        if oldest:
            conditions, parameters = [*conditions, "(notes.said_at, notes.id) >= (?, ?)"], [*parameters, *oldest]
        sql = f"{_NOTES} {_where(conditions)} order by notes.said_at, notes.id"
        found = (dict(row) for row in log.connection.execute(sql, parameters))
        while batch := list(islice(found, _BATCH)):
            ids = json.dumps([note["id"] for note in batch])
            themes, promises, responses = (_hanging(log, part, ids) for part in (_THEMES, _PROMISES, _RESPONSES))
            for note in batch:
                number = note["id"]
                yield _as_row(
                    note,
                    [row["name"] for row in themes.get(number, ())],
                    promises.get(number, []),
                    responses.get(number, []),
                )


def _oldest(log: Log, conditions: list[str], parameters: list[Any], limit: int) -> tuple[str, int] | None:
    """When the oldest of the newest `limit` notes was said, and its number; None where there are fewer.

    To ask for the newest and turn them round would sort them all in memory.
    """
    row = log.row(
        f"""select notes.said_at, notes.id from current_notes as notes {_where(conditions)}
             order by notes.said_at desc, notes.id desc limit 1 offset ?""",
        [*parameters, limit - 1],
    )
    return (row["said_at"], row["id"]) if row else None


def _where(conditions: list[str]) -> str:
    return f"where {' and '.join(conditions)}" if conditions else ""


_THESE = "(select value from json_each(?))"
_THEMES = f"""
    select distinct note_id, coalesce(target.name, themes.name) as name from note_themes
      join themes on themes.id = theme_id
      left join themes as target on target.id = themes.merged_into_id
     where note_id in {_THESE} order by name"""
_PROMISES = f"""
    select note_id, due_on, outcome, ended_at from promises
     where note_id in {_THESE} and outcome is not 'withdrawn' order by due_on, id"""
_RESPONSES = f"""
    select note_id, kind, responded_at, amount_minor, currency from responses
     where note_id in {_THESE} and removed_at is null order by responded_at, id"""


def _hanging(log: Log, sql: str, ids: str) -> dict[int, list[_Row]]:
    """Rows that hang on notes, by the note's number."""
    found: dict[int, list[_Row]] = {}
    for row in log.connection.execute(sql, [ids]):
        found.setdefault(row["note_id"], []).append(dict(row))
    return found


def _as_row(note: _Row, themes: list[str], promises: list[_Row], responses: list[_Row]) -> tuple[Any, ...]:
    open_ones = [promise["due_on"] for promise in promises if promise["outcome"] is None]
    due_on = open_ones[0] if open_ones else None
    ended_at = max((promise["ended_at"] for promise in promises if promise["ended_at"]), default=None)
    closed_at = loop(responses, due_on, ended_at).closed_at if responses else None
    return (
        note["id"],
        _day(note["said_at"]),
        note["said_at"],
        note["key"],
        note["name"],
        note["segment"],
        note["language"],
        note["channel"],
        note["touchpoint"],
        note["kind"],
        note["verbatim"],
        note["reading"],
        note["satisfaction"],
        themes,
        note["agent"],
        note["on_behalf_of"],
        list(dict.fromkeys(response["kind"] for response in responses)),
        responses[0]["responded_at"] if responses else None,
        closed_at and _day(closed_at),
        [
            money.spoken(response["amount_minor"], response["currency"])
            for response in responses
            if response["amount_minor"] is not None
        ],
        len(promises),
        len(open_ones),
        due_on,
        bool(note["corrected"]),
        note["source"],
        note["source_id"],
        note["logged_at"],
        note["uid"],
    )


def _day(instant: str) -> str:
    return when.local(instant).date().isoformat()
