"""The search page: notes by words and filters, newest first where no word is given, with counts beside them."""

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from feedlog.language.search import Search
from feedlog.web import downloads, periods, quotes, showing, speech, terms, words
from feedlog.web.published import Row, rows, value
from feedlog.web.speech import _

_FILTERS = ("kind", "channel", "theme", "touchpoint", "customer", "agent", "answered", "since", "until")
NAMES = ("q", "before", *_FILTERS)
_BEST = 50
_PAGE = 30
_CARD = 280
_LONGEST_FILTER = 200
# Beside the results stands what the newest of them are about. More would keep the reader waiting.
_COUNTED = 1000
_CHOICES = 12
# How the rows by day call it where a note does not say.
_NOT_SAID = (("kind", "unknown"), ("channel", "unknown"))
# The plus sign keeps SQLite from walking the theme for every note instead of the note's few themes.
_BEARS = "exists (select 1 from note_themes where note_themes.note_id = {note_id} and +note_themes.theme = ?)"


class Asked(NamedTuple):
    """What somebody looks for: words, filters that are set, where the page before ended, what was not understood."""

    q: str
    filters: dict[str, str]
    before: tuple[str, int] | None
    misread: list[str]

    def place(self, **changed: str) -> str:
        """The address of the same with some filters changed; an empty one is left out."""
        return quotes.found_by(**{"q": self.q, **self.filters, **changed})


def asked(given: Mapping[str, str]) -> Asked:
    """What an address asks for. Anything goes in; what cannot be understood is left out and said."""
    q = showing.clean(given["q"][: words.LONGEST]).replace("\ufffd", " ").strip()
    filters, misread = {}, []
    for name in _FILTERS:
        told = showing.clean(given[name][:_LONGEST_FILTER]).strip()
        if name in ("since", "until") and told and not _is_day(told):
            misread.append(
                _(
                    "%(day)s is not a day; write it like %(example)s.",
                    day=speech.quoted(showing.shorten(told, 40)),
                    example="2026-11-21",
                )
            )
        elif name == "answered" and told not in ("", "no", "yes"):
            misread.append(_("Answered is yes or no."))
        elif told:
            filters[name] = told.lower() if name in ("theme", "touchpoint") else told
    if filters.get("since", "") > filters.get("until", "9999"):
        misread.append(_("The last day lies before the first."))
        del filters["until"]
    instant, _rest, number = given["before"].partition("~")
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
    ids = _counted(connection, asked, looked_for) if found else []
    return {
        "asked": asked,
        "found": found,
        "older": older,
        "wordless": bool(asked.q) and looked_for.empty,
        "full": len(found) == _BEST if asked.q else bool(older),
        "counted_notes": len(ids),
        "total": total(connection, asked),
        "of_newest": len(ids) == _COUNTED,
        "sides": _sides(connection, asked, ids),
        "chips": _chips(asked),
        "table": _table(asked),
        "downloads": downloads.places("/-/search", {"q": asked.q, **asked.filters}),
        "without_filters": quotes.found_by(q=asked.q),
    }


def _best(connection: sqlite3.Connection, asked: Asked, looked_for: Search, today: date) -> list[Row]:
    only, parameters = _only(asked)
    ids = looked_for.find(limit=_BEST, only=only, parameters=parameters)
    cards = []
    for note in quotes.by_ids(connection, ids):
        text = showing.clean(note["verbatim"])
        match = looked_for.match(text)
        card = quotes.quote(note, today, length=_CARD)
        cards.append({**card, "pieces": showing.pieces(text, match.spans, _CARD), "how": terms.how(match.how)})
    return cards


