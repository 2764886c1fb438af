"""One note: the sentence, what the agent read between the lines, what was done, who else said it."""

import sqlite3
from datetime import date
from typing import Any

from feedlog import when
from feedlog.web import quotes, showing, speech, steps
from feedlog.web.published import Row, row, rows

_OTHERS = 8
_OF_CUSTOMER = 5
# A longer text is set smaller, and one beyond any reader's patience is folded away.
_LARGE = 240
_UNFOLDED = 1500


def context(connection: sqlite3.Connection, number: str, today: date) -> dict[str, Any] | None:
    """What the page of the note shows; None where there is no such note."""
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    note = row(connection, "select * from notes where id = ?", [int(number)])
    if note is None:
        return None
    text = showing.clean(note["verbatim"])
    others = quotes.others(connection, note)
    promises = rows(connection, "select * from promises where note_id = ? order by due_on, id", [note["id"]])
    taken = rows(connection, "select * from responses where note_id = ? order by responded_at, id", [note["id"]])
    return {
        "note": {**note, **quotes.quote(note, today, length=60)},
        "text": text,
        "folded": showing.shorten(note["verbatim"], _UNFOLDED) if len(text) > _UNFOLDED else "",
        "large": len(text) <= _LARGE,
        "reading": showing.clean(note["reading"] or ""),
        "said": speech.moment(when.local(note["said_at"]), today),
        "logged": speech.moment(when.local(note["logged_at"]), today),
        "promises": [steps.promise(one, today) for one in promises],
        "responses": [steps.response(one, today) for one in taken],
        "answered_within": None if note["answer_minutes"] is None else showing.minutes(note["answer_minutes"]),
        "closed": showing.day(note["closed_on"], today) if note["closed_on"] else "",
        "others": [quotes.quote(other, today, length=160) for other in others[:_OTHERS]],
        "others_counted": quotes.customers(others),
        "others_since": showing.since(min(one["said_on"] for one in others), today) if others else "",
        "of_customer": _of_customer(connection, note, today),
    }


def _of_customer(connection: sqlite3.Connection, note: Row, today: date) -> dict[str, Any]:
    """What the same customer said otherwise, the newest first."""
    if not note["customer"]:
        return {"notes": []}
    sql = f"""select {quotes.COLUMNS} from notes where customer = ? and id <> ?
               order by said_at desc, id desc limit {_OF_CUSTOMER}"""
    found = rows(connection, sql, [note["customer"], note["id"]])
    return {
        "notes": [quotes.quote(other, today, length=110) for other in found],
        "place": quotes.customer_place(note["customer"]),
    }
