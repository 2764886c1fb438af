"""The time a page is about."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from feedlog.web import periods, speech
from feedlog.web.periods import Misread, Period, around, asked, steps

SATURDAY = date(2026, 11, 28)


class TestAsked:
    """What an address means."""

    def test_nothing_said(self) -> None:
        """Without words it is this week, up to today."""
        found = asked({}, SATURDAY)
        assert found == Period("week", date(2026, 11, 23), SATURDAY, date(2026, 11, 29))
        assert found.running and found.days == 6

    def test_a_week_without_notes(self) -> None:
        """Where the newest note is old, the week shown is its week, not an empty one."""
        assert asked({}, SATURDAY, date(2026, 3, 4)).bounds == ("2026-03-02", "2026-03-08")

    @pytest.mark.parametrize(
        ("kind", "since", "end"),
        [
            ("week", "2026-12-28", "2027-01-03"),
            ("month", "2026-12-01", "2026-12-31"),
            ("quarter", "2026-10-01", "2026-12-31"),
        ],
    )
    def test_kinds(self, kind: str, since: str, end: str) -> None:
        """A week, month or quarter is named by any day in it."""
        found = asked({"period": kind, "on": "2026-12-31"}, date(2028, 1, 1))
        assert (str(found.since), str(found.end), found.running) == (since, end, False)

    def test_own_dates(self) -> None:
        """Any days, both counted; one end alone means up to today, or that day."""
        found = asked({"since": "2026-02-27", "until": "2026-03-01"}, SATURDAY)
        assert (found.kind, found.days) == ("dates", 3)
        assert asked({"since": "2026-11-01"}, SATURDAY).until == SATURDAY
        assert asked({"until": "2026-11-01"}, SATURDAY).days == 1

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"period": "week", "on": "2026-02-31"}, "“2026-02-31” is not a day; write it like 2026-11-21."),
            ({"since": "yesterday"}, "“yesterday” is not a day"),
            ({"until": "20261121"}, "“20261121” is not a day"),
            ({"since": "0001-01-01"}, "is not a day"),
            ({"until": "9999-12-31"}, "is not a day"),
            ({"since": "2026-03-02", "until": "2026-03-01"}, "The last day lies before the first."),
            ({"period": "year"}, "There is no period “year”: it is week, month, quarter or dates."),
            ({"period": "week", "on": "2026-11-30"}, "Nothing has been said yet in a time to come."),
            ({"since": "2026-11-29"}, "Nothing has been said yet in a time to come."),
            ({"since": "2027-01-01", "until": "9998-12-31"}, "Nothing has been said yet in a time to come."),
        ],
    )
    def test_refusals(self, given: dict[str, str], told: str) -> None:
        """Days that do not exist and kinds we do not have are refused in words."""
        with pytest.raises(Misread) as refused:
            asked(given, SATURDAY)
        assert told in str(refused.value)


class TestBefore:
    """What a period is compared with."""

    def test_as_many_days(self) -> None:
        """A running period is held against as many days of the one before, a past one against the whole."""
        assert around("week", SATURDAY, SATURDAY).before().bounds == ("2026-11-16", "2026-11-21")
        assert around("month", date(2026, 3, 5), date(2026, 3, 31)).before().bounds == ("2026-02-01", "2026-02-28")
        assert around("quarter", SATURDAY, SATURDAY).before().bounds == ("2026-07-01", "2026-08-28")
        assert around("quarter", date(2026, 8, 1), SATURDAY).before().bounds == ("2026-04-01", "2026-06-30")

    def test_own_dates(self) -> None:
        """Own dates are held against as many days right before them."""
        found = asked({"since": "2026-03-01", "until": "2026-03-10"}, SATURDAY).before()
        assert found.bounds == ("2026-02-19", "2026-02-28")

    def test_days_to_come(self) -> None:
        """Of own dates only the days so far are shown, and held against as many."""
        found = asked({"since": "2026-11-22", "until": "2026-12-31"}, SATURDAY)
        assert (found.bounds, found.before().bounds) == (("2026-11-22", "2026-11-28"), ("2026-11-15", "2026-11-21"))

    @pytest.mark.parametrize("kind", periods.KINDS)
    def test_steps_lie_side_by_side(self, kind: str) -> None:
        """The periods of a chart follow each other without a gap, and the last one ends today."""
        found = list(steps(around(kind, SATURDAY, SATURDAY), 12))
        assert len(found) == 12
        assert found[-1].until == SATURDAY
        for earlier, later in pairwise(found):
            assert earlier.until + timedelta(1) == later.since

    def test_there_and_back(self) -> None:
        """The one after the one before is the same; nothing comes after a running one."""
        this = around("month", date(2026, 10, 5), SATURDAY)
        assert this.before().after(SATURDAY) == this
        assert around("week", SATURDAY, SATURDAY).after(SATURDAY) is None


class TestNames:
    """How a period is called, in the reader's language."""

    @pytest.mark.parametrize(
        ("language", "week", "month", "days"),
        [("en", "Week 48", "November 2026", "23 to 29 November")],
    )
    def test_english(self, language: str, week: str, month: str, days: str) -> None:
        """Weeks by their ISO number, months by their name, days once where both lie in one month."""
        with speech.speaking(language):
            assert around("week", SATURDAY, SATURDAY).name == week
            assert around("month", SATURDAY, SATURDAY).name == month
            assert around("week", SATURDAY, SATURDAY).written(SATURDAY) == days
            assert around("quarter", SATURDAY, SATURDAY).name == "Quarter 4, 2026"
            assert around("week", date(2026, 1, 1), SATURDAY).written(SATURDAY) == "29 December 2025 to 4 January"
