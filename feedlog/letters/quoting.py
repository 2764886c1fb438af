"""Where a letter quotes: between quotation marks, in an indented paragraph, or behind `>`."""

import re
from collections.abc import Sequence

from feedlog.language.excerpts import Span, merged
from feedlog.language.words import plain_words, words_of

# Shorter ones are names of products and titles as often as somebody's words.
FEWEST_WORDS = 3
# A run of the customer's words that carry meaning, as long as this, is no chance.
FEWEST_SHARED = 3


def _between(opening: str, closing: str) -> str:
    """What stands between two marks, up to the end of its paragraph: one that is never closed reaches no further."""
    return rf"[{opening}](?:(?!\n[ \t]*\n)[^{opening}{closing}])+[{closing}]"


_BETWEEN_MARKS = re.compile(
    "|".join(
        [
            _between("»", "«"),
            _between("«", "»"),
            _between('“”„"', '“”"'),
            r"(?<!\w)[‘'‚](?=\S)(?:[^'‘’\n]|(?<=\w)['’](?=\w)|\n(?!\n))+[’'‘](?!\w)",  # not the mark in 'don’t'
        ]
    )
)
_INDENTED = re.compile(r"(?:^(?:[ ]{2,}|\t)\S.*(?:\n|\Z))+", re.M)
_BEHIND_SIGN = re.compile(r"(?:^[ \t]*>.*(?:\n|\Z))+", re.M)


def quotations(text: str) -> list[Span]:
    """Where something is quoted, in order; what stands in two ways of quoting at once is one."""
    found = {Span(*one.span()) for one in _BETWEEN_MARKS.finditer(text)}
    found |= {Span(*one.span()) for one in _BEHIND_SIGN.finditer(text)}
    indented = [one for one in _INDENTED.finditer(text) if _parted(text, *one.span())]
    if re.search(r"^\S", text, re.M):  # else all of it is, as in a mail that was forwarded
        found |= {Span(*one.span()) for one in indented}
    return merged(found)


def _parted(text: str, start: int, end: int) -> bool:
    """Whether blank lines stand around it: an indented line in a paragraph or an address is no quotation."""
    before, behind = text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
    return before.endswith("\n\n") and (not behind or behind.startswith("\n"))


def longest_quotation(text: str) -> str | None:
    """The longest passage quoted that says something, or None where nothing is quoted."""
    passages = [text[span.start : span.end] for span in quotations(text)]
    told = [passage for passage in passages if len(plain_words(passage)) >= FEWEST_WORDS]
    return max(told, key=len, default=None)


def holds_words_of(text: str, verbatim: str, silent: frozenset[str]) -> bool:
    """Whether a letter holds the customer's own words.

    Either a quotation that stands so in what they said, or at least three of their words that mean something, in the
    same order with none but `silent` ones between ('min pakke' may have become 'din pakke'), or half a short remark.
    """
    theirs = plain_words(verbatim)
    said = f" {' '.join(theirs)} "
    for span in quotations(text):
        quoted = plain_words(text[span.start : span.end])
        if len(quoted) >= min(FEWEST_WORDS, len(theirs)) and f" {' '.join(quoted)} " in said:
            return True
    telling = [word for word in theirs if word not in silent]
    ours = [word.word for word in words_of(text)]
    if _longest_run([word for word in ours if word not in silent], telling) >= FEWEST_SHARED:
        return True
    return len(theirs) <= 2 * FEWEST_SHARED and 2 * _longest_run(ours, theirs) >= max(len(theirs), 4)


def _longest_run(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the longest run of words both have in the same order."""
    best = 0
    before = [0] * (len(theirs) + 1)
    for word in ours:
        now = [0] * (len(theirs) + 1)
        for place, other in enumerate(theirs, start=1):
            if word == other:
                now[place] = before[place - 1] + 1
                best = max(best, now[place])
        before = now
    return best