def _newest(connection: sqlite3.Connection, asked: Asked, today: date) -> tuple[list[Row], str]:
    """A page of the newest notes, and the address of the next one."""
    sql, parameters = listed(asked, quotes.COLUMNS)
    notes = rows(connection, f"{sql} limit {_PAGE + 1}", parameters)
    last = notes[_PAGE - 1] if len(notes) > _PAGE else None
    older = asked.place(before=f"{last['said_at']}~{last['id']}") if last else ""
    cards = [quotes.quote(note, today, length=_CARD) for note in notes[:_PAGE]]
    return [{**card, "pieces": [showing.Piece(card["text"], False)], "how": ""} for card in cards], older


def listed(asked: Asked, columns: str) -> tuple[str, list[Any]]:
    """A statement for the notes that fit the filters, the newest first, and its parameters. Words are left aside."""
    conditions, parameters = _conditions({name: told for name, told in asked.filters.items() if name != "theme"})
    theme = asked.filters.get("theme")
    if theme:  # the theme's notes lie side by side, in their order: nothing else needs to be looked at
        source = "note_themes cross join notes on notes.id = note_themes.note_id"
        conditions = f" and note_themes.theme = ?{conditions}"
        parameters = [theme, *parameters]
        order = "note_themes.said_at desc, note_themes.note_id desc"
    else:
        source, order = "notes", "notes.said_at desc, notes.id desc"
    if asked.before:
        conditions += (
            " and (note_themes.said_at, note_themes.note_id) < (?, ?)"
            if theme
            else " and (notes.said_at, notes.id) < (?, ?)"
        )
        parameters = [*parameters, *asked.before]
    return f"select {columns} from {source} where true{conditions} order by {order}", parameters


def matching(connection: sqlite3.Connection, asked: Asked, limit: int) -> list[int]:
    """The ids of the newest notes that fit words and filters, at most `limit`."""
    looked_for = words.search(connection, asked.q)
    only, parameters = _only(asked)
    looked_for.find(limit=_BEST, only=only, parameters=parameters)  # to come to look for as much as the page does
    return [] if asked.q and looked_for.empty else _counted(connection, asked, looked_for, limit)


def _counted(connection: sqlite3.Connection, asked: Asked, looked_for: Search, limit: int = _COUNTED) -> list[int]:
    if asked.q:
        only, parameters = _only(asked)
        return looked_for.newest(limit=limit, only=only, parameters=parameters)
    sql, parameters = listed(asked._replace(before=None), "notes.id")
    return [found[0] for found in connection.execute(f"{sql} limit {limit}", parameters)]


def _only(asked: Asked) -> tuple[str, list[Any]]:
    """The filters as a condition on the search index, and its parameters."""
    only, parameters = "", []
    if "theme" in asked.filters:  # asked of the index itself, so that most notes need not be looked up
        only = f" and {_BEARS.format(note_id='notes_fts.rowid')}"
        parameters.append(asked.filters["theme"])
    conditions, further = _conditions({name: told for name, told in asked.filters.items() if name != "theme"})
    if conditions:
        only += f" and exists (select 1 from notes where notes.id = notes_fts.rowid{conditions})"
    return only, [*parameters, *further]


def _conditions(filters: dict[str, str]) -> tuple[str, list[Any]]:
    """The filters as SQL conditions on `notes`, each with a leading `and`, and their parameters."""
    sql = {
        "theme": _BEARS.format(note_id="notes.id"),
        # The day says exactly which notes are meant; the instant beside it lets the index find them.
        "since": "notes.said_on >= ? and notes.said_at >= ?",
        "until": "notes.said_on <= ? and notes.said_at < ?",
    }
    conditions, parameters = "", []
    for name, told in filters.items():
        if name == "answered":
            conditions += f" and notes.answered_at is {'not ' if told == 'yes' else ''}null"
            continue
        if (name, told) in _NOT_SAID:
            conditions += f" and notes.{name} is null"
            continue
        conditions += f" and {sql.get(name, f'notes.{name} = ?')}"
        parameters.append(told)
        if name in ("since", "until"):
            parameters.append((date.fromisoformat(told) + timedelta(-1 if name == "since" else 2)).isoformat())
    return conditions, parameters


