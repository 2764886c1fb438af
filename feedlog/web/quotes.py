"""Notes as quotations: the sentence, and the quiet line below it."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote as escaped
from urllib.parse import urlencode

from datasette.utils import tilde_encode

from feedlog.language.similar import similar
from feedlog.web import showing, terms, words
from feedlog.web.published import Row, rows, value

COLUMNS = """
    notes.id, notes.said_on, notes.said_at, notes.verbatim, notes.reading, notes.kind, notes.channel, notes.touchpoint,
    notes.themes, notes.customer, notes.initials, notes.corrected, notes.answered_at"""
# The others of a note stay the same until something is published; looking for them takes longer than the whole page.
_others_counted: dict[tuple[int, str], tuple[int, str]] = {}
_MOST_COUNTED = 500
# Of notes that are as alike as all these together nobody needs an exact number.
_MOST_ALIKE = 200


def quote(note: Row, today: date, *, length: int) -> Row:
    """A note for a template: `text` at most about `length` characters, `said` as a day, `themes` as a list."""
    return {
        **note,
        "text": showing.shorten(note["verbatim"], length),
        "said": showing.day(note["said_on"], today),
        "who": showing.clean(note["initials"] or ""),
        "kind_told": terms.kind(note["kind"]) if note["kind"] else "",
        "channel_told": terms.channel(note["channel"]) if note["channel"] else "",
        "themes": themes(note),
        "place": f"/-/note/{note['id']}",
        "customer_place": customer_place(note["customer"]) if note["customer"] else "",
    }


def themes(note: Row) -> list[str]:
    """The themes of a published note."""
    return [str(theme) for theme in json.loads(note["themes"])]


def found_by(**asked: Any) -> str:
    """The address of the notes behind a figure."""
    return "/-/search?" + urlencode({name: told for name, told in asked.items() if told})


def theme_place(name: str) -> str:
    """The address of a theme's page."""
    # As Datasette does it, since a slash would be read as the next part of the address, escaped or not.
    return f"/-/theme/{tilde_encode(name)}"


def customer_place(pseudonym: str) -> str:
    """The address of a customer's page."""
    return f"/-/customer/{escaped(pseudonym, safe='')}"


def by_ids(connection: sqlite3.Connection, ids: list[int]) -> list[Row]:
    """The notes of these numbers that are published, in the order asked for."""
    marks = ", ".join("?" * len(ids))
    found = {row["id"]: row for row in rows(connection, f"select {COLUMNS} from notes where id in ({marks})", ids)}
    return [found[number] for number in ids if number in found]


def others(connection: sqlite3.Connection, note: Row) -> list[Row]:
    """What other customers said like this, strongly enough to say so aloud, most alike first, with `shared` words."""
    alike = similar(
        connection,
        note["verbatim"],
        words.stems(connection),
        limit=_MOST_ALIKE,
        only="and notes_fts.rowid <> ?",
        parameters=[note["id"]],
    )
    shared = {one.note_id: one.shared for one in alike if one.strong}
    found = by_ids(connection, list(shared))
    return [
        {**row, "shared": shared[row["id"]]}
        for row in found
        if row["customer"] is None or row["customer"] != note["customer"]
    ]


def with_others(connection: sqlite3.Connection, shown: Iterable[Row], today: date) -> None:
    """Says of each of these how many `others` said something like it, and `since` when."""
    sql = "select group_concat(value) from publication where name in ('log', 'change', 'customer', 'published_at')"
    published = value(connection, sql)
    for note in shown:
        counted = _others_counted.get((note["id"], published))
        if counted is None:
            alike = others(connection, note)
            counted = customers(alike), min((one["said_on"] for one in alike), default="")
            if len(_others_counted) >= _MOST_COUNTED:
                _others_counted.clear()
            _others_counted[note["id"], published] = counted
        note["others"] = counted[0]
        note["since"] = showing.since(counted[1], today) if counted[1] else ""


def customers(notes: list[Row]) -> int:
    """How many known customers are behind these notes."""
    return len({note["customer"] for note in notes if note["customer"]})


def reads_well(text: str) -> bool:
    """Whether a sentence can be set large: long enough to say something, short enough to be read at a glance."""
    return 24 <= len(text) <= 140 and len(text.split()) >= 4 and showing.is_harmless(text)
