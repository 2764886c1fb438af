"""Finds the numbers that name a person or their money: CPR, personnummer, fødselsnummer, payment cards, IBAN.

`strong` ones are sure enough to be masked: their form and their date or check digits agree. The others (a bare number
that might be a CPR, e-mail addresses, phone numbers) are only worth a word to whoever typed them. Everything here takes
time in proportion to the text. Why each rule is as it is: docs/decisions/id-numbers.md.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from feedlog.language.idnumbers.runs import CARD, CPR, FODSELSNUMMER, PERSONNUMMER, numbers
from feedlog.language.idnumbers.valid import iban_end

IBAN, EMAIL = "IBAN", "e-mail address"
STRONG = (CPR, PERSONNUMMER, FODSELSNUMMER, CARD, IBAN)


class Found(NamedTuple):
    """A number in a text, from `start` up to `end`."""

    kind: str
    start: int
    end: int

    @property
    def strong(self) -> bool:
        """Whether it is to be masked; else it is only worth a warning."""
        return self.kind in STRONG


def mark(kind: str) -> str:
    """What stands in a text instead of a number: the kind between brackets, which search finds by its word."""
    return f"[{kind}]"


def masked(text: str, found: list[Found]) -> str:
    """The text with a mark for each strong number of `found`, and all else as it was."""
    parts, at = [], 0
    for one in found:
        if one.strong:
            parts += [text[at : one.start], mark(one.kind)]
            at = one.end
    return "".join([*parts, text[at:]])


def mask(text: str) -> tuple[str, list[Found]]:
    """The text without strong numbers, and what was found in it.

    Where a number goes, words come nearer to the next one, and may name it: so the text is read until nothing is left.
    Only the first reading's places are those of `text`.
    """
    found = reading = find(text)
    while any(one.strong for one in reading):
        text = masked(text, reading)
        reading = find(text)
        found = found + [one for one in reading if one.strong]
    return text, found


def find(text: str) -> list[Found]:
    """The numbers in a text, in order, none overlapping; full-width and other digits are read as plain ones."""
    plain, where = _plain(text)
    found = list(_ibans(plain))
    plain = _without(plain, found)
    found += [Found(*number) for number in numbers(plain)]
    found += [Found(EMAIL, one.start(), one.end()) for one in _EMAIL.finditer(plain)]
    if where is not None:
        found = [Found(one.kind, where[one.start], where[one.end - 1] + 1) for one in found]
    return _apart(sorted(found, key=lambda one: (one.start, one.end)))


def _apart(found: list[Found]) -> list[Found]:
    """Those that do not overlap; a strong one goes before a weak one."""
    apart: list[Found] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
        elif one.strong and not apart[-1].strong:
            apart[-1] = one
    return apart


# What people do not see: soft hyphens, zero-width and direction marks, which phones put around copied numbers.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text in compatibility form and for each of its characters the place it came from; None: the same place."""
    if text.isascii():
        return text, None
    if unicodedata.is_normalized("NFKC", text) and not _UNSEEN.search(text) and not _OTHER_DIGIT.search(text):
        return text, None
    parts: list[str] = []
    where: list[int] = []
    for place, letter in enumerate(text):
        if letter > "\x7f":
            if _UNSEEN.match(letter):
                continue
            letter = str(unicodedata.decimal(letter)) if letter.isdecimal() else unicodedata.normalize("NFKC", letter)
        parts.append(letter)
        where += [place] * len(letter)
    return "".join(parts), where


def _without(plain: str, found: list[Found]) -> str:
    """The text with letters in place of what was found, so that its digits are not read again."""
    parts, at = [], 0
    for one in found:
        parts += [plain[at : one.start], "x" * (one.end - one.start)]
        at = one.end
    return "".join([*parts, plain[at:]])


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:\w[\w-]{0,62}\.){1,4}[A-Za-z]{2,24}(?!\w)")
_IBAN_BEGINS = re.compile("(?<![A-Za-z0-9])(?:[A-Za-z]{2}|[A-Z]{2}[ \u00a0])[0-9]{2}")


def _ibans(plain: str) -> Iterator[Found]:
    for begins in _IBAN_BEGINS.finditer(plain):
        end = iban_end(plain, begins.start())
        if end:
            yield Found(IBAN, begins.start(), end)
