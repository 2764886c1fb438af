"""One note: the sentence, what the agent read between the lines, what was done, who else said it."""

import sqlite3
from datetime import date
from typing import Any

from feedlog import when
from feedlog.web import quotes, showing
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
    return {
        "note": {**note, **quotes.quote(note, today, length=60)},
        "text": text,
        "folded": showing.shorten(note["verbatim"], _UNFOLDED) if len(text) > _UNFOLDED else "",
        "large": len(text) <= _LARGE,
        "reading": showing.clean(note["reading"] or ""),
        "said": when.spoken(note["said_at"], now=when.clock()),
        "logged": when.spoken(note["logged_at"], now=when.clock()),
        "promises": _promises(connection, note, today),
        "responses": _responses(connection, note, today),
        "others": [quotes.quote(other, today, length=160) for other in others[:_OTHERS]],
        "others_counted": quotes.customers(others),
        "others_since": showing.date_text(date.fromisoformat(min(one["said_on"] for one in others)), today)
        if others
        else "",
        "of_customer": _of_customer(connection, note, today),
        "count": showing.count,
        "found_by": quotes.found_by,
    }


def _promises(connection: sqlite3.Connection, note: Row, today: date) -> list[Row]:
    found = rows(connection, "select * from promises where note_id = ? order by due_on, id", [note["id"]])
    for promise in found:
        promise["what"] = showing.clean(promise["what"])
        promise["why"] = showing.clean(promise["why"] or "")
        promise["late"] = promise["outcome"] == "open" and promise["due_on"] < today.isoformat()
        promise["state"] = _state(promise, today)
    return found


def _state(promise: Row, today: date) -> str:
    moved = {0: "", 1: ", moved once"}.get(promise["moved"], f", moved {promise['moved']} times")
    if promise["outcome"] == "open":
        due = showing.due(promise["due_on"], today)
        return (f"open, {due}" if promise["late"] else f"open, due {due}") + moved
    ended = showing.day(promise["ended_on"] or promise["due_on"], today)
    late = ", after its day" if promise["in_time"] == 0 else ""
    return f"{promise['outcome']} {ended}{late}{moved}"


def _responses(connection: sqlite3.Connection, note: Row, today: date) -> list[Row]:
    found = rows(connection, "select * from responses where note_id = ? order by responded_at, id", [note["id"]])
    for response in found:
        response["text"] = showing.clean(response["text"] or "")
        response["on"] = showing.day(when.local(response["responded_at"]).date().isoformat(), today)
        amount = response["amount"]
        response["given"] = (
            "" if amount is None else f"{amount:,.2f}".removesuffix(".00") + f" {response['currency'] or ''}"
        )
    return found


def _of_customer(connection: sqlite3.Connection, note: Row, today: date) -> dict[str, Any]:
    """What the same customer said otherwise, the newest first."""
    if not note["customer"]:
        return {"notes": [], "more": False}
    sql = f"""select {quotes.COLUMNS} from notes where customer = ? and id <> ?
               order by said_at desc, id desc limit {_OF_CUSTOMER + 1}"""
    found = rows(connection, sql, [note["customer"], note["id"]])
    return {
        "notes": [quotes.quote(other, today, length=110) for other in found[:_OF_CUSTOMER]],
        "more": len(found) > _OF_CUSTOMER,
        "place": quotes.found_by(customer=note["customer"]),
    }
