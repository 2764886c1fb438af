"""Full dates in other layouts, as mails and other programs write them, read by dateparser.

dateparser is made to find a date wherever there might be one: by itself it reads "3 days" as three days
ago, "2026-13-01" as 13 January, and skips single letters. Here it gets a text only when every word of it
belongs in a date, one month is named and a year has four digits; its answer must be made of that day, month
and year.
"""

from __future__ import annotations

import re
from datetime import datetime

from feedlog.when import names

_ELSE = frozenset(("of", "the", "den", "d", "at", "am", "pm", "st", "nd", "rd", "th"))
_ZONES = frozenset(("z", "utc", "gmt", "cet", "cest"))
_KNOWN = _ELSE | _ZONES | names.MONTHS.keys() | names.WEEKDAYS.keys()
_CLOCK = r"\d:\d\d|\d ?[ap]m"
_ODD_SIGN = re.compile(r"[^a-z0-9 ,.:+()/-]")
_SETTINGS = {
    "DATE_ORDER": "DMY",
    "PREFER_LOCALE_DATE_ORDER": False,
    "STRICT_PARSING": True,
    # Its other parsers read timestamps, spans and bare times; ours have already answered those.
    "PARSERS": ["absolute-time"],
}


def read(text: str) -> tuple[datetime, bool, int | None] | None:
    """The moment (aware when the text holds a zone), whether it has a clock time, and the weekday named.

    None when the text is no such date. Raises ValueError or OverflowError for a day that does not exist.
    """
    phrase = names.folded(text)
    words = re.findall(r"[^\W\d_]+", phrase)
    months = {names.MONTHS[word] for word in words if word in names.MONTHS}
    numbers = {int(number) for number in re.findall(r"\d+", phrase)}
    weekdays = [names.WEEKDAYS[word] for word in words if word in names.WEEKDAYS]
    if not _KNOWN.issuperset(words) or _ODD_SIGN.search(phrase):
        return None
    if len(months) != 1 or len(weekdays) > 1 or max(numbers, default=0) < 1000:
        return None
    # Costs about as much as all other imports of a command together.
    import dateparser

    moment = dateparser.parse(text, languages=["en", "da", "sv", "nb"], settings=_SETTINGS)
    if moment is None or moment.month not in months or not {moment.day, moment.year} <= numbers:
        return None
    return moment, re.search(_CLOCK, phrase) is not None, weekdays[0] if weekdays else None
