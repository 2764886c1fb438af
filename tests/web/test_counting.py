"""Figures of a period: the sums of rows by day are what counting the notes themselves would give."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feedlog import when
from feedlog.web import counting
from feedlog.web.periods import Period, around, asked, steps


@pytest.fixture
def file(published: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{published}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


@pytest.fixture(params=["week", "month", "quarter", "dates"])
def period(request: pytest.FixtureRequest, file: sqlite3.Connection) -> Period:
    newest = counting.newest_day(file)
    assert newest
    if request.param == "dates":
        return asked({"since": str(newest - timedelta(40)), "until": str(newest - timedelta(3))}, newest)
    return around(request.param, newest - timedelta(30), newest)


def said(file: sqlite3.Connection, period: Period) -> list[sqlite3.Row]:
    return file.execute("select * from notes where said_on between ? and ?", period.bounds).fetchall()


def test_notes_and_customers(file: sqlite3.Connection, period: Period) -> None:
    """Notes, answers and customers of a period."""
    found = said(file, period)
    assert len(found) > 3
    counted = counting.notes(file, period)
    assert counted == {"notes": len(found), "answered": len([note for note in found if note["answered_at"]])}
    assert counting.customers(file, period, 0) == len({note["customer"] for note in found} - {None})
    where, parameters = counting.within(period)
    assert file.execute(f"select count(*) from notes where {where}", parameters).fetchone()[0] == len(found)


def test_slices(file: sqlite3.Connection, period: Period) -> None:
    """By kind, channel and theme."""
    found = said(file, period)
    for column in ("kind", "channel"):
        assert counting.by(file, period, column) == Counter(note[column] or "unknown" for note in found)
    themes = file.execute(
        "select theme, count(*) from note_themes where said_on between ? and ? group by 1", period.bounds
    )
    assert counting.themes(file, period) == dict(themes.fetchall())


def test_over_time(file: sqlite3.Connection) -> None:
    """A run over time is the same as each of its periods by itself."""
    newest = counting.newest_day(file)
    assert newest
    drawn = list(steps(around("week", newest, newest), 12))
    run = counting.over_time(file, drawn, "kind")
    themes = counting.themes_over_time(file, drawn)
    for number, one in enumerate(drawn):
        assert {name: values[number] for name, values in run.items() if values[number]} == counting.by(
            file, one, "kind"
        )
        assert {name: values[number] for name, values in themes.items() if values[number]} == counting.themes(file, one)
    [name, *_] = themes
    assert counting.theme_over_time(file, drawn, name) == themes[name]


def test_first_answers(file: sqlite3.Connection, period: Period) -> None:
    """Half of the answered notes of a channel were answered within its median; 'all' is all of them."""
    found = said(file, period)
    answers = counting.answers(file, period)
    for name, told in answers.items():
        minutes = sorted(
            note["answer_minutes"]
            for note in found
            if note["answered_at"] and name in ("all", note["channel"] or "unknown")
        )
        assert told.answered == len(minutes)
        assert told.median_minutes == (minutes[(len(minutes) - 1) // 2] if minutes else None)
    assert answers["all"].notes == len(found)


def test_unanswered(file: sqlite3.Connection, period: Period) -> None:
    """How many wait for an answer, and who has waited longest."""
    waiting = sorted((note["said_at"], note["id"]) for note in said(file, period) if not note["answered_at"])
    counted = counting.unanswered(file, period)
    assert counted["notes"] == len(waiting)
    if waiting:
        assert counted["oldest"]["id"] == waiting[0][1]


def test_the_firms_own_rate(file: sqlite3.Connection) -> None:
    """How many complain is what the firm's setting says, 4 to 10 in a hundred where it says nothing."""
    assert counting.complaint_rate(file) == (4, 10)


def test_an_empty_file_has_no_newest_day(file: sqlite3.Connection) -> None:
    """Where nobody has said anything there is no newest day; here there is one, not after today's end."""
    newest = counting.newest_day(file)
    assert newest and newest <= when.clock().astimezone().date() + timedelta(1)
