"""How a language says the parts of a letter: its days, its quotation marks, and how somebody reached us."""

import functools
import tomllib
from datetime import date
from pathlib import Path
from typing import NamedTuple

from babel.dates import format_date

from feedlog import when
from feedlog.letters.pages import INDENT

TEMPLATES = Path(__file__).parent / "templates"


class Wording(NamedTuple):
    """One language's `words.toml`: a locale and date patterns as Unicode CLDR writes them, marks and phrases."""

    locale: str
    day: str
    date: str
    quotation_marks: tuple[str, str]
    by: str
    overdue: str
    name: str
    said: dict[str, str]


@functools.cache
def wording(language: str) -> Wording:
    """The wording of one of `LANGUAGES`."""
    with open(TEMPLATES / language / "words.toml", "rb") as file:
        return Wording(**tomllib.load(file))


def day(language: str, on: str) -> str:
    """A stored day with its weekday: 'fredag den 13. marts 2026', 'fredagen den 13 mars 2026'."""
    words = wording(language)
    return format_date(date.fromisoformat(on), words.day, locale=words.locale)


def date_text(language: str, on: str) -> str:
    """A stored day as it stands above a letter: '13. marts 2026'."""
    words = wording(language)
    return format_date(date.fromisoformat(on), words.date, locale=words.locale)


def by_day(language: str, on: str, *, today: str) -> str:
    """'senest fredag den 13. marts 2026'; a day that is past becomes a place to fill."""
    words = wording(language)
    return (words.overdue if on < today else words.by).format(day=day(language, on))


def said(language: str, channel: str | None, at: str) -> str:
    """The sentence before the customer's words: on which day and how they said it."""
    written = day(language, when.local(at).date().isoformat())
    phrases = wording(language).said
    return phrases.get(channel or "", phrases["other"]).format(day=written, Day=written[:1].upper() + written[1:])


def quoted(language: str, verbatim: str) -> str:
    """The customer's words as a quotation: every line indented, the language's quotation marks at both ends."""
    before, after = wording(language).quotation_marks
    return "\n".join(f"{INDENT}{line}".rstrip() for line in f"{before}{verbatim.strip()}{after}".split("\n"))


def signed(agent: str) -> str:
    """An agent as they sign: a login name in small letters is written as a name."""
    name = " ".join(agent.split())
    plain = name.islower() and name.replace(" ", "").replace("-", "").isalpha()
    return name.title() if plain else name
