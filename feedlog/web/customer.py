"""One customer, by pseudonym: what they said, what was promised and done, and how their mood has turned."""

import re
import sqlite3
from datetime import date
from typing import Any

from feedlog.web import downloads, quotes, showing, speech, steps
from feedlog.web.published import Row, row, rows

NAMES = ("before",)
_PAGE = 30
_LISTED = 8
# Beside a customer's words stands what hangs on the newest of them: a key that stands for thousands is not one person.
_NEWEST = "(select id from notes where customer = ? order by said_at desc limit 500)"
_MOODS = {"complaint": -1, "compliment": 1}


def context(connection: sqlite3.Connection, pseudonym: str, before: str, today: date) -> dict[str, Any] | None:
    """What the page of a customer shows; None where nobody has this pseudonym."""
    if not re.fullmatch(r"[a-z0-9]{1,40}", pseudonym):
        return None
    sql = """select count(*) as notes, count(*) filter (where kind = 'complaint') as complaints,
                    count(*) filter (where kind = 'compliment') as compliments
               from notes where customer = ?"""
    counted = row(connection, sql, [pseudonym]) or {"notes": 0}
    if not counted["notes"]:
        return None
    sql = "select initials, segment, said_on from notes where customer = ? order by said_at %s, id %s limit 1"
    first = row(connection, sql % ("asc", "asc"), [pseudonym]) or {}
    known = {**counted, **(row(connection, sql % ("desc", "desc"), [pseudonym]) or {})}
    notes, older = _notes(connection, pseudonym, before, today)
    return {
        "customer": {
            **known,
            "pseudonym": pseudonym,
            "initials": showing.clean(known["initials"] or ""),
            "segment": showing.clean(known["segment"] or ""),
            "since": showing.since(first["said_on"], today),
        },
        "turned": None if before else _turned(connection, pseudonym, today),
        "notes": notes,
        "downloads": downloads.places("/-/search", {"customer": pseudonym}),
        "older": older,
        "themes": _themes(connection, pseudonym),
        "promises": _promises(connection, pseudonym, today),
        "responses": _responses(connection, pseudonym, today),
        "goodwill": _goodwill(connection, pseudonym),
    }


def _notes(connection: sqlite3.Connection, pseudonym: str, before: str, today: date) -> tuple[list[Row], str]:
    """A page of what they said, the newest first, and the address of the next one."""
    instant, _rest, number = before.partition("~")
    further, parameters = "", [pseudonym]
    if number.isascii() and number.isdigit() and len(number) < 19:
        further, parameters = " and (said_at, id) < (?, ?)", [pseudonym, instant, number]
    sql = f"""select {quotes.COLUMNS} from notes where customer = ?{further}
               order by said_at desc, id desc limit {_PAGE + 1}"""
    found = rows(connection, sql, parameters)
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    older = f"{quotes.customer_place(pseudonym)}?before={last['said_at']}~{last['id']}" if last else ""
    return [quotes.quote(note, today, length=280) for note in found[:_PAGE]], older


def _turned(connection: sqlite3.Connection, pseudonym: str, today: date) -> dict[str, Any] | None:
    """The first and the latest words that were marked a complaint or praise, where they differ."""
    sql = f"""select {quotes.COLUMNS} from notes where customer = ? and kind in ('complaint', 'compliment')
               order by said_at %s, id %s limit 1"""
    first = row(connection, sql % ("asc", "asc"), [pseudonym])
    latest = row(connection, sql % ("desc", "desc"), [pseudonym])
    if not first or not latest or first["kind"] == latest["kind"]:
        return None
    return {
        "better": _MOODS[latest["kind"]] > _MOODS[first["kind"]],
        "first": quotes.quote(first, today, length=200),
        "latest": quotes.quote(latest, today, length=200),
    }


def _themes(connection: sqlite3.Connection, pseudonym: str) -> list[Row]:
    sql = f"""select note_themes.theme, count(*) as notes from {_NEWEST} as newest
               cross join note_themes on note_themes.note_id = newest.id group by 1 order by 2 desc, 1 limit ?"""
    found = rows(connection, sql, [pseudonym, _LISTED])
    return [{**one, "place": quotes.found_by(customer=pseudonym, theme=one["theme"])} for one in found]


def _promises(connection: sqlite3.Connection, pseudonym: str, today: date) -> list[Row]:
    sql = f"""select promises.* from {_NEWEST} as newest cross join promises on promises.note_id = newest.id
               order by promises.outcome <> 'open', promises.due_on desc, promises.id desc limit ?"""
    return [steps.promise(one, today) for one in rows(connection, sql, [pseudonym, _LISTED])]


def _responses(connection: sqlite3.Connection, pseudonym: str, today: date) -> list[Row]:
    sql = f"""select responses.* from {_NEWEST} as newest cross join responses on responses.note_id = newest.id
               order by responses.responded_at desc, responses.id desc limit ?"""
    return [steps.response(one, today) for one in rows(connection, sql, [pseudonym, _LISTED])]


def _goodwill(connection: sqlite3.Connection, pseudonym: str) -> list[str]:
    """What they were given altogether, in each currency."""
    sql = f"""select responses.currency, sum(responses.amount) as amount from {_NEWEST} as newest
               cross join responses on responses.note_id = newest.id
               where responses.amount is not null group by 1 order by 1"""
    return [speech.money(one["amount"], one["currency"]) for one in rows(connection, sql, [pseudonym])]
