"""Cuts text into words the way the search index does."""

import re
import unicodedata
from typing import NamedTuple

# Letters and digits; the underscore parts words, as in FTS5's unicode61 tokenizer.
_WORD = re.compile(r"[^\W_]+")
# The same for texts in the letters of Western Europe, which are most, as a table of bytes: lower case, else a blank.
_LATIN_1 = bytes(ord(sign.lower()) if sign.isalnum() else ord(" ") for sign in map(chr, range(256)))

# Letters people cannot or do not type, as they type them instead.
_FOLDED = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ß": "ss", "đ": "d", "ł": "l", "ð": "d", "þ": "th"})


class Word(NamedTuple):
    """A word of a text: lower case, and where it stands."""

    word: str
    start: int
    end: int


def composed(text: str) -> str:
    """The text in NFC with line ends as LF, without a leading byte order mark or blank edges: how texts are stored."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    while text.startswith("\ufeff"):  # one may stand behind another, or behind a blank
        text = text[1:].lstrip()
    return text


def words_of(text: str) -> list[Word]:
    """The words of a text with their places, in order."""
    return [Word(found.group().lower(), found.start(), found.end()) for found in _WORD.finditer(text)]


def plain_words(text: str) -> list[str]:
    """The words of a text, lower case, in order."""
    try:
        return text.encode("latin-1").translate(_LATIN_1).decode("latin-1").split()
    except UnicodeEncodeError:
        pass
    # Cut first, then lower-cased: 'İ' becomes two characters in lower case, which would part the word.
    return [word.lower() for word in _WORD.findall(text)]


def folded(word: str) -> str:
    """A word without the differences people make when they type: case, accents, oe or o for ø, aa or a for å."""
    if word.isascii() and not ("oe" in word or "ae" in word or "aa" in word):
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower().translate(_FOLDED))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    while True:  # 'knæene' is typed 'knaeene', and folding its first pair makes another
        shorter = plain.replace("oe", "o").replace("ae", "a").replace("aa", "a")
        if shorter == plain:
            return plain
        plain = shorter
