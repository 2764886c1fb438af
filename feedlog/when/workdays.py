"""Workdays and public holidays of the countries we know, by the `holidays` library.

Public holidays of the whole country count: not those of a single German land, nor the eves that offices close on
though no law says so. Days are stored local days, `2026-03-13`.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import TYPE_CHECKING

from feedlog.errors import WrongUsage
from feedlog.vocabulary import COUNTRIES
from feedlog.when import names

if TYPE_CHECKING:
    from holidays import HolidayBase

_SATURDAY = 5
_MOST_COUNTED = 250


def holiday(day: str, country: str) -> str | None:
    """The public holiday of DK, SE, NO or DE on that day, by its English name, else its own; None without one."""
    named = _calendar(country).get(day)
    return None if named is None else named.replace("; ", " and ")  # two may fall on one day


def weekend(day: str) -> bool:
    """Whether it is a Saturday or a Sunday."""
    return date.fromisoformat(day).weekday() >= _SATURDAY


def workday(day: str, country: str) -> bool:
    """Whether it is a day from Monday to Friday without a public holiday."""
    return not weekend(day) and holiday(day, country) is None


def next_workday(day: str, country: str) -> str:
    """The first workday from that day on: the day itself where it is one."""
    while not workday(day, country):
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return day


def counted(typed: str, today: str, country: str) -> str | None:
    """The day that "in 2 business days" or "inden for to hverdage" names; None where workdays are not counted.

    The first of them is the first workday after `today`. Raises WrongUsage for more than a year of them.
    """
    phrase = names.folded(typed)
    lead = max((lead for lead in names.WITHIN if phrase.startswith(f"{lead} ")), key=len, default=None)
    count, _, unit = phrase.removeprefix(f"{lead} ").partition(" ")
    if lead is None or unit not in names.BUSINESS_DAYS:
        return None
    number = int(count) if count.isascii() and count.isdigit() else names.NUMBERS.get(count)
    if number is None:
        return None
    if not 1 <= number <= _MOST_COUNTED:
        raise WrongUsage(f"Workdays are counted from 1 to {_MOST_COUNTED}.", hint="Write the day instead.")
    day = today
    for _ in range(number):
        day = next_workday((date.fromisoformat(day) + timedelta(days=1)).isoformat(), country)
    return day


@functools.cache
def _calendar(country: str) -> HolidayBase:
    # Loading it takes as long as all the rest of an `add`: only for who has a due day or counts business hours.
    import holidays

    if country not in COUNTRIES:
        raise AssertionError(f"holidays of {country} are not known")
    kind = getattr(holidays, country)
    # The law of Sweden and Norway names every Sunday a holiday; people do not.
    named = {"include_sundays": False} if country in ("SE", "NO") else {}
    language = "en_US" if "en_US" in kind.supported_languages else None
    calendar: HolidayBase = kind(language=language, **named)
    return calendar
