"""Periods of equal length, and what two counts can tell."""

import math
from datetime import UTC, datetime

import pytest

from feedlog.errors import WrongUsage
from feedlog.operations.comparing import FEW, Period, period, ratio

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def test_last_28_days_up_to_this_second() -> None:
    """Unless said otherwise the last 28 days are held against the 28 before, and what was just said counts."""
    assert period(None, None, NOW) == ("2026-09-23T08:00:01Z", "2026-10-21T08:00:01Z", "2026-11-18T09:00:01Z")


def test_midnight_stays_midnight() -> None:
    """Where summer time ends in between, days are still counted from midnight to midnight."""
    november = period("2026-10-31T23:00:00Z", "2026-11-10T23:00:00Z", NOW)
    assert november == Period("2026-10-21T22:00:00Z", "2026-10-31T23:00:00Z", "2026-11-10T23:00:00Z")


def test_what_is_still_to_come_is_left_out() -> None:
    """A period that would end later ends now, so that a day half over is not held against whole days."""
    this_week = period("2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z", NOW)
    assert this_week == Period("2026-11-13T12:59:59Z", "2026-11-15T23:00:00Z", "2026-11-18T09:00:01Z")


@pytest.mark.parametrize("since", ["2026-11-19T00:00:00Z", "2026-11-18T09:00:01Z"])
def test_period_that_ends_before_it_begins(since: str) -> None:
    """A period without a length is refused."""
    with pytest.raises(WrongUsage) as refused:
        period(since, None, NOW)
    assert refused.value.message == "The period ends before it begins."
    assert refused.value.hint == "--since is the earlier one, and lies in the past."


def test_known_range() -> None:
    """The range is the score interval of the share, turned into a ratio: for 8 of 10, .490 to .943."""
    found = ratio(8, 2)
    assert found["low"] == pytest.approx(0.4902 / 0.5098, abs=0.001)
    assert found["high"] == pytest.approx(0.9433 / 0.0567, rel=0.01)


def test_turned_around() -> None:
    """Twice as much and half as much are the same finding seen from the other end."""
    more, less = ratio(40, 20), ratio(20, 40)
    assert more["low"] and more["high"] and less["high"] and less["low"]
    assert more["low"] == pytest.approx(1 / less["high"], rel=0.01)
    assert more["high"] == pytest.approx(1 / less["low"], rel=0.01)


def test_nothing_before_or_nothing_now() -> None:
    """From nothing the range has no end, to nothing it begins at nought; with nothing at all there is none."""
    assert ratio(9, 0)["high"] is None and (ratio(9, 0)["low"] or 0) > 1
    assert ratio(0, 9)["low"] == 0 and (ratio(0, 9)["high"] or 9) < 1
    assert ratio(0, 0) == {"low": None, "high": None, "few": True}


def test_few() -> None:
    """A change is called few while neither period has five notes."""
    assert [ratio(*counts)["few"] for counts in ((4, 4), (5, 0), (0, 5), (1, 0))] == [True, False, False, True]
    assert FEW == 5


@pytest.mark.parametrize("true_ratio", [0.5, 1, 2, 4])
@pytest.mark.parametrize("before", [4, 10, 50])
def test_range_holds_the_truth(true_ratio: float, before: int) -> None:
    """Over all that chance may bring, the range holds the true ratio about 95 times in a hundred."""
    held = 0.0
    now = before * true_ratio
    for x in range(int(now + 8 * math.sqrt(now)) + 8):
        for y in range(int(before + 8 * math.sqrt(before)) + 8):
            found = ratio(x, y)
            low, high = found["low"], found["high"]
            if (low or 0) <= true_ratio and (high is None or true_ratio <= high):
                held += _poisson(x, now) * _poisson(y, before)
    assert 0.93 <= held <= 0.98


def _poisson(count: int, mean: float) -> float:
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
