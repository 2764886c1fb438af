"""Days named in a letter, in the forms people write in Danish, Swedish, Norwegian and English."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from feedlog.when import names

_WORD = r"[^\W\d_]{3,9}"
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|:[ea])?\s+(?:of\s+)?(?P<month>{_WORD})\b(?:\.?,?\s+(?P<year>\d{{4}})\b)?"
)
_MONTH_FIRST = re.compile(rf"\b(?P<month>{_WORD})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}})\b)?")
_FIGURES = re.compile(r"\b(?P<day>\d{1,2})[./-] ?(?P<month>\d{1,2})[./ -]{1,2}(?P<year>\d{4}|\d\d)\b")
# 24/7 is no day: without a year, figures need a word before them that leads to one.
_SHORT = re.compile(
    r"\b(?:den|d\.|senest|senast|inden|før|före|innan|by|before|on|\w+da[gy](?:en)?)\s+(?P<day>\d{1,2})[./] ?"
    r"(?P<month>\d{1,2})\b(?![./-]?\d)",
    re.I,
)
_FORMS = (_ISO, _DAY_FIRST, _MONTH_FIRST, _FIGURES, _SHORT)
_HALF_A_YEAR = timedelta(days=183)


def days_in(text: str, *, today: date) -> set[date]:
    """Every day the text names. One without a year lies in the half year behind `today` or after it."""
    return {on for form in _FORMS for found in form.finditer(text) for on in _days(found, today)}


def without_days(text: str) -> str:
    """The text without the names of weekdays and months and without figures."""
    named = names.MONTHS.keys() | names.WEEKDAYS.keys()
    return " ".join(word for word in re.findall(r"[^\W\d_]+", text) if names.folded(word) not in named)


def _days(found: re.Match[str], today: date) -> Iterator[date]:
    written = found.groupdict()
    month = names.MONTHS.get(names.folded(written["month"]), 0)
    if written["month"].isdigit():
        month = int(written["month"])
    try:
        if written.get("year"):
            year = int(written["year"])
            yield date(year + 2000 if year < 100 else year, month, int(written["day"]))
            return
        on = date(today.year, month, int(written["day"]))
        yield on if on >= today - _HALF_A_YEAR else on.replace(year=today.year + 1)
    except ValueError:  # 31 February, or no month at all
        return
