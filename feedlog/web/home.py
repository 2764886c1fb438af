"""The first page: this week in their words."""

import sqlite3
from datetime import date, timedelta
from typing import Any, NamedTuple

from feedlog import when
from feedlog.web import quotes, showing
from feedlog.web.published import Row, row, rows, value

_QUOTES = 6
_PRAISE = 2
_LISTED = 6
# Looking for others takes a search each; the lead and those beside it are what people read.
_OTHERS_LOOKED_FOR = 3


class Span(NamedTuple):
    """An ISO week, up to and with the day `until`."""

    week: str
    since: date
    until: date

    def before(self) -> "Span":
        """The week before, up to the same weekday: half a week is not compared with a whole one."""
        return Span(
            when.week((self.since - timedelta(7)).isoformat()), self.since - timedelta(7), self.until - timedelta(7)
        )

    @property
    def place(self) -> str:
        """The address of its notes."""
        return quotes.found_by(since=self.since.isoformat(), until=self.until.isoformat())


def context(connection: sqlite3.Connection, today: date) -> dict[str, Any]:
    """What the page shows; `span` is None where nothing has been logged yet."""
    span = _span(connection, today)
    if span is None:
        return {"span": None}
    return {
        "span": span,
        "week_number": int(span.week[-2:]),
        "days": _days(span, today),
        "current": span.until == today,
        "counted": _counted(connection, span),
        "before": _counted(connection, span.before()),
        "before_place": span.before().place,
        "quotes": _quotes(connection, today),
        "praise": _praise(connection, today),
        "rising": _rising(connection, span),
        "words": _overused(connection, span),
        "waiting": _waiting(connection, today),
        "channels": _sliced(connection, span, "channel"),
        "kinds": _sliced(connection, span, "kind"),
        "count": showing.count,
    }


def _span(connection: sqlite3.Connection, today: date) -> Span | None:
    """This week up to today; the newest week with notes where this one has none."""
    this = when.week(today.isoformat())
    week = value(connection, "select max(week) from stats_weeks where week <= ?", [this])
    week = week or value(connection, "select max(week) from stats_weeks")
    if week is None:
        return None
    monday = date.fromisocalendar(int(week[:4]), int(week[-2:]), 1)
    return Span(week, monday, today if week == this else monday + timedelta(6))


def _days(span: Span, today: date) -> str:
    sunday = span.since + timedelta(6)
    first = (
        str(span.since.day)
        if span.since.month == sunday.month
        else f"{span.since.day} {when.MONTHS[span.since.month - 1]}"
    )
    return f"{first} to {showing.date_text(sunday, today)}"


def _counted(connection: sqlite3.Connection, span: Span) -> Row:
    sql = "select count(*) as notes, count(distinct customer) as customers from notes where week = ? and said_on <= ?"
    return row(connection, sql, [span.week, span.until.isoformat()]) or {}


def _quotes(connection: sqlite3.Connection, today: date) -> list[Row]:
    """The newest notes but praise, the first of them one that reads well set large."""
    sql = f"select {quotes.COLUMNS} from notes where kind is not 'compliment' order by said_at desc, id desc limit 40"
    newest = rows(connection, sql)
    lead = next((note for note in newest if _reads_well(note["verbatim"])), None)
    chosen = ([lead] if lead else []) + [note for note in newest if note is not lead]
    shown = [quotes.quote(note, today, length=240) for note in chosen[:_QUOTES]]
    for note in shown[:_OTHERS_LOOKED_FOR]:
        others = quotes.others(connection, note)
        note["others"] = quotes.customers(others)
        note["since"] = (
            showing.date_text(date.fromisoformat(min(one["said_on"] for one in others)), today) if others else ""
        )
    return shown


def _reads_well(text: str) -> bool:
    return 24 <= len(text) <= 140 and len(text.split()) >= 4 and showing.is_harmless(text)


def _praise(connection: sqlite3.Connection, today: date) -> list[Row]:
    sql = f"select {quotes.COLUMNS} from notes where kind = 'compliment' order by said_at desc, id desc limit ?"
    return [quotes.quote(note, today, length=240) for note in rows(connection, sql, [_PRAISE])]


def _rising(connection: sqlite3.Connection, span: Span) -> list[Row]:
    before = span.before()
    sql = """
        select theme, count(*) filter (where notes.week = ?1) as now, count(*) filter (where notes.week = ?2) as before
          from notes join note_themes on note_themes.note_id = notes.id
         where (notes.week = ?1 and notes.said_on <= ?3) or (notes.week = ?2 and notes.said_on <= ?4)
         group by theme having now > before order by now - before desc, now desc, theme limit ?5"""
    found = rows(connection, sql, [span.week, before.week, span.until.isoformat(), before.until.isoformat(), _LISTED])
    for theme in found:
        theme["few"] = theme["now"] < showing.FEW
        theme["place"] = quotes.found_by(
            theme=theme["theme"], since=span.since.isoformat(), until=span.until.isoformat()
        )
    return found


def _overused(connection: sqlite3.Connection, span: Span) -> list[Row]:
    """The words customers use more than usual in the month the week ends in."""
    month = span.until.isoformat()[:7]
    found = rows(
        connection,
        "select word, notes from stats_words where month = ? order by score desc, word limit ?",
        [month, _LISTED],
    )
    for word in found:
        word["place"] = quotes.found_by(q=word["word"], since=f"{month}-01", until=span.until.isoformat())
    return found


def _waiting(connection: sqlite3.Connection, today: date) -> dict[str, Any]:
    """Promises that are open, overdue ones first."""
    sql = (
        "select note_id, what, due_on, owner, initials from promises where outcome = 'open' order by due_on, id limit ?"
    )
    listed = rows(connection, sql, [_LISTED])
    for promise in listed:
        promise["what"] = showing.shorten(promise["what"], 90)
        promise["due"] = showing.due(promise["due_on"], today)
        promise["late"] = promise["due_on"] < today.isoformat()
    counted = "select count(*) as open, count(*) filter (where due_on < ?) as late from promises where outcome = 'open'"
    return {"listed": listed, **(row(connection, counted, [today.isoformat()]) or {})}


def _sliced(connection: sqlite3.Connection, span: Span, column: str) -> list[Row]:
    """This week's notes by channel or kind, the most first."""
    sql = f"""select {column} as name, count(*) as notes from notes
               where week = ? and said_on <= ? and {column} is not null group by {column} order by notes desc, name"""
    found = rows(connection, sql, [span.week, span.until.isoformat()])
    for slice_ in found:
        asked = {column: slice_["name"], "since": span.since.isoformat(), "until": span.until.isoformat()}
        slice_["place"] = quotes.found_by(**asked)
    return found
