"""The words customers use more than usual: in a period, and in one theme, channel or kind of notes."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from feedlog.vocabulary import CHANNELS, KINDS
from feedlog.web import counting, downloads, overused, periods, quotes, search, showing, speech, terms, words
from feedlog.web.periods import Period
from feedlog.web.published import Row, rows

FILTERS = ("theme", "channel", "kind")
_LIMIT = 30


def context(connection: sqlite3.Connection, period: Period, given: Mapping[str, str], today: date) -> dict[str, Any]:
    """What the page shows."""
    filters = _filters(given)
    found = _slice(connection, period, filters)
    _exemplify(connection, found.words, today)
    for word in found.words:
        word["place"] = quotes.found_by(q=word["word"], **filters, **period.filters)
        word["times"] = _times(word)
    return {
        "period": period,
        "periods": periods.chooser("/-/words", period, today, **filters),
        "today": today,
        "filters": filters,
        "slice": found,
        "downloads": downloads.places("/-/words", {**period.asked, **filters}),
        "choices": _choices(connection, filters),
        "chips": [
            (_told(name, told), periods.place("/-/words", period, **{**filters, name: ""}))
            for name, told in filters.items()
        ],
    }


def said(connection: sqlite3.Connection, period: Period, given: Mapping[str, str]) -> overused.Slice:
    """The words of a period, in one theme, channel or kind where asked for."""
    return _slice(connection, period, _filters(given))


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    return {name: showing.clean(given[name][:200]).strip() for name in FILTERS if given.get(name, "").strip()}


def _slice(connection: sqlite3.Connection, period: Period, filters: dict[str, str]) -> overused.Slice:
    """The words of a whole month as publishing counted them, else of the slice's newest notes."""
    month = period.since.isoformat()[:7]
    if period.kind == "month" and not filters and month in overused.months(connection):
        counted = counting.notes(connection, period)["notes"]
        return overused.Slice(counted, False, overused.of_month(connection, month, _LIMIT))
    asked = search.Asked("", {**filters, **period.filters}, None, [])
    sql, parameters = search.listed(asked, "notes.id")
    names = [filters["theme"]] if "theme" in filters else []
    return overused.of_notes(connection, sql, parameters, limit=_LIMIT, names=names)


def _exemplify(connection: sqlite3.Connection, listed: list[Row], today: date) -> None:
    """Puts beside each word the sentence it was last said in, cut around the word."""
    ids = [word["note_id"] for word in listed if word["note_id"]]
    notes = {note["id"]: note for note in quotes.by_ids(connection, list(dict.fromkeys(ids)))}
    for word in listed:
        note = notes.get(word["note_id"])
        if note is None:
            continue
        text = showing.clean(note["verbatim"])
        looked_for = words.search(connection, word["word"])
        word["pieces"] = showing.pieces(text, looked_for.match(text).spans, 140)
        word["note"] = quotes.quote(note, today, length=140)


def _times(word: Row) -> str:
    """How many times as often it is said here; empty where it is said nowhere else."""
    if not word["share_elsewhere"]:
        return ""
    times = word["share"] / word["share_elsewhere"]
    return speech.figure(times, 1 if times < 9.95 else 0)


def _choices(connection: sqlite3.Connection, filters: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What the form offers; what is chosen is among it even where no note has it."""
    themes = rows(connection, "select name from themes where notes > 0 order by notes desc, name limit 200")
    offered = {"theme": sorted(one["name"] for one in themes), "channel": list(CHANNELS), "kind": list(KINDS)}
    for name, told in filters.items():
        if told not in offered[name]:
            offered[name].append(told)
    return {name: [(one, _told(name, one)) for one in names] for name, names in offered.items()}


def _told(name: str, told: str) -> str:
    return {"channel": terms.channel, "kind": terms.kind}.get(name, showing.clean)(told)
