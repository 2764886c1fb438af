"""The search page: notes by words and filters, newest first where no word is given."""

import sqlite3
from datetime import date, timedelta
from typing import Any, NamedTuple

from feedlog.language.search import Search
from feedlog.vocabulary import CHANNELS, KINDS
from feedlog.web import quotes, showing, words
from feedlog.web.published import Row, rows

NAMES = ("q", "channel", "kind", "theme", "touchpoint", "customer", "agent", "since", "until", "before")
_FILTERS = ("channel", "kind", "theme", "touchpoint", "customer", "agent", "since", "until")
_BEST = 50
_PAGE = 30
_CARD = 280
_LONGEST_FILTER = 200
_HOW = {
    "inflection": "another form of the word",
    "compound": "part of a longer word",
    "spelling": "spelt differently",
}


class Asked(NamedTuple):
    """What somebody looks for: words, filters that are set, where the page before ended, what was not understood."""

    q: str
    filters: dict[str, str]
    before: tuple[str, int] | None
    misread: list[str]


def asked(given: dict[str, str]) -> Asked:
    """What an address asks for. Anything goes in; what cannot be understood is left out and said."""
    q = showing.clean(given["q"][: words.LONGEST]).replace("\ufffd", " ").strip()
    filters, misread = {}, []
    for name in _FILTERS:
        told = showing.clean(given[name][:_LONGEST_FILTER]).strip()
        if name in ("since", "until") and told and not _is_day(told):
            misread.append(f"“{showing.shorten(told, 40)}” is not a day; write it like 2026-11-21.")
        elif told:
            filters[name] = told.lower() if name in ("theme", "touchpoint") else told
    instant, _, number = given["before"].partition("~")
    before = (instant, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return Asked(q, filters, before, misread)


def context(connection: sqlite3.Connection, asked: Asked, today: date) -> dict[str, Any]:
    """What the page shows."""
    looked_for = words.search(connection, asked.q)
    older = ""
    if not asked.q:
        found, older = _newest(connection, asked, today)
    else:
        found = [] if looked_for.empty else _best(connection, asked, looked_for, today)
    return {
        "asked": asked,
        "found": found,
        "older": older,
        "wordless": bool(asked.q) and looked_for.empty,
        "full": len(found) == _BEST if asked.q else bool(older),
        "choices": _choices(connection, asked),
        "chips": _chips(asked),
        "table": _table(asked),
        "without_filters": quotes.found_by(q=asked.q),
        "count": showing.count,
    }


def _best(connection: sqlite3.Connection, asked: Asked, looked_for: Search, today: date) -> list[Row]:
    conditions, parameters = _conditions(asked.filters)
    only = f"and exists (select 1 from notes where notes.id = notes_fts.rowid {conditions})" if conditions else ""
    ids = looked_for.find(limit=_BEST, only=only, parameters=parameters)
    cards = []
    for note in quotes.by_ids(connection, ids):
        text = showing.clean(note["verbatim"])
        match = looked_for.match(text)
        card = quotes.quote(note, today, length=_CARD)
        cards.append({**card, "pieces": showing.pieces(text, match.spans, _CARD), "how": _HOW.get(match.how, "")})
    return cards


def _newest(connection: sqlite3.Connection, asked: Asked, today: date) -> tuple[list[Row], str]:
    """A page of the newest notes, and the address of the next one."""
    conditions, parameters = _conditions(asked.filters)
    if asked.before:
        conditions += " and (said_at, id) < (?, ?)"
        parameters = [*parameters, *asked.before]
    sql = f"select {quotes.COLUMNS} from notes where true {conditions} order by said_at desc, id desc limit {_PAGE + 1}"
    notes = rows(connection, sql, parameters)
    last = notes[_PAGE - 1] if len(notes) > _PAGE else None
    older = quotes.found_by(**asked.filters, before=f"{last['said_at']}~{last['id']}") if last else ""
    cards = [quotes.quote(note, today, length=_CARD) for note in notes[:_PAGE]]
    return [{**card, "pieces": [showing.Piece(card["text"], False)], "how": ""} for card in cards], older


def _conditions(filters: dict[str, str]) -> tuple[str, list[Any]]:
    """The filters as SQL conditions on `notes`, each with a leading `and`, and their parameters."""
    sql = {
        "theme": "exists (select 1 from note_themes where note_themes.note_id = notes.id and theme = ?)",
        # The day says exactly which notes are meant; the instant beside it lets the index find them.
        "since": "notes.said_on >= ? and notes.said_at >= ?",
        "until": "notes.said_on <= ? and notes.said_at < ?",
    }
    conditions, parameters = "", []
    for name, told in filters.items():
        conditions += f" and {sql.get(name, f'notes.{name} = ?')}"
        parameters.append(told)
        if name in ("since", "until"):
            parameters.append((date.fromisoformat(told) + timedelta(-1 if name == "since" else 2)).isoformat())
    return conditions, parameters


def _choices(connection: sqlite3.Connection, asked: Asked) -> dict[str, list[str]]:
    """What the filters offer; what is chosen is among it even where no note has it."""
    themes = rows(connection, "select name from themes where notes > 0 order by name limit 300")
    touchpoints = rows(connection, "select distinct touchpoint as name from stats_touchpoints order by 1 limit 300")
    offered = {
        "kind": list(KINDS),
        "channel": list(CHANNELS),
        "theme": [row["name"] for row in themes],
        "touchpoint": [row["name"] for row in touchpoints],
    }
    for name, names in offered.items():
        chosen = asked.filters.get(name)
        if chosen and chosen not in names:
            names.append(chosen)
    return offered


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """Filters the form has no field for: what they say, and the address without them."""
    said = {
        "customer": "one customer",
        "agent": f"logged by {asked.filters.get('agent')}",
        "since": f"since {asked.filters.get('since')}",
        "until": f"until {asked.filters.get('until')}",
    }
    chips = []
    for name in said.keys() & asked.filters.keys():
        rest = {other: told for other, told in asked.filters.items() if other != name}
        chips.append((said[name], quotes.found_by(q=asked.q, **rest)))
    return sorted(chips)


def _table(asked: Asked) -> str:
    """The same notes in Datasette's table."""
    names = {"theme": "themes__arraycontains", "since": "said_on__gte", "until": "said_on__lte"}
    told = {names.get(name, name): value for name, value in asked.filters.items()}
    return quotes.found_by(_search=asked.q, **told).replace("/-/search", "/feedlog/notes")


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date(1900, 1, 1) <= date.fromisoformat(text) <= date(9999, 12, 1)
    except ValueError:
        return False
