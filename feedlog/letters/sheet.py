"""One letter as every format draws it: its parts, its language, and what stands around the text."""

from collections.abc import Sequence
from typing import NamedTuple

from feedlog.letters.pages import Part, parts, plain
from feedlog.letters.wording import date_text, wording


class Sheet(NamedTuple):
    """A letter ready to be drawn. `sign` is whether its last part is a name with room above it for a hand."""

    language: str
    locale: str
    date: str
    title: str
    author: str
    text: str
    parts: list[Part]
    sign: bool


# A last paragraph longer than this is no name.
_LONGEST_NAME = 60


def sheet(text: str, *, language: str, on: str, recipient: str, author: str, own_words: Sequence[str]) -> Sheet:
    """The text as a sheet, dated `on` (a stored day); `own_words` is what the customer said, in each wording."""
    text = plain(text)
    found = parts(text, own_words)
    date = date_text(language, on)
    last = "".join(run.text for line in found[-1].lines for run in line) if found else ""
    sign = len(found) > 2 and found[-1].kind == "paragraph" and len(last) <= _LONGEST_NAME and "." not in last[-1:]
    return Sheet(language, wording(language).locale, date, f"{recipient}, {date}", author, text, found, sign)
