"""The language of a page: its sentences, its dates and numbers in their form.

The sentences stand in English in templates and code; `languages/*.po` holds them in the others. Which language an
answer is in is decided once, at the door, and holds for everything that is done for that answer.
"""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from babel import Locale, dates, negotiate_locale, numbers
from babel.messages.pofile import read_po

from feedlog.vocabulary import PAGE_LANGUAGES

COOKIE = "feedlog_language"
# What a language is called by those who read it.
NAMES = {"en": "English", "da": "Dansk", "sv": "Svenska", "nb": "Norsk"}
# Days and weeks as they are written here, not in the United States.
_LOCALES = {"en": "en_GB", "da": "da_DK", "sv": "sv_SE", "nb": "nb_NO"}
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "languages")
_spoken: ContextVar[str] = ContextVar("feedlog_page_language", default="en")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything inside is said in this language."""
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def code() -> str:
    """The language that is being spoken: en, da, sv or nb."""
    return _spoken.get()


def chosen(cookie: str, setting: str, accepted: str) -> str:
    """The language for a reader: what they chose before, else the firm's setting, else what their browser asks for."""
    for told in (cookie, setting):
        if told in PAGE_LANGUAGES:
            return told
    wanted = [_known(told) for told in _by_preference(accepted)]
    return negotiate_locale([one for one in wanted if one], PAGE_LANGUAGES) or "en"


def _by_preference(accepted: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first, without malformed ones."""
    found = []
    for part in accepted[:1000].split(","):
        tag, _, weight = part.strip().partition(";")
        try:
            wanted = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if tag and 0 < wanted <= 1:
            found.append((wanted, tag.strip().replace("-", "_")))
    return [tag for _, tag in sorted(found, key=lambda pair: -pair[0])]


def _known(tag: str) -> str:
    """Norwegian is asked for by three names, and both its written forms read the one we have."""
    first = tag.split("_")[0].lower()
    return "nb" if first in ("no", "nn") else first


@functools.cache
def catalogue(language: str) -> dict[str, Any]:
    """The sentences of a language by their English ones; those with a number by their singular, as a tuple of forms."""
    path = os.path.join(_FOLDER, f"{language}.po")
    if not os.path.exists(path):  # English is what the sentences are written in
        return {}
    with open(path, "rb") as file:
        found: dict[str, Any] = {}
        for message in read_po(file):
            if message.id and message.string and not message.fuzzy:
                found[message.id if isinstance(message.id, str) else message.id[0]] = message.string
    return found


def gettext(sentence: str) -> str:
    """The sentence in the language spoken; in English where nobody has translated it."""
    told = catalogue(code()).get(sentence)
    return told if isinstance(told, str) and told else sentence


def ngettext(one: str, many: str, number: int) -> str:
    """The form of a sentence for so many. In all four languages one is one, and all else is many."""
    forms = catalogue(code()).get(one)
    if isinstance(forms, tuple) and len(forms) == 2 and all(forms):
        one, many = forms
    return one if number == 1 else many


def _(sentence: str, **values: Any) -> str:
    """The sentence in the language spoken, with values in the places that are named in it, as in %(count)s."""
    return gettext(sentence) % values if values else gettext(sentence)


def marked(sentence: str) -> str:
    """The sentence as it is: a mark for the catalogues, where it is translated only when it is told."""
    return sentence


def counted(one: str, many: str, number: int, **values: Any) -> str:
    """'1 note', '12,345 notes': the form for so many, the number written in its place %(count)s."""
    return ngettext(one, many, number) % {"count": figure(number), **values}


def figure(number: float, decimals: int = 0) -> str:
    """A number as it is written in the language spoken."""
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(number, form, locale=locale())


def share(part: float) -> str:
    """A share of one as whole percents."""
    return numbers.format_percent(part, "#,##0%" if code() == "en" else None, locale=locale())


def money(amount: float, currency: str) -> str:
    """An amount with the code of its currency behind it; without cents where there are none."""
    return f"{figure(amount, 0 if amount == int(amount) else 2)} {currency}"


def marks() -> str:
    """The two quotation marks that customers' words stand between."""
    return {"da": "»«", "sv": "””", "nb": "«»"}.get(code(), "“”")


def quoted(text: str) -> str:
    """A text between quotation marks."""
    return f"{marks()[0]}{text}{marks()[1]}"


def locale() -> Locale:
    """How dates and numbers are written."""
    return Locale.parse(_LOCALES[code()])


def day_and_month(on: date, today: date) -> str:
    """'2 March', with the year where it is another."""
    pattern = {"da": "d. MMMM", "nb": "d. MMMM"}.get(code(), "d MMMM") + ("" if on.year == today.year else " y")
    return dates.format_date(on, pattern, locale=locale())


def weekday(on: date) -> str:
    """'Monday'."""
    return dates.format_date(on, "EEEE", locale=locale())


def month_name(on: date) -> str:
    """'March 2026'."""
    return dates.format_date(on, "LLLL y", locale=locale())


def short_month(on: date) -> str:
    """'Mar' on an axis."""
    return dates.format_date(on, "LLL", locale=locale()).rstrip(".")


def moment(at: datetime, today: date) -> str:
    """'Monday 2 March, 14:05' of a local time, with the year where it is another."""
    return f"{weekday(at.date())} {day_and_month(at.date(), today)}, {dates.format_time(at, 'short', locale=locale())}"
