"""Stored instants and days: their zone, their filters, and how people read them."""

import os
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedlog import when

# Wednesday 18 November 2026, ten o'clock in Copenhagen.
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def local_minute(stored: str) -> str:
    return when.local(stored).strftime("%Y-%m-%d %H:%M")


def move_to(zone: str) -> None:
    os.environ["TZ"] = zone
    time.tzset()


def test_stores_utc_in_whole_seconds() -> None:
    """An instant is stored in UTC with seconds and Z, whatever zone it came in."""
    assert when.instant("2026-03-01 15:30", now=NOW) == "2026-03-01T14:30:00Z"
    assert when.instant("1 hour ago", now=NOW.astimezone()) == "2026-11-18T08:00:00Z"
    assert when.stored(datetime(2026, 7, 1, 12, 0, 59, 999_999)) == "2026-07-01T10:00:59Z"
    assert when.local(when.now()) <= when.clock()


def test_prefers_the_future_when_asked() -> None:
    """What the words leave open lies ahead when the caller says so."""
    assert local_minute(when.instant("friday 15:30", now=NOW, prefer="future")) == "2026-11-20 15:30"
    assert local_minute(when.instant("09:30", now=NOW, prefer="future")) == "2026-11-19 09:30"
    assert local_minute(when.instant("i fredags", now=NOW, prefer="future")) == "2026-11-13 12:00"


@pytest.mark.parametrize(
    ("text", "first", "after_last"),
    [
        ("friday", "2026-11-13 00:00", "2026-11-14 00:00"),
        ("today", "2026-11-18 00:00", "2026-11-19 00:00"),
        ("2026-03-01", "2026-03-01 00:00", "2026-03-02 00:00"),
        ("for en uge siden", "2026-11-11 00:00", "2026-11-12 00:00"),
        ("i går 15:30", "2026-11-17 15:30", "2026-11-17 15:30"),
        ("2 hours ago", "2026-11-18 08:00", "2026-11-18 08:00"),
        ("2026-03-01T15:30Z", "2026-03-01 16:30", "2026-03-01 16:30"),
    ],
)
def test_filters_take_whole_days(text: str, first: str, after_last: str) -> None:
    """Since and until hold the whole day they name, and are exact when a clock time is given."""
    assert local_minute(when.start_of(text, NOW)) == first
    assert local_minute(when.end_of(text, NOW)) == after_last


def test_days_of_the_clock_change_are_whole() -> None:
    """A day is from midnight to midnight also when it has 23 or 25 hours."""
    assert when.start_of("2026-03-29", NOW) == "2026-03-28T23:00:00Z"
    assert when.end_of("2026-03-29", NOW) == "2026-03-29T22:00:00Z"
    assert when.start_of("2026-10-25", NOW) == "2026-10-24T22:00:00Z"
    assert when.end_of("2026-10-25", NOW) == "2026-10-25T23:00:00Z"


def test_the_hour_that_is_missing_and_the_hour_that_comes_twice() -> None:
    """A clock time skipped in spring moves an hour on; one that comes twice in autumn is the first."""
    assert local_minute(when.instant("2026-03-29 02:30", now=NOW)) == "2026-03-29 03:30"
    assert when.instant("2026-10-25 02:30", now=NOW) == "2026-10-25T00:30:00Z"


def test_hours_are_counted_on_the_clock_and_days_on_the_calendar() -> None:
    """After a clock change "24 hours ago" is another clock time, "1 day ago" is yesterday."""
    after_change = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)
    assert local_minute(when.instant("24 hours ago", now=after_change)) == "2026-10-24 13:00"
    assert local_minute(when.instant("1 day ago 12:00", now=after_change)) == "2026-10-24 12:00"


def test_months_end_where_they_end() -> None:
    """A month counted from the 31st is the last day of a shorter month."""
    assert when.day("in a month", now=datetime(2027, 1, 31, 9, tzinfo=UTC)) == "2027-02-28"
    assert when.day("10 months ago", now=datetime(2026, 12, 31, 9, tzinfo=UTC)) == "2026-02-28"


def test_today_is_the_local_day() -> None:
    """Half an hour after local midnight it is already the new day, though not in UTC."""
    after_midnight = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert when.day("today", now=after_midnight) == "2026-07-02"
    assert when.day("i går", now=after_midnight) == "2026-07-01"
    assert local_minute(when.instant("23:50", now=after_midnight)) == "2026-07-01 23:50"


def test_writes_days_for_people() -> None:
    """People read weekday and date, the clock time of an instant, and the year when it is another one."""
    assert when.spoken("2026-03-13", now=NOW) == "Friday 13 March"
    assert when.spoken("2026-03-13T14:30:00Z", now=NOW) == "Friday 13 March, 15:30"
    assert when.spoken("2027-03-12T22:59:00Z", now=NOW) == "Friday 12 March 2027, 23:59"
    assert when.date_text("2026-03-02", now=NOW) == "2 March"
    assert when.date_text("2024-05-02T10:00:00Z", now=NOW) == "2 May 2024"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("2026-11-18T08:00:00Z", "today"),
        ("2026-11-17T23:30:00Z", "today"),  # local midnight has passed
        ("2026-11-17T22:30:00Z", "yesterday"),
        ("2026-11-17", "yesterday"),
        ("2026-11-16", "16 November"),
        ("2026-11-19", "19 November"),
        ("2025-11-18", "18 November 2025"),
    ],
)
def test_near_days_have_words(stored: str, expected: str) -> None:
    """Today and yesterday are said so, by the local day; other days by date."""
    assert when.ago(stored, now=NOW) == expected


def test_week_and_month_are_of_the_local_day() -> None:
    """Week and month follow the local day; the first days of January may lie in the old year's last week."""
    assert when.week("2026-11-18T09:00:00Z") == "2026-W47"
    assert when.week("2027-01-03") == "2026-W53"
    assert when.week("2026-01-04T23:30:00Z") == "2026-W02"
    assert when.month("2026-11-30T23:30:00Z") == "2026-12"


def test_midnight_that_does_not_exist() -> None:
    """Where summer time begins at midnight, the day starts an hour later and is still found."""
    try:
        move_to("Asia/Beirut")
        assert local_minute(when.start_of("2026-03-29", NOW)) == "2026-03-29 01:00"
        assert when.spoken("2026-03-29", now=NOW) == "Sunday 29 March"
    finally:
        move_to("Europe/Copenhagen")


@settings(max_examples=100, deadline=None)
@given(moment=st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 18, 9)))
def test_what_is_shown_can_be_typed(moment: datetime) -> None:
    """What feedlog writes for people is read back as the same day and minute."""
    stored = when.stored(moment)
    assert when.instant(stored, now=NOW) == stored
    shown = when.spoken(stored, now=NOW)
    assert when.spoken(when.instant(shown, now=NOW), now=NOW) == shown
    assert when.day(when.date_text(stored, now=NOW), now=NOW, prefer="past") == when.local(stored).date().isoformat()
