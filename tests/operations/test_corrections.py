"""Corrections: both wordings stay, the new one is shown and searched."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import corrections, finding, notes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log

JENS = By("jens", "2026-11-19T09:00:00Z", "liv")


def found(log: Log, words: str) -> list[int]:
    return [note["id"] for note in finding.search(log, words, Filters(), limit=9)]


def test_new_wording_is_shown_and_searched(log: Log, say: Callable[..., int]) -> None:
    """After a correction the note is read and found by its new words and no longer by the old ones."""
    number = say("Pakken kom tre uger for sent")
    corrections.correct(log, number, " Posen kom tre uger for sent\n", "misheard", JENS)
    note = notes.get(log, number)
    assert (note["verbatim"], note["corrected"]) == ("Posen kom tre uger for sent", True)
    assert (found(log, "posen"), found(log, "pakken")) == ([number], [])
    assert log.value("select verbatim from notes") == "Pakken kom tre uger for sent"
    assert log.value("select count(*) from words where word = 'pakken'") == 0


def test_every_wording_is_kept(log: Log, by: By, say: Callable[..., int]) -> None:
    """Each wording stays, in order, with who wrote it down, when and why."""
    number = say("one")
    corrections.correct(log, number, "two", "misheard", JENS)
    corrections.correct(log, number, "three", "still misheard", by)
    assert corrections.wordings(log, number) == [
        {"verbatim": "one", "agent": "mette", "at": by.at, "why": None},
        {"verbatim": "two", "agent": "jens", "at": JENS.at, "why": "misheard"},
        {"verbatim": "three", "agent": "mette", "at": by.at, "why": "still misheard"},
    ]
    change = log.row(
        "select agent, on_behalf_of, note_id, detail from changes where action = 'note.correct' order by id"
    )
    assert change is not None and tuple(change) == ("jens", "liv", number, '{"correction_id": 1}')


def test_back_to_the_first_wording(log: Log, by: By, say: Callable[..., int]) -> None:
    """A note worded as at first again does not count as corrected, and every wording is kept."""
    number = say("one")
    corrections.correct(log, number, "two", "misheard", by)
    corrections.correct(log, number, "one", "was right", by)
    assert notes.get(log, number)["corrected"] is False
    assert [wording["verbatim"] for wording in corrections.wordings(log, number)] == ["one", "two", "one"]


@pytest.mark.parametrize(
    ("text", "why", "kind", "message", "hint"),
    [
        ("one ", "misheard", Refused, "Note 1 is worded so already.", "See it with: feedlog show 1"),
        (" ", "misheard", WrongUsage, "The text is empty.", "Write at least a word."),
        ("two", "\n", WrongUsage, "The reason is empty.", "Write at least a word."),
    ],
)
def test_correction_that_corrects_nothing(
    log: Log, by: By, say: Callable[..., int], text: str, why: str, kind: type[Exception], message: str, hint: str
) -> None:
    """The same words again, no words, or no reason are refused, and nothing is recorded."""
    say("one")
    with pytest.raises(kind) as refused:
        corrections.correct(log, 1, text, why, by)
    assert (refused.value.message, refused.value.hint) == (message, hint)  # type: ignore[attr-defined]
    assert log.value("select count(*) from corrections") == 0


def test_note_that_is_not_there(log: Log, by: By, say: Callable[..., int]) -> None:
    """A note nobody logged, or that was taken back, cannot be corrected."""
    with pytest.raises(NotFound, match="There is no note 1"):
        corrections.correct(log, 1, "two", "misheard", by)
    say("one")
    undoing.undo(log, undoing.last(log, "mette"), by)
    with pytest.raises(NotFound, match="Note 1 was taken back"):
        corrections.correct(log, 1, "two", "misheard", by)
    assert log.value("select count(*) from corrections") == 0
