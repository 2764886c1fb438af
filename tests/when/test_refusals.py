"""What is no day or time is refused with a reason and an example, never guessed."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedlog import when
from feedlog.errors import WrongUsage
from feedlog.when import names

# Wednesday 18 November 2026, ten o'clock in Copenhagen.
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


NOT_UNDERSTOOD = (
    "foo",
    "the 45th",
    "kl",
    "kl.",
    "at",
    "m",
    "a",
    "in",
    "om",
    "12",
    "2026",
    "7 11",
    "maj",
    "fredag maj",
    "na",
    "noon",
    "next week",
    "last week",
    "i går aftes kl 20",
    "3 days",
    "3 dage",
    "om tre",
    "in three",
    "days ago",
    "in 3 days ago",
    "in 99999 days",
    "in 2 days and 3 hours",
    "1.5 days ago",
    "13 3",
    "13.",
    "13th",
    "5.6.7",
    "13.3.26",
    "26-03-13",
    "13 mar 2026 foo",
    "m 3 maj 2026",
    "2026 mar 45",
    "3 maj 4 juni 2026",
    "13/3 foo",
    "friday monday",
    "on",
    "på",
    "i fredag",
    "yesterday tomorrow",
    "15:30 16:30",
    "yesterday 15:30 16:30",
    "2026-03-01 12",
    "20260301",
    "-1 days ago",
    "１３ march",
    "13\xb2 march",
    "\udcc3",
    "\x00",
    "today " * 30,
)

NOT_IN_THE_CALENDAR = (
    "29 Feb 2027",
    "2027-02-29",
    "31/4",
    "3/13",
    "13/13/2026",
    "2026-13-01",
    "2026-00-10",
    "99:99",
    "24:00",
    "yesterday 25:00",
    "kl 24",
    "15 pm",
    "0 am",
    "15.30",
    "2026-03-01 24:00",
    "2026-03-01T15:30+99:99",
    "30. februar",
    "9999 years ago",
    "in 9999 years",
)


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_refuses_what_is_no_day(text: str) -> None:
    """What is not understood is refused with an example of what is, never read as now."""
    with pytest.raises(WrongUsage, match="is not a day or time feedlog understands") as refusal:
        when.instant(text, now=NOW)
    assert refusal.value.hint.startswith("Write for example 2026-03-13")
    assert len(refusal.value.message) < 150


@pytest.mark.parametrize("text", NOT_IN_THE_CALENDAR)
def test_refuses_days_and_times_that_do_not_exist(text: str) -> None:
    """A day or time that no calendar or clock has is refused, not moved to a neighbour or turned round."""
    with pytest.raises(WrongUsage, match="there is no such day or time"):
        when.day(text, now=NOW)


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_refuses_nothing(text: str) -> None:
    """An empty WHEN is refused."""
    with pytest.raises(WrongUsage, match="No day or time was given"):
        when.day(text, now=NOW)


@pytest.mark.parametrize("text", ["0206-03-01", "1/1/1850", "200 years ago", "2200-01-01", "9998-01-01T00:00Z"])
def test_refuses_years_out_of_reach(text: str) -> None:
    """A year before 1900 or after 2199 is taken for a slip of the finger."""
    with pytest.raises(WrongUsage, match="is not between 1900 and 2199"):
        when.instant(text, now=NOW)


@pytest.mark.parametrize("text", ["Thursday 13 March 2026", "tors 13/3 2026", "Thu, 13 Mar 2026 15:30:00 +0100"])
def test_refuses_a_weekday_that_contradicts_the_date(text: str) -> None:
    """A weekday that is not the date's own is refused, because one of the two is wrong."""
    with pytest.raises(WrongUsage, match="13 March 2026 is a Friday, not a Thursday"):
        when.instant(text, now=NOW)


WORDS = sorted(
    {*names.NUMBERS, *names.MONTHS, *names.WEEKDAYS, *names.UNITS, *names.DAYS_AWAY, *names.WEEKDAY_LEADS}
    | {*names.AT, *names.FROM_NOW, *names.BEFORE_NOW, *names.AND}
    | {"for", "i", "den", "pm", "gmt", "+0200", ",", "."}
)
FIGURES = st.sampled_from(["15:30", "3pm", "13.3", "1/2/2026", "2026-03-01", "99.99"])
PARTS = st.sampled_from(WORDS) | st.integers(0, 2300).map(str) | FIGURES
PHRASES = st.lists(PARTS, min_size=1, max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(text=PHRASES | st.text(max_size=30), prefer=st.sampled_from(["past", "future"]))
def test_any_text_is_read_or_refused(text: str, prefer: Literal["past", "future"]) -> None:
    """Whatever is typed gives a stored form or a refusal, nothing else."""
    try:
        instant = when.instant(text, now=NOW, prefer=prefer)
        day = when.day(text, now=NOW, prefer=prefer)
    except WrongUsage as refusal:
        assert refusal.message and refusal.hint
        return
    assert len(instant) == 20
    assert when.stored(when.local(instant)) == instant
    assert when.local(instant).date().isoformat() == day
    assert when.start_of(text, NOW) <= when.end_of(text, NOW)
