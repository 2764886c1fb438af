"""How values look on a page: customers' words made harmless, days as people say them, spans of time in words."""

import re
from datetime import date
from typing import NamedTuple

from feedlog.language.excerpts import Span, snippet
from feedlog.web import speech
from feedlog.web.speech import _, counted

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
        return _("yesterday") if days else _("today")
    return speech.weekday(on) if 1 < days < 7 else speech.day_and_month(on, today)


def due(stored: str, today: date) -> str:
    """'2 days late', 'today', 'tomorrow', a weekday within the coming week, else the date."""
    on = date.fromisoformat(stored)
    days = (on - today).days
    if days < 0:
        return counted("%(count)s day late", "%(count)s days late", -days)
    if days < 2:
        return _("tomorrow") if days else _("today")
    return speech.weekday(on) if days < 7 else speech.day_and_month(on, today)


def since(stored: str, today: date) -> str:
    """'2 March': a day as it stands after 'since'."""
    return speech.day_and_month(date.fromisoformat(stored), today)


def minutes(number: int) -> str:
    """'25 min', '2 h 10 min', '26 h': a time of work."""
    hours, rest = divmod(number, 60)
    if not hours:
        return _("%(minutes)s min", minutes=rest)
    if not rest or hours >= 10:
        return _("%(hours)s h", hours=speech.figure(hours))
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def ago(days: int) -> str:
    """'3 days', '5 weeks', '2 years': how long something has lasted."""
    if days < 14:
        return counted("%(count)s day", "%(count)s days", days)
    if days < 120:
        return counted("%(count)s week", "%(count)s weeks", days // 7)
    if days < 730:
        return counted("%(count)s month", "%(count)s months", days // 30)
    return counted("%(count)s year", "%(count)s years", days // 365)
