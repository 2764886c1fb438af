"""What a person typed into a search box, as terms."""

import re
from typing import NamedTuple

from feedlog.language.words import composed, plain_words

# A term: an optional minus, then a quoted phrase or anything up to a blank.
_TERM = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
# More words than anyone types; beyond them a pasted page would become one enormous query.
MOST_TERMS = 32


class Term(NamedTuple):
    """One thing to look for. `words` stand side by side; `kind` is word, phrase or prefix."""

    kind: str
    words: tuple[str, ...]
    negated: bool = False


def parse(text: str) -> list[Term]:
    """The terms of a search: `word`, `"as written"`, `begin*`, `-not`. What holds no letter or digit is left out."""
    terms: dict[Term, None] = {}
    for found in _TERM.finditer(composed(text)):
        quoted = found["phrase"] is not None
        typed = found["phrase"] if quoted else found["word"]
        words = tuple(plain_words(typed))
        if words:
            kind = "phrase" if quoted else "prefix" if typed.endswith("*") else "word"
            terms[Term(kind, words, bool(found["minus"]))] = None
        if len(terms) == MOST_TERMS:
            break
    return list(terms)
