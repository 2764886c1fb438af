"""Phrases of a language: patterns that can be read aloud, and where they stand in a text. Knows no SQL.

One file a language, `languages/phrases/<code>.toml`; da.toml says at its top how a pattern is written. They lie apart
from the languages' own files because every `feedlog add` reads those, and only the check of a letter needs these.
"""

import os
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from feedlog.errors import WrongUsage
from feedlog.language.excerpts import Span
from feedlog.language.words import Word, composed, words_of

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "languages", "phrases")
# How many words `...` may stand for.
MOST_BETWEEN = 3
# Where a sentence ends: a full stop only before a capital, since it also stands in "hr. Madsen" and "3. marts".
_SENTENCE_END = re.compile(r"[!?…]|\.(?=[\"”“’»«)]*\s+[\"”“‘»«(]*[^\W\d_a-zæøåäöéü])|\n[ \t]*\n")
_PIECES = re.compile(r"\s+|\.\.\.|\{\w+\}|[()\[\]|]|[^\s()\[\]{}|]+")
_END = "."  # stands for the end of a sentence among the words; no word looks like it

_known: dict[str, "Phrases"] = {}


class Cut:
    """A text cut into words and sentences, ready for phrases to be looked for."""

    def __init__(self, text: str) -> None:
        self.words: list[Word] = words_of(text)
        self.sentence_of: list[int] = []
        pieces: list[str] = []
        self._starts: list[int] = []
        at, sentence, end = 0, 0, 0
        for word in self.words:
            if self.words and end and _SENTENCE_END.search(text, end, word.start + 1):
                pieces.append(_END)
                at += 2
                sentence += 1
            self._starts.append(at)
            self.sentence_of.append(sentence)
            pieces.append(word.word)
            at += len(word.word) + 1
            end = word.end
        self.joined = " ".join([*pieces, ""])

    def word_at(self, start: int) -> int:
        """Which word of the text stands at this character or holds it: its number, counted from 0."""
        return max(0, bisect_right(self.words, start, key=lambda word: word.start) - 1)

    def span(self, found: re.Match[str]) -> Span:
        """Where in the text the words of a match stand."""
        first = bisect_right(self._starts, found.start()) - 1
        last = bisect_right(self._starts, found.end() - 1) - 1
        return Span(self.words[first].start, self.words[last].end)


class Phrases:
    """What is known of one language: tables of phrases, and plain lists of words."""

    def __init__(self, tables: dict[str, Any]) -> None:
        lists = tables.get("words", {})
        self.words = {name: frozenset(composed(words).lower().split()) for name, words in lists.items()}
        self._named: dict[str, str] = tables.get("named", {})
        self._tables: dict[str, dict[str, str]] = {
            name: table for name, table in tables.items() if name not in ("named", "words")
        }
        self._ready: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {}

    @property
    def tables(self) -> list[str]:
        """The tables of phrases there are, in alphabetical order."""
        return sorted(self._tables)

    def find(self, table: str, text: Cut) -> list[Span]:
        """Where phrases of this table stand in the text, in order, without those that overlap an exception."""
        wanted, exception = self._patterns(table)
        spared = [one.span() for one in exception.finditer(text.joined)]
        return [
            text.span(found)
            for found in wanted.finditer(text.joined)
            if not any(start < found.end() and found.start() < end for start, end in spared)
        ]

    def _patterns(self, table: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
        if table not in self._ready:  # making them takes longer than reading the file, and often one table is enough
            lines = self._tables[table]
            self._ready[table] = (
                pattern(lines["phrases"], self._named),
                pattern(lines.get("except", ""), self._named),
            )
        return self._ready[table]


def codes() -> list[str]:
    """The languages whose phrases are known, in alphabetical order."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(_FOLDER) if name.endswith(".toml"))


def phrases(code: str) -> Phrases:
    """The phrases of this language; raises WrongUsage where none are known."""
    if code not in _known:
        if code not in codes():
            raise WrongUsage(f"No phrases of {code!r} are known.", hint=f"Known are those of: {', '.join(codes())}.")
        with open(os.path.join(_FOLDER, f"{code}.toml"), "rb") as file:
            _known[code] = Phrases(tomllib.load(file))
    return _known[code]


def pattern(lines: str, named: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """What finds any of these phrases, one a line, among the words of a `Cut`. Without a line it finds nothing.

    `named` holds lists that a phrase calls by `{name}`. Raises ValueError for a phrase that cannot be read.
    """
    wanted = [_Reader(line, named or {}).whole() for line in composed(lines).lower().splitlines() if line.strip()]
    return re.compile(rf"(?<![^ ])(?:{'|'.join(wanted)})" if wanted else r"(?!)")


class _Reader:
    """Turns one phrase into a regular expression in which a blank ends each word."""

    def __init__(self, line: str, named: Mapping[str, str]) -> None:
        self._line = line
        self._named = named
        self._pieces = [piece for piece in _PIECES.findall(line) if not piece.isspace()]

    def whole(self) -> str:
        read = self._alternatives()
        if self._pieces:
            raise ValueError(f"A bracket too many: {self._line}")
        return read

    def _alternatives(self) -> str:
        found = [self._sequence()]
        while self._pieces[:1] == ["|"]:
            self._pieces.pop(0)
            found.append(self._sequence())
        return f"(?:{'|'.join(found)})"

    def _sequence(self) -> str:
        return "".join(self._elements())

    def _elements(self) -> Iterator[str]:
        while self._pieces and self._pieces[0] not in ")]|":
            piece = self._pieces.pop(0)
            if piece in ("(", "["):
                inside = self._alternatives()
                if self._pieces[:1] != [")" if piece == "(" else "]"]:
                    raise ValueError(f"A bracket is not closed: {self._line}")
                self._pieces.pop(0)
                yield inside + ("?" if piece == "[" else "")
            elif piece == _END:
                yield rf"(?={re.escape(_END)} |$)"
            elif piece == "...":
                yield rf"(?:[^ {_END}]+ ){{0,{MOST_BETWEEN}}}"
            elif piece.startswith("{"):
                yield _Reader(self._named[piece[1:-1]], self._named).whole()
            else:
                yield _word(piece)


def _word(piece: str) -> str:
    """One word, or several where the text would be cut at its apostrophe or hyphen."""
    parts = [part for part in re.split(r"[^\w*#]+", piece) if part]
    if not parts:
        raise ValueError(f"This is no word: {piece}")
    return "".join(re.escape(part).replace(r"\*", "[^ ]*").replace(r"\#", r"\d+[^\W\d_]{0,2}") + " " for part in parts)
