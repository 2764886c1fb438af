"""Business hours: when somebody answers, and how much of a span of time lies within them.

Hours are written as `mon-fri 09:00-17:00, sat 10:00-14:00`: days, then one span of clock times or more. They are local
time, and whole minutes; on public holidays nobody answers. Hours without a day are those of Monday to Friday.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from feedlog.when import names

_DAY_MINUTES = 24 * 60
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?"
_SPAN = re.compile(rf"{_CLOCK}-{_CLOCK}")


class Hours(NamedTuple):
    """For each weekday, Monday first, the spans somebody answers in, as minutes since midnight; the last not in it."""

    week: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def day_minutes(self) -> int:
        """How long a working day is, in minutes: the mean of the weekdays that are open at all."""
        lengths = [sum(end - start for start, end in spans) for spans in self.week if spans]
        return round(sum(lengths) / len(lengths))


def read(text: str) -> Hours:
    """The business hours somebody wrote; weekdays in English, Danish, Swedish or Norwegian.

    Raises ValueError, with what is off as its text.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    days = [0, 1, 2, 3, 4]
    used = True  # whether the days read so far have got their hours
    for word in re.sub(r"\s*[-–]\s*", "-", text.strip()).replace(",", " ").replace(";", " ").split():
        span = _SPAN.fullmatch(word)
        if span is None:
            days = _days(word) if used else days + _days(word)
            used = False
            continue
        for day in days:
            week[day].append(_span(span, word))
        used = True
    if not used or not any(week):
        raise ValueError("a day has no hours" if text.strip() else "it is empty")
    return Hours(tuple(_joined(spans) for spans in week))


def _days(word: str) -> list[int]:
    """The weekdays of `mon` or `mon-fri`; a range may go over the end of the week."""
    first, _, last = word.partition("-")
    found = [names.WEEKDAYS.get(names.folded(name)) for name in (first, last or first)]
    if found[0] is None or found[1] is None:
        raise ValueError(f"{word!r} is neither a day nor hours")
    return [(found[0] + step) % 7 for step in range((found[1] - found[0]) % 7 + 1)]


def _span(found: re.Match[str], word: str) -> tuple[int, int]:
    hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
    start, end = 60 * hour + minute, 60 * last_hour + last_minute
    if max(minute, last_minute) > 59 or not start < end <= _DAY_MINUTES:
        raise ValueError(f"{word!r} is no span within one day")
    return start, end


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch made one: no minute counts twice."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


# --- how long it took -----------------------------------------------------------------------------


def minutes_between(start: str, end: str, hours: Hours, country: str) -> int:
    """The minutes of business hours between two stored instants, 0 where the end is not later.

    Public holidays of the country are left out. Both instants are cut to their minute, so that two spans that meet are
    together as long as the whole. For many spans make one `Calendar`.
    """
    return Calendar(hours, country).minutes_between(start, end)


class Calendar:
    """Business hours laid over the days of one country. Days are reckoned once, whatever is asked of them."""

    def __init__(self, hours: Hours, country: str) -> None:
        self.hours = hours
        self._country = country
        self._before: dict[int, dict[int, int]] = {}
        self._open: dict[int, int] = {}
        self._uneven: set[int] = set()  # days on which summer time begins or ends

    def minutes_between(self, start: str, end: str) -> int:
        """As the function of this name."""
        if end <= start:
            return 0
        first, last = datetime.fromisoformat(start).timestamp(), datetime.fromisoformat(end).timestamp()
        begin, finish = datetime.fromtimestamp(first), datetime.fromtimestamp(last)
        days = self._opened(begin.toordinal(), begin.year, finish.toordinal(), finish.year)
        return days - self._so_far(begin, first) + self._so_far(finish, last)

    def _opened(self, first: int, first_year: int, last: int, last_year: int) -> int:
        """The minutes of whole days from the first on, the last not among them."""
        if first_year == last_year and first_year in self._before:
            return self._before[first_year][last] - self._before[first_year][first]
        if last - first < 32 and len(self._open) < 366:  # one short span spares reckoning a year
            return sum(self._of_day(day) for day in range(first, last))
        years = sum(self._year(year)[date(year + 1, 1, 1).toordinal()] for year in range(first_year, last_year))
        return years + self._year(last_year)[last] - self._year(first_year)[first]

    def _year(self, year: int) -> dict[int, int]:
        """For each day of a year, and the one after, the minutes of that year's days before it."""
        before = self._before.get(year)
        if before is None:
            before = self._before[year] = {}
            total = 0
            for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
                before[day] = total
                total += self._of_day(day)
            before[day + 1] = total
        return before

    def _of_day(self, day: int) -> int:
        """The minutes of one day."""
        found = self._open.get(day)
        if found is None:
            spans = self._spans(day)
            if spans and _midnight(day + 1) - _midnight(day) != 60 * _DAY_MINUTES:
                self._uneven.add(day)
                found = _counted(spans, _midnight(day), _midnight(day + 1))
            else:
                found = sum(end - start for start, end in spans)
            self._open[day] = found
        return found

    def _so_far(self, moment: datetime, instant: float) -> int:
        """The minutes of its day that have begun before a moment."""
        day = moment.toordinal()
        spans = self.hours.week[moment.weekday()]
        if not spans or not self._of_day(day):
            return 0
        if day in self._uneven:
            return _counted(spans, _midnight(day), instant - instant % 60)
        now = 60 * moment.hour + moment.minute
        passed = 0
        for start, end in spans:
            if start < now:
                passed += min(end, now) - start
        return passed

    def _spans(self, day: int) -> tuple[tuple[int, int], ...]:
        from feedlog.when import workdays  # here: its library takes a tenth of a second

        on = date.fromordinal(day)
        spans = self.hours.week[on.weekday()]
        return () if spans and workdays.holiday(on.isoformat(), self._country) else spans


def _midnight(day: int) -> float:
    return datetime.combine(date.fromordinal(day), time(0)).timestamp()


def _counted(spans: tuple[tuple[int, int], ...], first: float, last: float) -> int:
    """The minutes of the spans between two moments of a day whose clock is put forward or back, one by one."""
    clocks = (datetime.fromtimestamp(moment) for moment in range(int(first), int(last), 60))
    return sum(any(start <= 60 * at.hour + at.minute < end for start, end in spans) for at in clocks)


def spoken(minutes: int, hours: Hours) -> str:
    """A length of business hours for people: `25 min`, `9 h`, and from two working days on `3 days`."""
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2 * hours.day_minutes:
        return f"{minutes // 60} h"
    return f"{minutes // hours.day_minutes} days"
