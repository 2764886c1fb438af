"""Finds notes by words, best first, and says how each one matched. Works on the working and the published file.

In tiers: the words as typed and inflected; other spellings; compounds; slips of the finger. A later tier is asked only
where the earlier ones left room, so that what it adds never crowds out a better hit.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from feedlog.language import expanding
from feedlog.language.excerpts import Span, merged
from feedlog.language.languages import families_of, function_words
from feedlog.language.query import Term, parse
from feedlog.language.stems import Stems
from feedlog.language.words import words_of

# Ranking every match of a common word takes seconds at a million notes; the newest matches are enough to rank.
NEWEST_RANKED = 2000
# A hit in the words themselves counts four times one in their stems.
WEIGHTS = "4.0, 1.0"
# A longer word is a paste gone wrong; looking for its misspellings would take for ever.
LONGEST_WORD = 40
# So many hits of the best tier come first; who asks for more wants breadth.
PLENTY = 20
# A word said in so many notes is not looked for inside longer ones: nobody reads on to these, and all would wait.
EVERYWHERE = 1000
# With fewer hits than this a word nobody ever wrote is taken for misspelt.
FEW = 5
# How a note matched, best first.
HOW = ("exact", "inflection", "spelling", "compound")
NOTHING = '""'


class Match(NamedTuple):
    """How a text matched, in one word of `HOW`, and the places, in order."""

    how: str
    spans: list[Span]


class Search:
    """What a person typed, looked for in one file's search tables. `connection` reads the file."""

    def __init__(self, connection: sqlite3.Connection, text: str, stems: Stems) -> None:
        self._connection = connection
        self._stems = stems
        self.terms = parse(text)
        self._wanted = [self._want(term) for term in self.terms if not term.negated]
        self._unwanted = [self._want(term) for term in self.terms if term.negated]
        # The newest matches of the last question to the index: the same need not be asked twice.
        self._seen: tuple[str, list[Any], list[int]] = ("", [], [])

    @property
    def empty(self) -> bool:
        """Whether there is no word to look for."""
        return not self._wanted

    def find(self, *, limit: int, only: str = "", parameters: Any = ()) -> list[int]:
        """The ids of matching notes, best first, at most `limit`.

        `only` is a condition on `notes_fts.rowid` with its `parameters`, for filters. Within a tier ranked by BM25
        (Robertson and Zaragoza, 2009) among the newest matches; of equals the newer first.
        """
        found: list[int] = []
        if self.empty:
            return found
        if any(wanted.word for wanted in self._wanted):
            found = self._ranked(limit, only, parameters, besides=found, as_typed=True)
        tiers = (None, self._by_spelling, self._by_compounds, self._by_slips)
        for widen in tiers:
            if len(found) >= min(limit, PLENTY) and (widen != self._by_compounds or limit <= PLENTY):
                continue
            if widen == self._by_slips and len(found) >= FEW:
                continue
            if widen == self._by_compounds and len(self._seen[2]) >= EVERYWHERE:
                continue
            if widen and not widen():
                continue
            found = _mixed(found, self._ranked(limit, only, parameters, besides=found))
        if not found and len(self._wanted) > 1 and self._by_slips(believe=False):
            found = self._ranked(limit, only, parameters, besides=found)
        return found[:limit]

    def newest(self, *, limit: int, only: str = "", parameters: Any = ()) -> list[int]:
        """The ids of the newest notes that match, in all the ways `find` has come to look for, at most `limit`."""
        asked = [self._expression(), *parameters]
        if self._seen[:2] == (only, asked) and limit <= NEWEST_RANKED:
            return self._seen[2][:limit]
        sql = f"select rowid from notes_fts where notes_fts match ? {only} order by rowid desc limit ?"
        return [row[0] for row in self._connection.execute(sql, [*asked, limit])]

    def expression(self, *, enough: int = 20) -> str:
        """The FTS5 expression that `find` would have arrived at for `enough` hits. It can never be a syntax error."""
        self.find(limit=enough)
        return self._expression()

    def match(self, text: str) -> Match:
        """Where and how what was looked for stands in a text."""
        words = words_of(text)
        spans: set[Span] = set()
        worst = 0
        for wanted in self._wanted:
            places = wanted.places([word.word for word in words])
            worst = max(worst, min((how for _, _, how in places), default=1))
            spans.update(Span(words[at].start, words[at + length - 1].end) for at, length, _ in places)
        return Match(HOW[worst], merged(spans))

    def _want(self, term: Term) -> "_Wanted":
        wanted = _Wanted(term, self._stems)
        if wanted.word and wanted.grammar:
            wanted.take(expanding.forms_of(self._connection, wanted.word, wanted.grammar, self._stems), "inflection")
        return wanted

    def _ranked(
        self, limit: int, only: str, parameters: Any, *, besides: list[int], as_typed: bool = False
    ) -> list[int]:
        """The best matches of the expression as it is now, without those of earlier tiers."""
        sql = f"""
            select rowid, bm25(notes_fts, {WEIGHTS}) from notes_fts
             where notes_fts match ? {only} order by rowid desc limit {NEWEST_RANKED}"""
        asked = [self._expression(as_typed), *parameters]
        rows = [(row[1], -row[0]) for row in self._connection.execute(sql, asked)]
        self._seen = (only, asked, [-number for _, number in rows])
        known = set(besides)
        return [-number for _, number in sorted(rows) if -number not in known][:limit]

    def _expression(self, as_typed: bool = False) -> str:
        if self.empty:
            return NOTHING
        found = " AND ".join(wanted.expression(as_typed) for wanted in self._wanted)
        if not self._unwanted:
            return found
        return f"({found}) NOT ({' OR '.join(unwanted.expression() for unwanted in self._unwanted)})"

    def _by_spelling(self) -> bool:
        return self._widen("spelling", lambda word: expanding.spelt_alike(self._connection, word, self._stems))

    def _by_compounds(self) -> bool:
        return self._widen("compound", lambda word: expanding.compounds(self._connection, word, self._stems))

    def _by_slips(self, believe: bool = True) -> bool:
        """Takes words for misspelt that nobody ever wrote; others, too, where several never meet in a note."""
        unknown = {wanted.term for wanted in self._wanted if wanted.word and not (believe and self._known(wanted.word))}
        return self._widen("spelling", lambda word: expanding.misspelt(self._connection, word), among=unknown)

    def _known(self, word: str) -> bool:
        return self._connection.execute("select 1 from words where word = ?", [word]).fetchone() is not None

    def _widen(self, how: str, expand: Callable[[str], list[str]], among: set[Term] | None = None) -> bool:
        """Lets single words stand for more words; tells whether any does now."""
        gained = False
        for wanted in self._wanted:
            if wanted.word and (among is None or wanted.term in among):
                gained |= wanted.take(expand(wanted.word), how)
        return gained


