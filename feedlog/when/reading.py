"""What a person typed, read as a day, a clock time or a moment; refused when it is not understood.

Rules where words leave something open, `prefer` being "past" (what was said) or "future" (what is due):

- a weekday alone is the latest one, today included, or the coming one, a week ahead when it is today;
  with a clock time that today has not reached yet, the past one is a week ago
- "next friday" is the first one after today, "last friday" the latest one before today
- a clock time alone is the latest or the coming one: today, else yesterday or tomorrow
- a day and month without a year is the latest or the coming one, today included
- day before month, always: 3/4 is 3 April, and 3/13 is refused rather than turned round
- hours are of the 24-hour clock unless am or pm is written; 15.30 is a clock time after "kl." or after a day
- "in a month" from the 31st is the last day of a shorter month

"3 days ago" is a day, "3 hours ago" a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from feedlog.errors import WrongUsage
from feedlog.when import MONTHS, WEEKDAYS, names

HINT = 'Write for example 2026-03-13, "yesterday 15:30", "3 days ago", "in 2 weeks" or "friday".'
# Outside these a year is a slip of the finger, and the clocks of some systems fail.
FIRST_YEAR, LAST_YEAR = 1900, 2199
# Longer is a sentence in the wrong place, not a day.
LONGEST = 80

_CLOCK = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?(?: ?(?P<half>am|pm))?"
_MARKED = rf"(?:{'|'.join(map(re.escape, names.AT))}) ?{_CLOCK}"
_UNMARKED = rf"(?=\d{{1,2}}:|[\d.]+ ?[ap]m){_CLOCK}"
_DOTTED = r"(?P<hour>\d{1,2})\.(?P<minute>\d{2})"
_ZONE = r"(?P<zone>z|utc|gmt|[+-]\d\d(?::?\d\d)?)"
_ISO = rf"(?P<date>\d{{4}}-\d\d-\d\d)(?:t| (?=\d+ ?[:.ap])){_CLOCK}(?:(?<=:\d\d)[.,]\d{{1,9}})? ?{_ZONE}?"
_ORDINAL = r"(?:\.|st|nd|rd|th|:e|:a)?"
_DATES = (
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
    r"(?P<day>\d{1,2})[./] ?(?P<month>\d{1,2})(?:\.|(?:[./ -]|\. )(?P<year>\d{4}))?",
    r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})",
    rf"(?P<day>\d{{1,2}}){_ORDINAL}[ -]?(?:of )?(?P<month>[a-z]{{3,9}})\.?(?:,?[ -](?P<year>\d{{4}}))?",
    rf"(?P<month>[a-z]{{3,9}})\.? (?P<day>\d{{1,2}}){_ORDINAL}(?:,? (?P<year>\d{{4}}))?",
)


class Reading(NamedTuple):
    """A local day, the clock time on it if one was given, and the exact moment where the words fix one."""

    on: date
    at: time | None = None
    exact: datetime | None = None


def read(text: str, now: datetime, prefer: str) -> Reading:
    """What the text means at `now` (aware, local). Raises WrongUsage for what is not understood."""
    phrase = names.folded(text)
    if not phrase:
        raise WrongUsage("No day or time was given.", hint=HINT)
    reading = None
    if len(phrase) <= LONGEST:
        if " ".join(text.casefold().split()) in names.NOW:
            return Reading(now.date(), None, now)
        try:
            reading = _common(phrase, now, prefer) or _otherwise(text)
        except (ValueError, OverflowError):
            # The datetime classes refuse what no calendar or clock has; nothing else here raises these.
            raise WrongUsage(f'"{_shown(text)}": there is no such day or time.', hint=HINT) from None
    if reading is None:
        raise WrongUsage(f'"{_shown(text)}" is not a day or time feedlog understands.', hint=HINT)
    if not FIRST_YEAR <= reading.on.year <= LAST_YEAR:
        years = f"{FIRST_YEAR} and {LAST_YEAR}"
        raise WrongUsage(f'"{_shown(text)}" is not between {years}.', hint="Check the year.")
    return reading


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _otherwise(text: str) -> Reading | None:
    # dateparser takes longer to load than all the rest of an `add`: only for what is seldom typed.
    from feedlog.when import written

    found = written.read(text)
    if found is None:
        return None
    moment, has_clock, weekday = found
    _agree(moment.date(), weekday)
    if not has_clock:
        return Reading(moment.date())
    if moment.tzinfo is None:
        return Reading(moment.date(), moment.time())
    return _placed(moment)


def _common(phrase: str, now: datetime, prefer: str) -> Reading | None:
    """ISO and the common words, or None."""
    if match := _full(_ISO, phrase):
        return _iso(match)
    if moment := _hours_away(phrase, now):
        return Reading(moment.date(), None, moment)
    for rest, at in _clocks(phrase):
        if rest is None:
            return Reading(_day_of_clock(at, now, prefer), at)
        if on := _day(rest, now, prefer, at):
            return Reading(on, at)
    on = _day(phrase, now, prefer, None)
    return Reading(on) if on else None


def _full(pattern: str, phrase: str) -> re.Match[str] | None:
    # ASCII: \d would take digits of every script.
    return re.fullmatch(pattern, phrase, re.ASCII)


def _iso(match: re.Match[str]) -> Reading:
    on, at, zone = date.fromisoformat(match["date"]), _time(match), match["zone"]
    if zone is None:
        return Reading(on, at)
    offset = "+00:00" if zone in ("z", "utc", "gmt") else zone
    return _placed(datetime.fromisoformat(f"{on}T{at}{offset}"))


def _placed(exact: datetime) -> Reading:
    """A moment given with its zone, on the day it is here."""
    if not FIRST_YEAR <= exact.year <= LAST_YEAR:
        # To be refused by the year as it was written: the machine's own clock may not reach so far.
        return Reading(exact.date(), exact.time())
    return Reading(exact.astimezone().date(), None, exact)


# --- clock times ----------------------------------------------------------------------------------


def _clocks(phrase: str) -> Iterator[tuple[str | None, time]]:
    """Every way to take a clock time off the phrase: what remains (None if nothing) and the time."""
    for clock in (_MARKED, _UNMARKED):
        for around in (rf"(?:(?P<rest>.+?)[ ,]+)?{clock}", rf"{clock}[ ,]+(?P<rest>.+)"):
            if match := _full(around, phrase):
                yield match["rest"], _time(match)
    # 15.10 may be 15 October: as a clock time it needs a day before it, and after a bare weekday also
    # minutes that are no month.
    match = _full(rf"(?P<rest>.+?)[ ,]+{_DOTTED}", phrase)
    if match and (match["rest"] not in names.WEEKDAYS or int(match["minute"]) > 12):
        yield match["rest"], _time(match)


def _time(match: re.Match[str]) -> time:
    parts = match.groupdict()
    hour = int(parts["hour"])
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(parts["minute"] or 0), int(parts.get("second") or 0))


def _day_of_clock(at: time, now: datetime, prefer: str) -> date:
    today = now.date()
    if prefer == "past":
        return today - timedelta(days=1) if at > now.time() else today
    return today + timedelta(days=1) if at < now.time() else today


# --- days -----------------------------------------------------------------------------------------


def _day(phrase: str, now: datetime, prefer: str, at: time | None) -> date | None:
    today = now.date()
    if phrase in names.DAYS_AWAY:
        return today + timedelta(days=names.DAYS_AWAY[phrase])
    return _days_away(phrase, today) or _weekday(phrase, now, prefer, at) or _dated(phrase, today, prefer)


def _weekday(phrase: str, now: datetime, prefer: str, at: time | None) -> date | None:
    lead, _, name = phrase.rpartition(" ")
    which = names.WEEKDAY_LEADS.get(lead) if lead else "open"
    number = names.WEEKDAYS.get(name)
    if lead == "i":
        which, number = "last", names.PAST_WEEKDAYS.get(name)
    if which is None or number is None:
        return None
    ahead = (number - now.weekday()) % 7
    if which == "open" and prefer == "past":
        today_has_reached_it = ahead == 0 and (at is None or at <= now.time())
        which = "this" if today_has_reached_it else "last"
    days = {"this": ahead, "last": ahead - 7}.get(which, ahead or 7)
    return now.date() + timedelta(days=days)


def _dated(phrase: str, today: date, prefer: str) -> date | None:
    """A day with its number and month, perhaps a weekday before and a year after."""
    weekday = None
    phrase = phrase.removeprefix("on ").removeprefix("pa ")
    head, _, rest = phrase.partition(" ")
    if rest and head.rstrip(".,") in names.WEEKDAYS:
        weekday, phrase = names.WEEKDAYS[head.rstrip(".,")], rest
    phrase = re.sub(r"^(?:den|the|d\.?) ?(?=\d)", "", phrase)
    for pattern in _DATES:
        if match := _full(pattern, phrase):
            named = match["month"]
            month = int(named) if named.isdecimal() else names.MONTHS.get(named)
            if month is None:
                return None
            day, year = int(match["day"]), match["year"]
            on = date(int(year), month, day) if year else _nearest(month, day, today, prefer)
            _agree(on, weekday)
            return on
    return None


def _agree(on: date, weekday: int | None) -> None:
    if weekday is not None and on.weekday() != weekday:
        written = f"{on.day} {MONTHS[on.month - 1]} {on.year}"
        raise WrongUsage(
            f"{written} is a {WEEKDAYS[on.weekday()]}, not a {WEEKDAYS[weekday]}.",
            hint="Write the date or the weekday alone, and a clock time as 15:30.",
        )


def _nearest(month: int, day: int, today: date, prefer: str) -> date:
    """The latest or the coming day of that number and month; 29 February may be up to eight years away."""
    date(2000, month, day)  # A leap year: what it refuses, no year has.
    step = -1 if prefer == "past" else 1
    for year in range(today.year, today.year + 9 * step, step):
        if month == 2 and day == 29 and not _leap(year):
            continue
        on = date(year, month, day)
        if (today - on).days * step <= 0:
            return on
    raise ValueError("no such day near")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# --- counted from now -----------------------------------------------------------------------------


def _counted(phrase: str) -> dict[str, int] | None:
    """Months, days and minutes that "in 1 week and 2 days" or "3 hours ago" count, negative before now."""
    for half_hour in names.HALF_HOUR:
        phrase = phrase.replace(half_hour, "30 minutes")
    words = phrase.split()
    if words[0] in names.FROM_NOW:
        sign, words = 1, words[1:]
    elif words[-1] in names.BEFORE_NOW:
        sign, words = -1, words[1 if words[0] == "for" else 0 : -1]
    else:
        return None
    words = [word for word in words if word not in names.AND]
    if not words or len(words) % 2:
        return None
    total = {"months": 0, "days": 0, "minutes": 0}
    for count, unit in zip(words[::2], words[1::2], strict=True):
        number = int(count) if _full(r"\d{1,4}", count) else names.NUMBERS.get(count)
        if number is None or unit not in names.UNITS:
            return None
        measure, size = names.UNITS[unit]
        total[measure] += sign * number * size
    return total


def _hours_away(phrase: str, now: datetime) -> datetime | None:
    total = _counted(phrase)
    # Hours are counted on the clock, days on the calendar; nobody needs the two mixed.
    if total is None or not total["minutes"] or total["days"] or total["months"]:
        return None
    return (now + timedelta(minutes=total["minutes"])).astimezone()


def _days_away(phrase: str, today: date) -> date | None:
    total = _counted(phrase)
    if total is None or total["minutes"]:
        return None
    months = today.year * 12 + today.month - 1 + total["months"]
    first = date(months // 12, months % 12 + 1, 1)
    next_month = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    on = min(first + timedelta(days=today.day - 1), next_month - timedelta(days=1))
    return on + timedelta(days=total["days"])
