"""Counts by day, week, month and slice, kept in the published file so that no page counts a million notes."""

import sqlite3
from collections.abc import Iterable

_OF_SPAN = """
    insert into stats_{span}s ({span}, notes, customers, complaints, compliments)
      select {span}, count(*), count(distinct customer), count(*) filter (where kind = 'complaint'),
             count(*) filter (where kind = 'compliment')
        from notes where {span} = ? group by {span}"""
_OF_SLICE = """
    insert into stats_{slice}s (month, {slice}, notes, customers)
      select month, {slice}, count(*), count(distinct customer)
        from notes where month = ? and {slice} is not null group by {slice}"""
_OF_THEMES = """
    insert into stats_themes (month, theme, notes, customers)
      select notes.month, note_themes.theme, count(*), count(distinct notes.customer)
        from notes join note_themes on note_themes.note_id = notes.id
       where notes.month = ? group by note_themes.theme"""
_OF_DAYS = """
    insert into stats_days (said_on, channel, kind, notes, answered)
      select said_on, coalesce(channel, 'unknown'), coalesce(kind, 'unknown'), count(*), count(answered_at)
        from notes {where} group by 1, 2, 3"""
_OF_THEME_DAYS = """
    insert into stats_theme_days (said_on, theme, notes)
      select notes.said_on, note_themes.theme, count(*)
        from notes cross join note_themes on note_themes.note_id = notes.id {where} group by 1, 2"""
SLICES = ("channel", "kind", "touchpoint")


def recount(connection: sqlite3.Connection, weeks: Iterable[str], months: Iterable[str]) -> None:
    """Counts these weeks and months anew; a span without notes leaves no row."""
    for week in sorted(weeks):
        connection.execute("delete from stats_weeks where week = ?", [week])
        connection.execute(_OF_SPAN.format(span="week"), [week])
    for month in sorted(months):
        connection.execute("delete from stats_months where month = ?", [month])
        connection.execute(_OF_SPAN.format(span="month"), [month])
        for each in SLICES:
            connection.execute(f"delete from stats_{each}s where month = ?", [month])
            connection.execute(_OF_SLICE.format(slice=each), [month])
        connection.execute("delete from stats_themes where month = ?", [month])
        connection.execute(_OF_THEMES, [month])


def recount_days(connection: sqlite3.Connection, days: Iterable[str] | None) -> None:
    """Counts these days anew, all where `days` is None; a day without notes leaves no row."""
    for table, sql in (("stats_days", _OF_DAYS), ("stats_theme_days", _OF_THEME_DAYS)):
        if days is None:
            connection.execute(f"delete from {table}")
            connection.execute(sql.format(where=""))
            continue
        for day in sorted(days):
            connection.execute(f"delete from {table} where said_on = ?", [day])
            connection.execute(sql.format(where="where notes.said_on = ?"), [day])
