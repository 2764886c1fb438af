"""What a letter had better not say, and what it lacks. Knows phrases, not the log."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from feedlog.language.excerpts import Span
from feedlog.language.languages import function_words
from feedlog.language.phrases import Cut, phrases
from feedlog.letters.greetings import greeting, named_in
from feedlog.letters.quoting import holds_words_of, longest_quotation, quotations

# 'sorry, really sorry' is said in one breath.
_ONE_BREATH_WORDS = 3
# A promise's day stands in its sentence or in the two after it; the one before tells on what day the customer called.
_SENTENCES_AFTER = 2
_PLACE = re.compile(r"\[\[(?:(?!\[\[)[\s\S])*?\]\]")
# 2026-03-13, 13.3.2026, 13/3: written alike in all these languages. 24/7 is no day.
_FIGURES = re.compile(
    r"(?<![\d/.-])(?:\d{4}-\d\d?-\d\d?|\d\d?[./-]\s?\d\d?[./-]\s?(?:\d{4}|\d\d)|(?!24/7)\d\d?/\d\d?)(?![\d/])"
)

HINTS = {
    "no_one_else": "Say what you do about it, not how many have said so.",
    "apologies": "Say sorry once, for the concrete thing, and use the rest of the letter to make it good.",
    "blame": "Say what happened and what you do now, not what they did.",
    "policy": "Say the reason, and what you can do.",
    "name": "Greet them by name.",
    "date": "Write the day by which it is done.",
    "own_words": "Quote at least three of their words.",
    "unfilled": "Write it yourself, or take it out with its brackets.",
}


class Known(NamedTuple):
    """What is known of whom the letter goes to: their name, and what they said."""

    name: str | None = None
    verbatim: str | None = None


class Flag(NamedTuple):
    """Something to mend, by kind (a key of `HINTS`): where it stands, its words, and why.

    `line` and `column` count from 1, in characters. `text` is empty where something is missing.
    """

    kind: str
    line: int
    column: int
    text: str
    why: str

    @property
    def hint(self) -> str:
        """What to write instead."""
        return HINTS[self.kind]


def readable(text: str) -> str:
    """The text as it is checked: composed letters (NFC), line feeds; no line is left out."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))


def check(text: str, language: str, *, kind: str | None = None, known: Known | None = None) -> list[Flag]:
    """What to mend in a `readable` letter, in the order it stands there.

    `kind` is a kind of letter: an agreement needs a day, any letter that promises needs one. Raises WrongUsage for a
    language whose phrases are not known.
    """
    letter = _Letter(text, language, known or Known())
    found = [
        *letter.phrases_of("no_one_else", "It says that nobody else has said so."),
        *letter.apologies(),
        *letter.phrases_of("blame", "It lays the blame on the customer."),
        *letter.phrases_of("policy", "It hides behind a rule."),
        *letter.name(),
        *letter.day(kind),
        *letter.own_words(),
        *letter.unfilled(),
    ]
    return sorted(found, key=lambda flag: (flag.line, flag.column))


