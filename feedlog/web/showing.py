"""How values look on a page: customers' words made harmless, days as people say them, figures with their noun."""

import re
from datetime import date
from typing import NamedTuple

from feedlog.language.excerpts import Span, snippet
from feedlog.when import MONTHS, WEEKDAYS

# Control characters but tab and line feed, what would reorder the page around it, and what we mark matches with.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ue000\ue001\ufff9-\ufffb]")
_MARKS = ("\ue000", "\ue001")
# Fewer notes than this prove nothing, and are called few.
FEW = 5


class Piece(NamedTuple):
    """A stretch of a sentence, and whether it matched."""

    text: str
    marked: bool


def clean(text: str) -> str:
    """The text without characters that act instead of being seen; each leaves a replacement sign."""
    return _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n"))


def is_harmless(text: str) -> bool:
    """Whether nothing in the text acts instead of being seen."""
    return _CONTROLS.search(text) is None


def shorten(text: str, length: int) -> str:
    """At most `length` characters of a text on one line, cut between words where there are any."""
    line = " ".join(clean(text[: length * 4]).split())
    if len(line) <= length and len(text) <= length * 4:
        return line
    cut = line[:length]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,.;:") + " …"


def pieces(cleaned: str, spans: list[Span], length: int) -> list[Piece]:
    """About `length` characters of a cleaned text around its first match, cut where matches begin and end."""
    found = []
    for part in re.split(
        f"({_MARKS[0]}[^{_MARKS[1]}]*{_MARKS[1]})", snippet(cleaned, spans, width=length, marks=_MARKS)
    ):
        if part:
            found.append(Piece(part.strip("".join(_MARKS)), part.startswith(_MARKS[0])))
    return found


def day(stored: str, today: date) -> str:
    """'today', 'yesterday', a weekday within the last week, else '2 March', with the year where it is another."""
    on = date.fromisoformat(stored)
    days = (today - on).days
    if days in (0, 1):
        return ("today", "yesterday")[days]
    return WEEKDAYS[on.weekday()] if 1 < days < 7 else date_text(on, today)


def date_text(on: date, today: date) -> str:
    """'2 March', with the year where it is another."""
    return f"{on.day} {MONTHS[on.month - 1]}" + ("" if on.year == today.year else f" {on.year}")


def due(stored: str, today: date) -> str:
    """'2 days late', 'today', 'tomorrow', a weekday within the coming week, else the date."""
    on = date.fromisoformat(stored)
    days = (on - today).days
    if days < 0:
        return f"{count(-days, 'day')} late"
    if days < 2:
        return ("today", "tomorrow")[days]
    return WEEKDAYS[on.weekday()] if days < 7 else date_text(on, today)


def count(number: int, noun: str, plural: str = "") -> str:
    """'1 note', '12,345 notes'."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
