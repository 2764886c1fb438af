"""Whom a letter greets."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from feedlog.language.excerpts import Span
from feedlog.language.words import folded, plain_words

# A greeting stands below the address, the date and a heading, not further down.
_FIRST_LINES = 25
# What is part of a name and names nobody by itself.
_PARTICLES = ("af", "al", "av", "bin", "da", "das", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "la",
              "le", "of", "ter", "van", "vom", "von", "y", "zu", "zum", "zur")  # fmt: skip
_LEGAL_FORMS = ("ab", "amba", "aps", "as", "asa", "gmbh", "inc", "ivs", "llc", "llp", "ltd", "plc")


class Greeting(NamedTuple):
    """The line that greets, and whether it names somebody."""

    span: Span
    names: bool


def greeting(text: str, words: Mapping[str, frozenset[str]], silent: frozenset[str]) -> Greeting | None:
    """The letter's greeting, or None where it has none. `words` are a language's lists `greeting` and `nobody`."""
    start, seen = 0, 0
    for line in text.split("\n"):
        told = plain_words(line)
        seen += bool(told)
        span = Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
        if told and told[0] in words["greeting"]:
            return Greeting(span, _names(line, words, silent))
        # 'Anna,' alone on its line greets too.
        if re.fullmatch(r"\s*(?:[A-ZÆØÅÄÖÉ][\w.’'-]*\s*){1,4}[,!]\s*", line):
            return Greeting(span, _names(line, words, silent))
        if seen > _FIRST_LINES:
            break
        start += len(line) + 1
    return None


def _names(line: str, words: Mapping[str, frozenset[str]], silent: frozenset[str]) -> bool:
    # 'Hej igen, Anna' has the name behind a comma; 'Hej, tak for dit brev' goes on with the letter.
    first, *others = re.split(r"[,!:?]|(?<=[a-zæøåäö]{3})\.", line.strip())
    pieces = [first, *[other for other in others[:1] if len(plain_words(other)) <= 4]]
    nobody = words["greeting"] | words["nobody"]
    for piece in pieces:
        found = [word for word in re.findall(r"[^\W\d_]+", piece)[:8] if word.lower() not in nobody]
        if piece == piece.lower():  # who writes without capitals greets without them
            found = [word for word in found if word not in silent]
        elif piece != piece.upper():
            found = [word for word in found if word[0].isupper()]
        if any(len(word) > 1 or folded(word) == word for word in found):
            return True
    return False


def named_in(text: str, name: str) -> bool:
    """Whether a part of this name that tells who it is stands in the text, also with an ending: 'Annas'."""
    parts = [folded(word) for word in plain_words(name)]
    telling = [part for part in parts if part not in (*_PARTICLES, *_LEGAL_FORMS) and len(part) > 1] or parts
    told = {folded(word) for word in plain_words(text)}
    return any(part in told or f"{part}s" in told for part in telling)
