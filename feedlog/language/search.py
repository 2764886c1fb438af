"""Finds notes by words, best first, and says how each one matched. Works on the working and the published file."""

import sqlite3
from typing import Any, NamedTuple

from feedlog.language.query import Term, expression, parse
from feedlog.language.stems import Stems
from feedlog.language.words import words_of

# Ranking every match of a common word takes seconds at a million notes; the newest matches are enough to rank.
NEWEST_RANKED = 2000
# A hit in the words themselves counts four times one in their stems.
WEIGHTS = "4.0, 1.0"


class Span(NamedTuple):
    """A stretch of a text that matched."""

    start: int
    end: int


class Match(NamedTuple):
    """How a text matched: `how` is exact or inflection, `spans` the places, in order."""

    how: str
    spans: list[Span]


def find(
    connection: sqlite3.Connection, terms: list[Term], stems: Stems, *, limit: int, only: str = "", parameters: Any = ()
) -> list[int]:
    """The ids of matching notes, best first, at most `limit`.

    `only` is a condition on `notes_fts.rowid` with its `parameters`, for filters. Ranked by BM25 (Robertson and
    Zaragoza, 2009) among the newest matches; of equals the newer first.
    """
    sql = f"""
        select id from (
          select rowid as id, bm25(notes_fts, {WEIGHTS}) as rank from notes_fts
           where notes_fts match ? {only} order by rowid desc limit {NEWEST_RANKED})
         order by rank, id desc limit ?"""
    return [row[0] for row in connection.execute(sql, [expression(terms, stems), *parameters, limit])]


def match(text: str, terms: list[Term], stems: Stems) -> Match:
    """Where and how the terms stand in a text."""
    words = words_of(text)
    spans: set[Span] = set()
    exact = True
    for term in terms:
        if term.negated:
            continue
        found = [
            Span(words[at].start, words[at + len(term.words) - 1].end)
            for at in range(len(words) - len(term.words) + 1)
            if _stands_at(term, [word.word for word in words[at : at + len(term.words)]])
        ]
        if not found:
            exact = False
        family = {stem for word in term.words for stem in stems.of_word(word)} if term.kind == "word" else set()
        found += [Span(word.start, word.end) for word in words if family.intersection(stems.of_word(word.word))]
        spans.update(found)
    return Match("exact" if exact else "inflection", _merged(spans))


def _stands_at(term: Term, words: list[str]) -> bool:
    if term.kind == "prefix":
        return tuple(words[:-1]) == term.words[:-1] and words[-1].startswith(term.words[-1])
    return tuple(words) == term.words


def _merged(spans: set[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


def snippet(text: str, spans: list[Span], *, width: int = 160, marks: tuple[str, str] = ("[", "]")) -> str:
    """At most about `width` characters of a text on one line, around the first match, matches between `marks`."""
    first = spans[0].start if spans else 0
    start = 0 if len(text) <= width else max(0, min(first - width // 3, len(text) - width))
    if start:
        start = text.find(" ", start, first) + 1 or start
    end = min(len(text), start + width)
    if end < len(text):
        end = text.rfind(" ", max([start + 1, *(span.end for span in spans if span.end <= end)]), end) + 1 or end
    pieces, at = [], start
    for span in spans:
        if span.start >= at and span.end <= end:
            pieces += [text[at : span.start], marks[0], text[span.start : span.end], marks[1]]
            at = span.end
    pieces.append(text[at:end].rstrip())
    shown = " ".join("".join(pieces).split())
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def search_expression(text: str, stems: Stems) -> str:
    """What Datasette's `escape_fts` becomes, so that its own search box understands the same things."""
    return expression(parse(text), stems)