def _sides(connection: sqlite3.Connection, asked: Asked, ids: list[int]) -> list[tuple[str, list[Row]]]:
    """What the notes found are about, each with how many of them and the address of those alone."""
    these = f"({', '.join(map(str, ids))})"
    sql = f"select %s as name, count(*) as notes from %s in {these} and %s is not null group by 1 order by 2 desc, 1"
    sides = {
        "kind": (_("Kind"), terms.kind, sql % ("kind", "notes where id", "kind")),
        "channel": (_("How it reached us"), terms.channel, sql % ("channel", "notes where id", "channel")),
        "theme": (_("Theme"), showing.clean, sql % ("theme", "note_themes where note_id", "theme")),
        "touchpoint": (_("Touchpoint"), showing.clean, sql % ("touchpoint", "notes where id", "touchpoint")),
        "month": (_("When"), _month, sql.replace("2 desc, 1", "1 desc") % ("month", "notes where id", "month")),
    }
    found = []
    for name, (title, told, statement) in sides.items():
        counted = rows(connection, f"{statement} limit {_CHOICES}") if ids else []
        choices = [
            {**one, "told": told(one["name"]), "place": asked.place(**_filter(name, one["name"]))} for one in counted
        ]
        if name not in asked.filters and len(choices) > (name == "month"):
            found.append((title, choices))
    return found


def _filter(name: str, told: str) -> dict[str, str]:
    if name != "month":
        return {name: told}
    first = date.fromisoformat(f"{told}-01")
    return {"since": str(first), "until": str(periods.next_month(first) - timedelta(1))}


def _month(stored: str) -> str:
    return periods.capital(speech.month_name(date.fromisoformat(f"{stored}-01")))


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """The filters that are set: what they say, and the address without them."""
    filters = asked.filters
    said = {
        "kind": terms.kind(filters.get("kind")),
        "channel": terms.channel(filters.get("channel")),
        "theme": filters.get("theme", ""),
        "touchpoint": filters.get("touchpoint", ""),
        "customer": _("one customer"),
        "agent": _("logged by %(agent)s", agent=filters.get("agent", "")),
        "answered": _("nobody has answered") if filters.get("answered") == "no" else _("answered"),
        "since": _("since %(day)s", day=filters.get("since", "")),
        "until": _("until %(day)s", day=filters.get("until", "")),
    }
    return [(said[name], asked.place(**{name: ""})) for name in said if name in filters]


def _table(asked: Asked) -> str:
    """The same notes in Datasette's table."""
    names = {"theme": "themes__arraycontains", "since": "said_on__gte", "until": "said_on__lte"}
    told = {
        names.get(name, name): value
        for name, value in asked.filters.items()
        if name != "answered" and (name, value) not in _NOT_SAID
    }
    told.update({f"{name}__isnull": "1" for name, value in _NOT_SAID if asked.filters.get(name) == value})
    if "answered" in asked.filters:
        told[f"answered_at__{'notnull' if asked.filters['answered'] == 'yes' else 'isnull'}"] = "1"
    return quotes.found_by(_search=asked.q, **told).replace("/-/search", "/feedlog/notes")


def total(connection: sqlite3.Connection, asked: Asked) -> int | None:
    """How many notes fit, where rows by day tell it; None where each would have to be looked at."""
    if asked.q or set(asked.filters) - {"kind", "channel", "since", "until"}:
        return None
    sql = "select coalesce(sum(notes), 0) from stats_days where said_on between ? and ?"
    parameters = [asked.filters.get("since", ""), asked.filters.get("until", "9999")]
    for name in ("kind", "channel"):
        if name in asked.filters:
            sql += f" and {name} = ?"
            parameters.append(asked.filters[name])
    return int(value(connection, sql, parameters))


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date(1900, 1, 1) <= date.fromisoformat(text) <= date(9999, 12, 1)
    except ValueError:
        return False
