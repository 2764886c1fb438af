"""Makes a warehouse of made-up notes with the program's own writer, month by month, without a log behind it."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import texts
from bench.texts import CHANNELS, KINDS, SEED, THEMES, TOUCHPOINTS
from feedlog.language.languages import function_words
from feedlog.language.stems import Stems
from feedlog.vocabulary import DEFAULT_LANGUAGES
from feedlog.warehouse.exporting import make
from feedlog.warehouse.folder import NO_MONTH, Listing, Part, Warehouse, exporting
from feedlog.warehouse.source import Row, words_of_note
from feedlog.warehouse.tables import FORM

FIRST_YEAR = 2023
# In every month customers speak of some things more than in the others, or there would be no words to find.
TOPICS_A_MONTH = 40
TOPICAL = 0.5


class Made(NamedTuple):
    """How long making took, on how many processes, and what came of it."""

    seconds: float
    workers: int
    notes: int
    bytes: int
    words: int


class _Wanted(NamedTuple):
    path: str
    month: str
    first_id: int
    count: int


class Month:
    """The rows of one made-up month, the same ones every time."""

    def __init__(self, wanted: _Wanted) -> None:
        self._wanted = wanted
        self._stems = Stems(DEFAULT_LANGUAGES)

    def rows(self, table: str, month: str | None) -> Iterator[Row]:
        """The rows of a table, as the warehouse's columns say."""
        making: Iterator[Row] = getattr(self, f"_{table}")()
        return making

    def _said(self) -> Iterator[tuple[int, str, str, random.Random]]:
        """Each note's number, day and sentence, and the chance by which all else about it is drawn."""
        seed = SEED + self._wanted.first_id
        source, chance = texts.Source(_groups(), seed), random.Random(seed)
        topics = [word for word in source.text().split() if len(word) > 4]
        while len(topics) < TOPICS_A_MONTH:
            topics += [word for word in source.text().split() if len(word) > 4]
        for number in range(self._wanted.count):
            text = source.text()
            if chance.random() < TOPICAL:
                text = f"{text} {chance.choice(topics[:TOPICS_A_MONTH])}"
            day = 1 + number * 28 // self._wanted.count
            yield self._wanted.first_id + number, f"{self._wanted.month}-{day:02}", text, chance

    def _notes(self) -> Iterator[Row]:
        for note_id, day, text, _ in self._said():
            chance = random.Random(note_id)
            answered = note_id % 3 > 0
            yield (
                note_id, day, f"{day}T10:00:00Z", f"{day}T10:01:00Z", f"{day[:4]}-W01", text, None,
                chance.choice(KINDS) or None, chance.choice(CHANNELS), chance.choice(TOUCHPOINTS) or None,
                _customer(chance), "A. H.", None, None, f"agent {note_id % 400}", None, None, False,
                f"{day}T12:00:00Z" if answered else None, int(chance.expovariate(1 / 600)) if answered else None,
                day if note_id % 9 == 1 else None,
            )  # fmt: skip

    def _note_themes(self) -> Iterator[Row]:
        for note_id in self._ids():
            chance = random.Random(-note_id)
            yield note_id, chance.choice(THEMES), f"{self._wanted.month}-01", _customer(chance)

    def _promises(self) -> Iterator[Row]:
        for note_id in self._ids():
            if note_id % 10:
                continue
            drawn = note_id // 10
            outcome = ("kept", "kept", "kept", "broken", "open")[drawn % 5]
            due = f"{self._wanted.month}-{drawn % 28 + 1:02}"
            yield (
                note_id, note_id, "call back", "mette", "mette", due, due, outcome, None if outcome == "open" else due,
                drawn % 2, due, drawn % 7 > 0 if outcome == "kept" else None, None, None, None,
            )  # fmt: skip

    def _responses(self) -> Iterator[Row]:
        for note_id in self._ids():
            if note_id % 3:
                at = f"{self._wanted.month}-01T12:00:00Z"
                yield note_id, note_id, "acknowledged", at, "mette", None, None, None

    def _words(self) -> Iterator[Row]:
        for note_id, _, text, _ in self._said():
            yield from words_of_note(note_id, text, self._stems)

    def _themes(self) -> Iterator[Row]:
        for name in sorted(THEMES):
            yield name, None, None, None, None

    def _function_words(self) -> Iterator[Row]:
        for place, code in enumerate(DEFAULT_LANGUAGES, start=1):
            for word in sorted(function_words([code])):
                yield code, place, word, self._stems.root(word)

    def _ids(self) -> range:
        return range(self._wanted.first_id, self._wanted.first_id + self._wanted.count)


def make_warehouse(path: Path, notes: int, months: int, workers: int) -> Made:
    """Makes a warehouse of so many notes, unless one is there already."""
    started = time.perf_counter()
    with exporting(str(path)) as warehouse:
        names = [f"{FIRST_YEAR + at // 12}-{at % 12 + 1:02}" for at in range(months)]
        first = [at * notes // months for at in range(months + 1)]
        wanted = [_Wanted(str(path), name, first[at] + 1, first[at + 1] - first[at]) for at, name in enumerate(names)]
        listing = warehouse.listing()
        if listing is None:
            with multiprocessing.Pool(workers) as pool:
                parts = dict(zip(names, pool.imap(_make_month, wanted), strict=True))
            parts[NO_MONTH] = _make_month(_Wanted(str(path), NO_MONTH, 0, 0))
            listing = Listing(form=FORM, log="made up", made_at="", open_month=False, parts=parts)
            warehouse.commit(listing)
    files = [file for part in listing["parts"].values() for file in part["files"].values()]
    words = sum(listing["parts"][name]["files"]["words"]["rows"] for name in names)
    return Made(time.perf_counter() - started, workers, notes, sum(file["bytes"] for file in files), words)


def _make_month(wanted: _Wanted) -> Part:
    return make(Warehouse(wanted.path), Month(wanted), wanted.month, "")


def _customer(chance: random.Random) -> str:
    return f"k{int(600_000 * chance.random() ** 3)}"


_read: list[list[list[str]]] = []


def _groups() -> list[list[str]]:
    """The sentences, read once in each process."""
    if not _read:
        _read.append(texts.sentences())
    return _read[0]
