"""Rows of this log as entries that another log takes in: see formats/entries.py."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from feedlog.formats.entries import Entry
from feedlog.operations import cards, marks
from feedlog.store import Log
from feedlog.store.upgrades import NEWEST

_THESE = "(select value from json_each(?))"
# Numbers mean something in one log only. An idempotency key belongs to the calls made at one site.
_OF_THIS_LOG = {"id", "note_id", "customer_id", "promise_id", "import_id", "idempotency_key"}


class Sender(NamedTuple):
    """Who sends: the site's name, what tells this log from others of that name, and when it joined."""

    site: str
    sender: str
    joined_at: str
    secret: bytes


class Sending:
    """Makes entries of one moment of a log; to be used inside one snapshot."""

    def __init__(self, log: Log, by: Sender, now: str) -> None:
        self._log, self._by, self._now = log, by, now
        self._uid = str(log.value("select value from settings where name = 'uid'"))
        self.newest = int(log.value("select coalesce(max(id), 0) from changes"))
        self.version = version(by.joined_at, self.newest)
        self._erased = marks.of_erasures(log)

    def of(self, kind: str, ids: Sequence[int]) -> list[Entry]:
        """The entries of rows of one kind."""
        made = {"note": self._notes, "customer": self._customers, "theme": self._themes, "erasure": self._erasures}
        return [self.entry(kind, uid, holds, mark) for uid, holds, mark in made[kind](json.dumps(list(ids)))]

    def entry(self, kind: str, uid: str, holds: dict[str, Any], mark: str = "") -> Entry:
        """One entry of this log at this moment."""
        by, after = self._by, self._erased.get(mark, [])
        return Entry(kind, uid, self.version, by.site, by.sender, self._uid, NEWEST, self._now, mark, [*after], holds)

    def _cards(self, ids: Sequence[int]) -> dict[int, cards.Card]:
        """Customers' cards. A merge names another customer, so it says, too, which of their erasures were known."""
        found = cards.of_customers(self._log, ids)
        for card in found.values():
            into = card.get("merged", (None,))[0]
            if into:
                card["merged"].append(self._erased.get(marks.mark(self._by.secret, into["key"]), []))
        return found

    def _notes(self, ids: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        log = self._log
        notes = log.rows(
            f"""select notes.*, exists (select 1 from wordings where note_id = notes.id) as stands
                  from notes where id in {_THESE} order by id""",
            [ids],
        )
        known = self._cards([row["customer_id"] for row in notes if row["customer_id"]])
        hanging = {table: _by_note(log, table, ids) for table in ("corrections", "responses")}
        promises, themes = _promises(log, ids), _themes_on(log, ids)
        for row in notes:
            note_id = row["id"]
            note = _travelling(row)
            holds: dict[str, Any] = {"stands": bool(note.pop("stands")), "note": note}
            card = known.get(row["customer_id"])
            hanging_here = {table: rows.get(note_id) for table, rows in hanging.items()}
            parts = {"customer": card, **hanging_here, "promises": promises.get(note_id), "themes": themes.get(note_id)}
            holds.update({name: part for name, part in parts.items() if part})
            yield row["uid"], holds, marks.mark(self._by.secret, card["key"]) if card else ""

    def _customers(self, ids: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        facts: dict[int, list[dict[str, Any]]] = {}
        for row in self._log.rows(f"select * from facts where customer_id in {_THESE} order by id", [ids]):
            facts.setdefault(row["customer_id"], []).append(_travelling(row))
        for customer_id, card in self._cards(json.loads(ids)).items():
            holds = {"customer": card, "facts": facts.get(customer_id, [])}
            yield card["uid"], holds, marks.mark(self._by.secret, card["key"])

    def _themes(self, ids: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        for card in cards.of_themes(self._log, json.loads(ids)).values():
            yield card["uid"], {"theme": card}, ""

    def _erasures(self, ids: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        for row in self._log.rows(f"select * from erasures where id in {_THESE} order by id", [ids]):
            yield row["uid"], erasure(self._log, row), ""


def version(joined_at: str, change_id: int) -> str:
    """How new an entry is: among those of one log, the greater text is the newer."""
    return f"{joined_at}#{change_id:012d}"


def erasure(log: Log, row: sqlite3.Row) -> dict[str, Any]:
    """What other logs must know of an erasure to do it, too. It names nobody."""
    taken = log.rows("select mark from erased_customers where erasure_id = ? order by mark", [row["id"]])
    uids = log.rows("select uid from erased where erasure_id = ? order by uid", [row["id"]])
    return {
        "at": row["started_at"],
        "agent": row["agent"],
        "reason": row["reason"],
        "marks": [one["mark"] for one in taken],
        "uids": [one["uid"] for one in uids],
    }


def _travelling(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if row[name] is not None and name not in _OF_THIS_LOG}  # noqa: SIM118


def _by_note(log: Log, table: str, ids: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in log.rows(f"select * from {table} where note_id in {_THESE} order by id", [ids]):
        found.setdefault(row["note_id"], []).append(_travelling(row))
    return found


def _promises(log: Log, ids: str) -> dict[int, list[dict[str, Any]]]:
    """The promises on these notes, each with its life in order."""
    found: dict[int, list[dict[str, Any]]] = {}
    by_id: dict[int, dict[str, Any]] = {}
    for row in log.rows(f"select * from promises where note_id in {_THESE} order by id", [ids]):
        by_id[row["id"]] = promise = {**_travelling(row), "events": []}
        found.setdefault(row["note_id"], []).append(promise)
    events = f"select * from promise_events where promise_id in {_THESE} order by id"
    for row in log.rows(events, [json.dumps([*by_id])]) if by_id else ():
        by_id[row["promise_id"]]["events"].append(_travelling(row))
    return found


def _themes_on(log: Log, ids: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = log.rows(
        f"""select note_id, themes.name, uid, created_at, created_by, tagged_at, agent from note_themes
              join themes on themes.id = theme_id where note_id in {_THESE} order by note_id, themes.name""",
        [ids],
    )
    for row in rows:
        found.setdefault(row["note_id"], []).append(_travelling(row))
    return found
