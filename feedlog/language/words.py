"""Cuts text into words the way the search index does."""

import re
import unicodedata
from typing import NamedTuple

# Letters and digits; the underscore parts words, as in FTS5's unicode61 tokenizer.
_WORD = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word of a text: lower case, and where it stands."""

    word: str
    start: int
    end: int


def composed(text: str) -> str:
    """The text in NFC with line ends as LF, without a leading byte order mark or blank edges: how texts are stored."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text).strip()


def words_of(text: str) -> list[Word]:
    """The words of a text with their places, in order."""
    return [Word(found.group().lower(), found.start(), found.end()) for found in _WORD.finditer(text)]


def plain_words(text: str) -> list[str]:
    """The words of a text, lower case, in order."""
    return _WORD.findall(text.lower())
