"""Counts of what became of the notes, kept in the published file: promises, answers, steps, goodwill."""

import sqlite3
from collections.abc import Iterable

_PROMISES = """
    insert into stats_promises (month, promises, kept_in_time, kept_late, broken, open, moved)
      select ?1, count(*), count(*) filter (where in_time = 1), count(*) filter (where in_time = 0),
             count(*) filter (where outcome = 'broken'), count(*) filter (where outcome = 'open'),
             count(*) filter (where moved > 0)
        from promises where counts_on between ?1 || '-01' and ?1 || '-31' having count(*) > 0"""
_RESPONSES = """
    insert into stats_responses (month, kind, responses, notes)
      select notes.month, responses.kind, count(*), count(distinct responses.note_id)
        from notes cross join responses on responses.note_id = notes.id
       where notes.month = ?1 and notes.answered_at is not null group by responses.kind"""
# Goodwill on a note with two themes counts for either; 'all' counts it once.
_GOODWILL = """
    insert into stats_goodwill (month, theme, currency, times, amount)
      with given as (
        select notes.id, notes.month, responses.currency, responses.amount
          from notes cross join responses on responses.note_id = notes.id
         where notes.month = ?1 and notes.answered_at is not null and responses.amount is not null)
      select month, 'all', currency, count(*), round(sum(amount), 2) from given group by currency
       union all
      select month, theme, currency, count(*), round(sum(amount), 2)
        from given join note_themes on note_themes.note_id = given.id
       where theme <> 'all' group by theme, currency"""
_MEDIAN = """
    select answer_minutes from notes
     where month = ?1 and answered_at is not null and (?2 = 'all' or channel = ?2)
     order by answer_minutes limit 1 offset ?3"""


def recount(connection: sqlite3.Connection, months: Iterable[str], due_months: Iterable[str]) -> None:
    """Counts anew the promises that are measured in `due_months`, and what was done about notes said in `months`."""
    for month in sorted(due_months):
        connection.execute("delete from stats_promises where month = ?", [month])
        connection.execute(_PROMISES, [month])
    for month in sorted(months):
        for table, sql in (("stats_responses", _RESPONSES), ("stats_goodwill", _GOODWILL)):
            connection.execute(f"delete from {table} where month = ?", [month])
            connection.execute(sql, [month])
        _recount_answers(connection, month)


def _recount_answers(connection: sqlite3.Connection, month: str) -> None:
    connection.execute("delete from stats_answers where month = ?", [month])
    answered = {
        row[0]: (row[1], row[2])
        for row in connection.execute(
            """select channel, count(*), count(closed_on) from notes
                where month = ? and answered_at is not null group by channel""",
            [month],
        )
    }
    totals = connection.execute("select notes from stats_months where month = ?", [month]).fetchone()
    by_channel = connection.execute("select channel, notes from stats_channels where month = ?", [month]).fetchall()
    counts = [("all", totals[0])] if totals else []
    counts += [(row[0], row[1]) for row in by_channel]
    for channel, notes in counts:
        found = list(answered.values()) if channel == "all" else [answered.get(channel, (0, 0))]
        count, closed = sum(pair[0] for pair in found), sum(pair[1] for pair in found)
        # The lower of the two in the middle, as is usual for an even count of whole minutes.
        middle = connection.execute(_MEDIAN, [month, channel, (count - 1) // 2]).fetchone() if count else None
        connection.execute(
            "insert into stats_answers (month, channel, notes, answered, median_minutes, closed) values (?,?,?,?,?,?)",
            [month, channel, notes, count, middle and middle[0], closed],
        )
