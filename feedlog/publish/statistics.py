"""Counts by week, month and slice, kept in the published file so that no page counts a million notes."""

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
