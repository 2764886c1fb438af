"""Telling: who should hear that what they spoke of is mended."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound
from feedlog.operations import codebook, responses, telling, undoing
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]


def told(log: Log, theme: str = "levering") -> list[tuple[str, int]]:
    return [(one["customer"]["key"], one["note_id"]) for one in telling.to_tell(log, theme)]


def tell(log: Log, note_id: int, day: int) -> None:
    by = By("jens", "2026-11-30T09:00:00Z")
    responses.add(log, note_id, "told", by, at=f"2026-11-{day:02}T09:00:00Z")


@pytest.fixture
def fixed(log: Log, by: By, say: Say) -> None:
    """A theme, fixed on Tuesday 17 November, of which three known customers and one unknown spoke before."""
    theme = {"themes": ("levering",)}
    say("first", customer="K-1", name="Anna", said_at="2026-11-02T09:00:00Z", **theme)
    say("newest", customer="K-1", said_at="2026-11-10T09:00:00Z", **theme)
    say("on the day, late", customer="K-2", said_at="2026-11-17T22:59:59Z", **theme)
    say("the day after", customer="K-3", said_at="2026-11-17T23:00:00Z", **theme)
    say("nobody knows who", said_at="2026-11-10T09:00:00Z", **theme)
    say("of something else", customer="K-4", said_at="2026-11-10T09:00:00Z")
    say("in other words", customer="K-5", said_at="2026-11-09T09:00:00Z", themes=("pakker",))
    codebook.merge(log, "pakker", "levering", by)
    codebook.describe(log, "levering", by, fixed_on="2026-11-17")


def test_who_should_be_told(log: Log, fixed: None) -> None:
    """Each customer who spoke of it up to that day stands once, with their newest note, those who spoke last first."""
    assert told(log) == told(log, "pakker") == [("K-2", 3), ("K-1", 2), ("K-5", 7)]
    assert telling.to_tell(log, "levering")[1] == {
        "customer": {"key": "K-1", "name": "Anna"},
        "note_id": 2,
        "said_at": "2026-11-10T09:00:00Z",
        "verbatim": "newest",
    }


def test_told_since(log: Log, by: By, fixed: None) -> None:
    """Who was told on that day or later, on any of their notes, is not told again; told before does not count."""
    tell(log, 2, 16)
    assert ("K-1", 2) in told(log)
    tell(log, 1, 17)
    assert told(log) == [("K-2", 3), ("K-5", 7)]
    responses.remove(log, 2, by)
    assert ("K-1", 2) in told(log)
    responses.add(log, 3, "solved", by)
    assert ("K-2", 3) in told(log)


def test_taken_back_and_merged(log: Log, by: By, say: Say, fixed: None) -> None:
    """A note taken back asks for nothing, and two keys of one person are told once."""
    log.connection.execute("update customers set merged_into_id = 1 where key = 'K-2'")
    assert told(log) == [("K-1", 3), ("K-5", 7)]
    say("by mistake", customer="K-9", said_at="2026-11-10T09:00:00Z", themes=("levering",))
    assert ("K-9", 8) in told(log)
    undoing.undo(log, undoing.last(log, "mette"), by)
    assert ("K-9", 8) not in told(log)


def test_not_fixed(log: Log, by: By, fixed: None) -> None:
    """Nobody is told while nothing is mended."""
    codebook.describe(log, "levering", by, fixed_on="")
    assert told(log) == []
    with pytest.raises(NotFound, match=r"^There is no theme 'zebra'\.$"):
        telling.to_tell(log, "zebra")
