"""Figures of a period, summed from the published file's rows by day: no page counts a million notes."""

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from feedlog.web.periods import Period
from feedlog.web.published import Row, row, rows, value

# Telling known customers apart means reading each of the period's notes; beyond so many it takes longer than a reader
# waits, and the page leaves the figure out.
_MOST_TOLD_APART = 150_000
# First answers are sorted to find the one in the middle; of more than this the newest are enough.
_MOST_ANSWERS = 10_000


class Answers(NamedTuple):
    """First answers to notes of one channel: how many, and within how many minutes of work half of them came."""

    notes: int
    answered: int
    median_minutes: int | None


def within(period: Period) -> tuple[str, list[str]]:
    """A condition on `notes` for a period, and its parameters.

    The day says exactly which notes are meant; the instants beside it let the index find them.
    """
    since, until = period.bounds
    return "notes.said_on between ? and ? and notes.said_at >= ? and notes.said_at < ?", [
        since,
        until,
        *instants(period),
    ]


def instants(period: Period) -> tuple[str, str]:
    """Instants between which the period's days lie in any time zone."""
    return str(period.since - timedelta(1)), str(period.until + timedelta(2))


def notes(connection: sqlite3.Connection, period: Period) -> Row:
    """`notes` and `answered` of a period."""
    sql = """select coalesce(sum(notes), 0) as notes, coalesce(sum(answered), 0) as answered
               from stats_days where said_on between ? and ?"""
    return row(connection, sql, period.bounds) or {}


def customers(connection: sqlite3.Connection, period: Period, of: int) -> int | None:
    """How many known customers are behind the period's `of` notes; None where counting takes too long."""
    if of > _MOST_TOLD_APART:
        return None
    sql = "select count(distinct customer) from notes where said_on between ? and ?"
    return int(value(connection, sql, period.bounds))


def by(connection: sqlite3.Connection, period: Period, column: str) -> dict[str, int]:
    """Notes by `channel` or `kind`, the most first; those that name none under 'unknown', last."""
    sql = f"""select {column} as name, sum(notes) as notes from stats_days where said_on between ? and ?
               group by {column} order by {column} = 'unknown', notes desc, name"""
    return {one["name"]: one["notes"] for one in rows(connection, sql, period.bounds)}


def over_time(connection: sqlite3.Connection, periods: Sequence[Period], column: str) -> dict[str, list[int]]:
    """For each channel or kind the notes of each period."""
    if _of_whole_months(periods):
        sql = f"""select month as said_on, {column} as name, notes from stats_{column}s where month between ?1 and ?2
                   union all
                  select month, 'unknown', notes - coalesce((select sum(notes) from stats_{column}s as named
                                                              where named.month = stats_months.month), 0)
                    from stats_months where month between ?1 and ?2"""
        return _summed(rows(connection, sql, _months(periods)), periods)
    sql = f"""select said_on, {column} as name, sum(notes) as notes from stats_days
               where said_on between ? and ? group by said_on, {column}"""
    found = rows(connection, sql, [str(periods[0].since), str(periods[-1].until)])
    return _summed(found, periods)


def theme_over_time(connection: sqlite3.Connection, periods: Sequence[Period], theme: str) -> list[int]:
    """The notes with a theme in each period."""
    sql = """select said_on, theme as name, notes from stats_theme_days
              where theme = ? and said_on between ? and ?"""
    found = rows(connection, sql, [theme, str(periods[0].since), str(periods[-1].until)])
    return _summed(found, periods).get(theme, [0] * len(periods))


def themes_over_time(connection: sqlite3.Connection, periods: Sequence[Period]) -> dict[str, list[int]]:
    """For each theme the notes of each period."""
    if _of_whole_months(periods):
        sql = "select month as said_on, theme as name, notes from stats_themes where month between ? and ?"
        return _summed(rows(connection, sql, _months(periods)), periods)
    sql = "select said_on, theme as name, notes from stats_theme_days where said_on between ? and ?"
    return _summed(rows(connection, sql, [str(periods[0].since), str(periods[-1].until)]), periods)


def _of_whole_months(periods: Sequence[Period]) -> bool:
    """Whether each is a sum of months, the last one up to the newest note: rows by month then tell the same."""
    return all(one.kind in ("month", "quarter") for one in periods) and all(not one.running for one in periods[:-1])


def _months(periods: Sequence[Period]) -> list[str]:
    return [str(periods[0].since)[:7], str(periods[-1].until)[:7]]


def _summed(found: list[Row], periods: Sequence[Period]) -> dict[str, list[int]]:
    at = {str(one.since + timedelta(days)): number for number, one in enumerate(periods) for days in range(one.days)}
    at.update({day[:7]: number for day, number in at.items()})
    counts: dict[str, list[int]] = {}
    for one in found:
        number = at.get(one["said_on"])
        if number is not None:
            counts.setdefault(one["name"], [0] * len(periods))[number] += one["notes"]
    return counts


def themes(connection: sqlite3.Connection, period: Period) -> dict[str, int]:
    """Notes by theme."""
    sql = "select theme, sum(notes) as notes from stats_theme_days where said_on between ? and ? group by theme"
    return {one["theme"]: one["notes"] for one in rows(connection, sql, period.bounds)}


def answers(connection: sqlite3.Connection, period: Period) -> dict[str, Answers]:
    """First answers by channel, and in all under 'all'; channels without notes are left out."""
    sql = """select channel, sum(notes) as notes, sum(answered) as answered from stats_days
              where said_on between ? and ? group by channel"""
    counted = {one["channel"]: one for one in rows(connection, sql, period.bounds)}
    taken: dict[str, list[int]] = {name: [] for name in [*counted, "all"]}
    sql = """select coalesce(channel, 'unknown') as channel, answer_minutes from notes
              where said_on between ? and ? and answered_at is not null order by said_on desc limit ?"""
    for channel, minutes in connection.execute(sql, [*period.bounds, _MOST_ANSWERS]):
        taken["all"].append(minutes)
        taken[channel].append(minutes)
    total = {name: sum(one[name] for one in counted.values()) for name in ("notes", "answered")}
    return {
        name: Answers(one["notes"], one["answered"], _middle(taken[name]))
        for name, one in {**counted, "all": total}.items()
    }


def unanswered(connection: sqlite3.Connection, period: Period) -> Row:
    """How many of the period's `notes` nobody has answered, and the `oldest` of them with its id and day."""
    counted = notes(connection, period)
    sql = """select id, said_on from notes
              where answered_at is null and said_at >= ? and said_at < ? and said_on between ? and ?
              order by said_at limit 1"""
    oldest = row(connection, sql, [*instants(period), *period.bounds])
    return {"notes": counted["notes"] - counted["answered"], "oldest": oldest}


def complaint_rate(connection: sqlite3.Connection) -> tuple[float, float]:
    """How many in a hundred who have reason to complain do, at least and at most, as the firm reckons."""
    told = value(connection, "select value from publication where name = 'complaint_rate'") or "4 10"
    low, _, high = str(told).partition(" ")
    return float(low), float(high or low)


def newest_day(connection: sqlite3.Connection) -> date | None:
    """The last day anything was said; None where nothing ever was."""
    told: Any = value(connection, "select max(said_on) from stats_days")
    return date.fromisoformat(told) if told else None


def _middle(numbers: list[int]) -> int | None:
    """The lower of the two in the middle, as is usual for an even count of whole minutes."""
    return sorted(numbers)[(len(numbers) - 1) // 2] if numbers else None
