"""Business hours: how they are written, and how much of a span lies within them."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedlog.when import hours, workdays
from feedlog.when.hours import minutes_between, read, spoken

OFFICE = read("mon-fri 09:00-17:00, sat 10:00-14:00")
ALWAYS = read("mon-sun 0-24")


@pytest.mark.parametrize(
    ("text", "monday", "saturday"),
    [
        ("mon-fri 09:00-17:00, sat 10:00-14:00", [(540, 1020)], [(600, 840)]),
        ("mon-fri 9-17", [(540, 1020)], []),
        ("9-17", [(540, 1020)], []),
        ("Monday-Sunday 0-24", [(0, 1440)], [(0, 1440)]),
        ("man-fre 8.30-16.15; lør 10-12", [(510, 975)], [(600, 720)]),
        ("mån, lör 09:00 – 17:00", [(540, 1020)], [(540, 1020)]),
        ("mon 9-12, 13-17", [(540, 720), (780, 1020)], []),
        ("mon 9-12 11-17", [(540, 1020)], []),
        ("fri-mon 9-10", [(540, 600)], [(540, 600)]),
    ],
)
def test_written(text: str, monday: list[tuple[int, int]], saturday: list[tuple[int, int]]) -> None:
    """Days and clock times are read as people write them, in the languages agents write."""
    week = read(text).week
    assert (list(week[0]), list(week[5])) == (monday, saturday)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("mon-fri", "a day has no hours"),
        ("mon 9-12, tue", "a day has no hours"),
        ("mon 17-9", "'17-9' is no span within one day"),
        ("mon 22:00-06:00", "'22:00-06:00' is no span within one day"),
        ("mon 9-25", "'9-25' is no span within one day"),
        ("mon 9:75-10", "'9:75-10' is no span within one day"),
        ("noon", "'noon' is neither a day nor hours"),
        ("mon-fry 9-17", "'mon-fry' is neither a day nor hours"),
        ("24/7", "'24/7' is neither a day nor hours"),
    ],
)
def test_refused(text: str, why: str) -> None:
    """What cannot be read says what is off."""
    with pytest.raises(ValueError, match="^" + why + "$"):
        read(text)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-18T09:00:00Z", "2026-11-18T10:30:00Z", 90),
        ("2026-11-18T15:00:00Z", "2026-11-19T09:00:00Z", 120),  # over night
        ("2026-11-20T15:00:00Z", "2026-11-23T09:00:00Z", 60 + 240 + 60),  # over a weekend with a short Saturday
        ("2026-11-18T20:00:00Z", "2026-11-19T05:00:00Z", 0),
        ("2026-12-23T16:00:00Z", "2026-12-28T08:00:00Z", 480),  # Christmas Eve is a working day, Christmas is not
        ("2026-11-19T09:00:00Z", "2026-11-18T09:00:00Z", 0),
        ("2026-11-18T09:00:50Z", "2026-11-18T09:01:10Z", 1),
    ],
)
def test_minutes_between(start: str, end: str, minutes: int) -> None:
    """Only hours somebody answers in count; nights, Sundays and public holidays do not."""
    assert minutes_between(start, end, OFFICE, "DK") == minutes


def test_holidays_are_the_countrys() -> None:
    """A day that is a holiday in one country is a working day in another."""
    constitution_day = "2026-05-17T22:00:00Z", "2026-05-18T22:00:00Z"
    epiphany = "2026-01-05T23:00:00Z", "2026-01-06T23:00:00Z"
    assert [minutes_between(*epiphany, OFFICE, country) for country in ("DK", "SE")] == [480, 0]
    assert minutes_between(*constitution_day, OFFICE, "NO") == 480  # the 17th is a Sunday that year


def test_years() -> None:
    """Long spans are the sum of their days."""
    start, end = "2019-12-31T23:00:00Z", "2029-12-31T23:00:00Z"
    calendar = hours.Calendar(OFFICE, "SE")
    by_day = 0
    day = date(2020, 1, 1)
    while day < date(2030, 1, 1):
        length = (480, 480, 480, 480, 480, 240, 0)[day.weekday()]
        by_day += 0 if workdays.holiday(day.isoformat(), "SE") else length
        day += timedelta(days=1)
    assert calendar.minutes_between(start, end) == by_day


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60), ("2026-03-30", 1440)])
def test_summer_time(day: str, minutes: int) -> None:
    """A day on which the clock is put forward or back has the hours that pass on it."""
    midnight = datetime.fromisoformat(day)
    ends = [datetime.fromtimestamp((midnight + timedelta(days=days)).timestamp(), UTC) for days in (0, 1)]
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in ends)
    assert minutes_between(start, end, ALWAYS, "DK") == minutes


# --- against what is plainly right -------------------------------------------------------------------------------


def stamp(minute: int) -> str:
    return f"{datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"


def slowly(start: int, end: int, week: hours.Hours, country: str) -> int:
    """Every minute looked at, one by one."""
    counted = 0
    for minute in range(start, end):
        local = datetime.fromisoformat(stamp(minute)).astimezone()
        spans = week.week[local.weekday()]
        clock = 60 * local.hour + local.minute
        holiday = workdays.holiday(local.date().isoformat(), country)
        counted += not holiday and any(first <= clock < last for first, last in spans)
    return counted


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] < span[1])
weeks = st.lists(st.lists(spans, max_size=3), min_size=7, max_size=7).map(
    lambda week: hours.Hours(tuple(hours._joined(day) for day in week))
)
# From 20 March, so that summer time begins and Easter lies in the longer spans.
minutes = st.integers(0, 60 * 24 * 60)
countries = st.sampled_from(["DK", "SE", "NO", "DE"])
in_zone = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["Europe/Copenhagen", "America/Sao_Paulo", "Australia/Lord_Howe"])
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """An office elsewhere, where the clock is put forward by half an hour or not at all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@in_zone
@given(week=weeks, country=countries, start=minutes, length=st.integers(0, 3 * 24 * 60))
def test_equals_counting(zone: None, week: hours.Hours, country: str, start: int, length: int) -> None:
    """Reckoning by days says what counting minute by minute says."""
    end = start + length
    assert minutes_between(stamp(start), stamp(end), week, country) == slowly(start, end, week, country)


