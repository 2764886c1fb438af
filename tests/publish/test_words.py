"""The over-used words in the published file follow from the notes, however the file came about."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.operations import corrections, notes, undoing, words
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import publish
from feedlog.publish.words import ALTOGETHER, MONTHS_FOLLOWED
from feedlog.store import Log


def read(path: str, sql: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def year(log: Log, by: By) -> Log:
    """Forty notes in each of four months; in October every other one is about a fee."""
    for month in ("08", "09", "10", "11"):
        for number in range(40):
            text = "Gebyret er for højt" if month == "10" and number % 2 else f"Kortet kom ikke {number % 3}"
            notes.add(log, Said(text, said_at=f"2026-{month}-11T10:00:00Z"), by)
    return log


WORDS = "select month, word, notes, notes_elsewhere, note_id from stats_words order by month, score desc, word"


def test_words_of_the_newest_months(year: Log, tmp_path: Path) -> None:
    """A month's over-used words stand there, each with its last note; months without any have none."""
    path = str(tmp_path / "pages.db")
    publish(year, path)
    assert read(path, WORDS) == [("2026-10", "gebyret", 20, 0, 120), ("2026-10", "højt", 20, 0, 120)]


def test_the_same_as_on_the_command_line(year: Log, tmp_path: Path, by: By) -> None:
    """The page's figures are those of `feedlog words` for the month."""
    notes.add(year, Said("Gebyr og gebyrer", said_at="2026-08-11T10:00:00Z"), by)
    path = str(tmp_path / "pages.db")
    publish(year, path)
    month = Filters(since="2026-09-30T22:00:00Z", until="2026-10-31T23:00:00Z")
    told = words.overused(year, month, limit=20, now=by.at).results
    columns = "word, notes, notes_elsewhere, share, share_elsewhere, score, log_ratio"
    assert read(path, f"select {columns} from stats_words order by score desc, word") == [
        tuple(word[column] for column in columns.split(", "))  # type: ignore[literal-required]
        for word in told
    ]
    assert len(told) == 2


def test_step_by_step_equals_at_once(year: Log, tmp_path: Path, by: By) -> None:
    """Corrections, undoing, notes in old months and the coming and going of a month lead to the same words as writing
    the file anew."""
    steps, whole = str(tmp_path / "steps.db"), str(tmp_path / "whole.db")
    publish(year, steps)
    new = Said("Filialen lukker", said_at="2026-12-01T10:00:00Z")

    def taken_back() -> None:
        undoing.undo(year, undoing.last(year, by.agent), by)

    acts: list[Callable[[], object]] = [
        lambda: corrections.correct(year, 82, "Renten er for høj", "misheard", by),
        lambda: corrections.correct(year, 120, "Renten er for høj", "misheard", by),
        lambda: notes.add(year, Said("Gebyret", said_at="2026-02-11T10:00:00Z"), by),
        lambda: [notes.add(year, new, by) for _ in range(7)],
        *[taken_back] * 7,
    ]
    for act in acts:
        act()
        publish(year, steps)
        publish(year, whole, rebuild=True)
        for table in ("stats_words", "root_counts"):
            sql = f"select * from {table} order by 1, 2"
            assert read(steps, sql) == read(whole, sql)
    assert [row[:3] for row in read(steps, WORDS)] == [("2026-10", "højt", 18), ("2026-10", "gebyret", 18)]


def test_only_the_newest_months_are_counted(year: Log, tmp_path: Path) -> None:
    """Counts are kept for the newest months and for all notes together, and for nothing else."""
    path = str(tmp_path / "pages.db")
    publish(year, path)
    kept = [row[0] for row in read(path, "select distinct month from root_counts order by month")]
    assert kept == ["2026-09", "2026-10", "2026-11", ALTOGETHER]
    assert len(kept) == MONTHS_FOLLOWED + 1


def test_an_example_that_is_not_among_the_newest(log: Log, by: By, tmp_path: Path) -> None:
    """However many notes came after it, a word has its example."""
    for number in range(420):
        fee, old = number < 60, number % 2
        text = "Gebyret er for højt" if fee and not old else f"Kortet kom ikke {number % 3}"
        notes.add(log, Said(text, said_at=f"2026-{'09' if old else '11'}-11T10:00:00Z"), by)
    for _ in range(320):
        notes.add(log, Said("Kortet kom ikke", said_at="2026-11-12T10:00:00Z"), by)
    path = str(tmp_path / "pages.db")
    publish(log, path)
    assert [row[4] for row in read(path, WORDS) if row[1] == "gebyret"] == [59]