class _Wanted:
    """One term and every word it may stand for."""

    def __init__(self, term: Term, stems: Stems) -> None:
        self.term = term
        self._of_word = stems.of_word
        # A typed word that holds a dash is several words side by side; only a single one is looked for in tiers.
        single = term.kind == "word" and len(term.words) == 1 and len(term.words[0]) <= LONGEST_WORD
        self.word = term.words[0] if single else None
        self._stems = {stem for word in term.words for stem in stems.of_word(word)}
        # 'hund' without its ending is 'hun': a stem that is a function word would find half of all notes.
        self.grammar = self._stems & function_words(stems.languages) - set(term.words) if self.word else set()
        self._stems -= self.grammar
        if self.word:
            self._stems.add(self.word)  # 'leverans' is the stem of 'leveransen', if not its own
        self._others: dict[str, int] = {}
        if self.word:
            # Irregular forms are looked for as they stand: their stems under other languages are other words.
            self.take(list(families_of(self.word, stems.languages)), "inflection")

    def take(self, words: list[str], how: str) -> bool:
        """Stands for these words too; tells whether any of them is new."""
        new = [word for word in words if word not in self._others and not self._inflected(word)]
        self._others.update((word, HOW.index(how)) for word in new)
        return bool(new)

    def expression(self, as_typed: bool = False) -> str:
        """The FTS5 expression for the term; every word in it stands in quotes."""
        phrase = " ".join(self.term.words)
        if self.term.kind == "phrase" or (as_typed and self.term.kind == "word"):
            return f'verbatim : "{phrase}"'
        if self.term.kind == "prefix":
            return f'verbatim : "{phrase}" *'
        if not self.word:
            stemmed = " AND ".join(f"({_any(self._of_word(word))})" for word in self.term.words)
            return f'(verbatim : "{phrase}" OR ({stemmed}))'
        others = f" OR verbatim : ({_any(self._others)})" if self._others else ""
        return f"({_any([self.word, *sorted(self._stems - {self.word})])}{others})"

    def places(self, words: list[str]) -> list[tuple[int, int, int]]:
        """Where the term stands among a text's words: place, number of words, and how (an index into `HOW`)."""
        length = len(self.term.words)
        found = [(at, length, 0) for at in range(len(words) - length + 1) if self._stands(words[at : at + length])]
        if self.term.kind != "word":
            return found
        for at, word in enumerate(words):
            if word in self._others:
                found.append((at, 1, self._others[word]))
            elif word != self.word and self._inflected(word):
                found.append((at, 1, 1))
        return found

    def _stands(self, words: list[str]) -> bool:
        if self.term.kind == "prefix":
            return tuple(words[:-1]) == self.term.words[:-1] and words[-1].startswith(self.term.words[-1])
        return tuple(words) == self.term.words

    def _inflected(self, word: str) -> bool:
        return word in self._stems or not self._stems.isdisjoint(self._of_word(word))


def _mixed(found: list[int], later: list[int]) -> list[int]:
    """An earlier tier's hits, then a later one's; beyond `PLENTY` by turns, so that a common word hides no compound."""
    first, rest = found[:PLENTY], found[PLENTY:]
    turns = [note_id for pair in zip(rest, later, strict=False) for note_id in pair]
    shorter = min(len(rest), len(later))
    return first + turns + rest[shorter:] + later[shorter:]


def _any(words: Any) -> str:
    return " OR ".join(f'"{word}"' for word in words)