@settings(max_examples=60, deadline=None)
@given(week=weeks, start=st.integers(-3000, 0), length=st.integers(0, 4000))
def test_equals_counting_where_the_clock_changes(week: hours.Hours, start: int, length: int) -> None:
    """The same around the night in which summer time begins."""
    start += 9 * 24 * 60
    assert minutes_between(stamp(start), stamp(start + length), week, "DK") == slowly(start, start + length, week, "DK")


@settings(max_examples=200, deadline=None)
@given(week=weeks, country=countries, points=st.lists(st.integers(0, 5 * 366 * 24 * 60 * 60), min_size=3, max_size=3))
def test_adds_up(week: hours.Hours, country: str, points: list[int]) -> None:
    """Two spans that meet are together as long as the whole, to the second they meet in."""
    first, middle, last = (
        f"{datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=point):%Y-%m-%dT%H:%M:%SZ}" for point in sorted(points)
    )
    calendar = hours.Calendar(week, country)
    parts = calendar.minutes_between(first, middle) + calendar.minutes_between(middle, last)
    assert calendar.minutes_between(first, last) == parts


@pytest.mark.parametrize(
    ("length", "text"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (540, "9 h"), (879, "14 h"), (880, "2 days"), (48000, "109 days")],
)
def test_spoken(length: int, text: str) -> None:
    """A wait is said in hours, and from two working days on in those."""
    assert spoken(length, OFFICE) == text
    assert OFFICE.day_minutes == 440