class _Letter:
    def __init__(self, text: str, language: str, known: Known) -> None:
        self._text = text
        self._known = known
        self._phrases = phrases(language)
        self._silent = function_words([language])
        self._places = [Span(*found.span()) for found in _PLACE.finditer(text)]
        # What the customer said and what is still to be written is not what the letter says.
        own = text
        for span in [*quotations(text), *self._places]:
            own = own[: span.start] + re.sub(r"[^\n]", " ", own[span.start : span.end]) + own[span.end :]
        self._own = Cut(own)
        self._own_text = own
        self._greeting = greeting(text, self._phrases.words, self._silent)
        self._top = self._greeting.span if self._greeting else Span(*_first_line(text))

    def phrases_of(self, kind: str, why: str) -> Iterator[Flag]:
        for span in self._phrases.find(kind, self._own):
            yield self._flag(kind, span, why)

    def apologies(self) -> Iterator[Flag]:
        """The second apology and those after it."""
        before: Span | None = None
        for count, span in enumerate(self._apart(self._phrases.find("apology", self._own)), start=1):
            if before:
                first = self._place(before)[0]
                why = f"This is apology number {count}; the first is in line {first}."
                yield self._flag("apologies", span, why)
            before = before or span

    def _apart(self, spans: list[Span]) -> Iterator[Span]:
        last: int | None = None
        for span in spans:
            word = self._own.word_at(span.start)
            breath = last is not None and word - last <= _ONE_BREATH_WORDS and self._same_sentence(word, last)
            last = self._own.word_at(span.end - 1)
            if not breath:
                yield span

    def _same_sentence(self, one: int, other: int) -> bool:
        return self._own.sentence_of[one] == self._own.sentence_of[other]

    def name(self) -> Iterator[Flag]:
        if self._known.name and not named_in(self._text, self._known.name):
            yield self._flag(
                "name", self._top, f"{self._known.name} is not named anywhere.", missing=not self._greeting
            )
        elif self._greeting and not self._greeting.names:
            yield self._flag("name", self._greeting.span, "The greeting names nobody.")
        elif not self._greeting and not self._known.name:
            yield self._flag("name", self._top, "There is no greeting with a name.", missing=True)

    def day(self, kind: str | None) -> Iterator[Flag]:
        promised = self._phrases.find("promising", self._own)
        if not promised and kind != "agreement":
            return
        from_here = self._top.start if self._greeting else 0  # the day above the greeting is that of the letter
        if any(span.start >= from_here for span in self._phrases.find("time_frame", self._own)):
            return
        days = [span for span in self._phrases.find("date", self._own) if span.start >= from_here]
        days += [Span(*found.span()) for found in _FIGURES.finditer(self._own_text, from_here)]
        ahead = [day for day in days if not self._tells_of_quotation(day)]
        if not promised:
            if not ahead:
                yield self._flag("date", self._top, "An agreement names a day, and this one names none.", missing=True)
        elif not any(self._near(promise, day, day in ahead) for promise in promised for day in days):
            yield self._flag("date", promised[0], "It promises something and does not say by when.")

    def _tells_of_quotation(self, day: Span) -> bool:
        """Whether a day stands in the sentence before a quotation: 'When you called us on Monday, you said:'."""
        sentence = self._own.sentence_of[self._own.word_at(day.start)]
        openings = [
            span.start for span in quotations(self._text) if self._text[: span.start].rstrip()[-1:] in (":", ",")
        ]
        return any(self._own.sentence_of[self._own.word_at(start - 1)] == sentence for start in openings)

    def _near(self, promise: Span, day: Span, ahead: bool) -> bool:
        """Whether a day is that of a promise; one that is not `ahead` only where both stand in one sentence."""
        sentence = self._own.sentence_of
        after = sentence[self._own.word_at(day.start)] - sentence[self._own.word_at(promise.start)]
        return 0 <= after <= (_SENTENCES_AFTER if ahead else 0)

    def own_words(self) -> Iterator[Flag]:
        if self._known.verbatim is None:
            if longest_quotation(self._text) is None:
                yield self._flag("own_words", self._top, "Nothing the customer said is quoted.", missing=True)
        elif not holds_words_of(self._text, self._known.verbatim, self._silent):
            yield self._flag("own_words", self._top, "No words of the customer's own are in it.", missing=True)

    def unfilled(self) -> Iterator[Flag]:
        quoted = quotations(self._text)
        for span in self._places:
            if not any(one.start <= span.start and span.end <= one.end for one in quoted):
                yield self._flag("unfilled", span, "This is still to be filled.")

    def _flag(self, kind: str, span: Span, why: str, *, missing: bool = False) -> Flag:
        line, column = self._place(span)
        return Flag(kind, line, column, "" if missing else " ".join(self._text[span.start : span.end].split()), why)

    def _place(self, span: Span) -> tuple[int, int]:
        return self._text.count("\n", 0, span.start) + 1, span.start - self._text.rfind("\n", 0, span.start)


def _first_line(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end
