"""The time a page is about: a week, a month, a quarter or any days, and the time before that it is compared with."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from feedlog.web import speech
from feedlog.web.speech import _

KINDS = ("week", "month", "quarter")
NAMES = ("period", "on", "since", "until")
# Nothing was said before there were telephones, nothing is said in ten years.
_FIRST, _LAST = date(1900, 1, 1), date(9998, 12, 31)


class Misread(ValueError):
    """A period nobody can show: its words say why."""


class Period(NamedTuple):
    """Whole days from `since` to and with `until`. `kind` is week, month, quarter or dates.

    `until` is today where the period has not ended yet; `end` is its last day all the same.
    """

    kind: str
    since: date
    until: date
    end: date

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.until < self.end

    @property
    def days(self) -> int:
        """How many days are in it so far."""
        return (self.until - self.since).days + 1

    def before(self) -> "Period":
        """The one before, only as many days of it as this one has so far: half a week is not held against a whole."""
        if self.kind == "dates":
            length = timedelta(self.days)
            return Period("dates", self.since - length, self.until - length, self.until - length)
        whole = around(self.kind, self.since - timedelta(1), self.since - timedelta(1))
        end = whole.end if not self.running else min(whole.end, whole.since + timedelta(self.days - 1))
        return Period(self.kind, whole.since, end, whole.end)

    def after(self, today: date) -> "Period | None":
        """The one after, where it has begun."""
        if self.kind == "dates" or self.end >= today:
            return None
        return around(self.kind, self.end + timedelta(1), today)

    @property
    def asked(self) -> dict[str, str]:
        """What stands in the address of a page about it."""
        if self.kind == "dates":
            return {"period": "dates", "since": str(self.since), "until": str(self.until)}
        return {"period": self.kind, "on": str(self.since)}

    @property
    def filters(self) -> dict[str, str]:
        """The same days as filters of the search page."""
        return {"since": str(self.since), "until": str(self.until)}

    @property
    def bounds(self) -> tuple[str, str]:
        """First and last day as they stand in the published file."""
        return str(self.since), str(self.until)

    @property
    def name(self) -> str:
        """'Week 47', 'November 2026', 'Quarter 4, 2026', 'Own dates'."""
        if self.kind == "week":
            return _("Week %(number)s", number=self.since.isocalendar().week)
        if self.kind == "month":
            return capital(speech.month_name(self.since))
        if self.kind == "quarter":
            return _("Quarter %(number)s, %(year)s", number=(self.since.month + 2) // 3, year=self.since.year)
        return _("Own dates")

    def written(self, today: date) -> str:
        """'16 to 22 November': its first and last day."""
        first, last = speech.day_and_month(self.since, self.end), speech.day_and_month(self.end, today)
        if self.since == self.end:
            return last
        if (self.since.year, self.since.month) == (self.end.year, self.end.month):
            first = first.split(" ")[0]
        return _("%(first)s to %(last)s", first=first, last=last)


def asked(given: Mapping[str, str], today: date, newest: date | None = None) -> Period:
    """The period an address asks for; without words the week of `newest`, else of today.

    Raises Misread for days that do not exist and kinds we do not have.
    """
    since, until, on = (_read(given.get(name, "")) for name in ("since", "until", "on"))
    kind = (given.get("period") or "").strip() or ("dates" if since or until else "week")
    if kind == "dates":
        first = since or until or today
        if until and until < first:
            raise Misread(_("The last day lies before the first."))
        if first > today:
            raise Misread(_("Nothing has been said yet in a time to come."))
        # Days to come would be held against days that were: a period that reaches into them would always have fallen.
        last = min(until or today, today)
        return Period("dates", first, last, last)
    if kind not in KINDS:
        raise Misread(
            _("There is no period %(name)s: it is week, month, quarter or dates.", name=speech.quoted(kind[:40]))
        )
    if on and on > today:
        raise Misread(_("Nothing has been said yet in a time to come."))
    return around(kind, on or min(newest or today, today), today)


def around(kind: str, on: date, today: date) -> Period:
    """The week, month or quarter a day is in, up to today."""
    if kind == "week":
        since = on - timedelta(on.weekday())
        end = since + timedelta(6)
    else:
        months = 3 if kind == "quarter" else 1
        since = date(on.year, (on.month - 1) // months * months + 1, 1)
        end = next_month(since, months) - timedelta(1)
    return Period(kind, since, min(end, today) if today >= since else end, end)


def next_month(first: date, by: int = 1) -> date:
    """The first of a month so many months later."""
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def steps(period: Period, number: int) -> Iterator[Period]:
    """The `number` periods that end with this one, the oldest first, each up to its own last day."""
    found = [period]
    while len(found) < number and found[-1].since > _FIRST + timedelta(400):
        earlier = found[-1].before()
        found.append(earlier._replace(until=earlier.end))
    yield from reversed(found)


def place(path: str, period: Period, **more: str) -> str:
    """The address of a page about a period."""
    return f"{path}?{urlencode({**period.asked, **{name: told for name, told in more.items() if told}})}"


class Chooser(NamedTuple):
    """The way from a page about a period to the same page about another: each with its name and address.

    `kept` is what else stands in the address of the page.
    """

    path: str
    kinds: list[dict[str, object]]
    before: str
    after: str
    kept: list[tuple[str, str]]


def chooser(path: str, period: Period, today: date, **kept: str) -> Chooser:
    """The periods a page at `path` offers."""
    names = {"week": _("week"), "month": _("month"), "quarter": _("quarter")}
    kinds = [
        {"name": name, "chosen": kind == period.kind, "place": place(path, around(kind, period.until, today), **kept)}
        for kind, name in names.items()
    ]
    after = period.after(today)
    earlier = period.before()
    return Chooser(
        path,
        kinds,
        place(path, earlier, **kept),
        place(path, after, **kept) if after else "",
        [(name, told) for name, told in kept.items() if told],
    )


def capital(text: str) -> str:
    """With a capital letter at the beginning, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def _read(told: str) -> date | None:
    told = told.strip()
    if not told:
        return None
    try:
        on = date.fromisoformat(told) if len(told) == 10 else None
    except ValueError:
        on = None
    if on is None or not _FIRST <= on <= _LAST:
        raise Misread(
            _("%(day)s is not a day; write it like %(example)s.", day=speech.quoted(told[:40]), example="2026-11-21")
        )
    return on
