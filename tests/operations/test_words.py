"""Words over-used in some of the notes: counted right, against the right others."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound, WrongUsage
from feedlog.operations import corrections, notes, undoing, words
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, OverusedWord, Said
from feedlog.store import Log

NOW = "2026-11-18T09:00:00Z"


def overused(log: Log, filters: Filters, compare: str = "rest", limit: int = 20) -> list[OverusedWord]:
    return words.overused(log, filters, compare=compare, limit=limit, now=NOW).results


@pytest.fixture
def bank(log: Log, by: By) -> Log:
    """Twelve notes with the theme fees, of which ten speak of a fee in one form or other, and sixty others."""
    texts = [
        "Et gebyr mere",
        "Gebyret er for højt",
        "Gebyrer, gebyr og gebyret igen",
        "Hvorfor det gebyr",
        "Gebyr?",
    ] * 2
    for text in [*texts, "Det er dyrt", "Jeg er utilfreds"]:
        notes.add(log, Said(text, themes=("fees",), said_at="2026-11-10T10:00:00Z"), by)
    for number in range(60):
        text = "Gebyret var fint" if number == 0 else "Kortet kom ikke" if number % 2 else "Appen virker ikke"
        notes.add(log, Said(text, said_at="2026-11-03T10:00:00Z", themes=("other",)), by)
    return log


def test_against_the_rest(bank: Log) -> None:
    """A word is counted in notes over all its forms, here and in every other note, with its latest note as example."""
    [fee] = overused(bank, Filters(themes=("fees",)))
    assert fee == {
        "word": "gebyr",
        "notes": 10,
        "notes_elsewhere": 1,
        "share": round(10 / 12, 6),
        "share_elsewhere": round(1 / 60, 6),
        "score": pytest.approx(40.57, abs=0.01),
        "log_ratio": 5.64,
        "example": {"id": 10, "snippet": "[Gebyr]?", "words": ["gebyr"]},
    }
    assert list(fee) == list(OverusedWord.__annotations__)


def test_two_forms_elsewhere_are_one_note(bank: Log, by: By) -> None:
    """Elsewhere, too, a note with two forms of a word is one note."""
    notes.add(bank, Said("Gebyr her og gebyrer der"), by)
    [fee] = overused(bank, Filters(themes=("fees",)))
    assert (fee["notes"], fee["notes_elsewhere"]) == (10, 2)


def test_only_notes_as_they_stand(bank: Log, by: By) -> None:
    """What was taken back is not counted, and what was corrected counts as corrected."""
    corrections.correct(bank, 1, "En rente mere", "misheard", by)
    notes.add(bank, Said("Gebyr igen", themes=("fees",)), by)
    undoing.undo(bank, undoing.last(bank, by.agent), by)
    [fee] = overused(bank, Filters(themes=("fees",)))
    assert (fee["notes"], fee["share"]) == (9, 0.75)


def test_against_the_period_before(bank: Log) -> None:
    """The period before ends where this one begins, is as long, and is seen through the same filters."""
    week = Filters(since="2026-11-09T00:00:00Z", until="2026-11-16T00:00:00Z")
    found = words.overused(bank, week, compare="previous", limit=20, now=NOW)
    assert (found.notes, found.notes_elsewhere) == (12, 60)
    assert [(word["word"], word["notes"], word["notes_elsewhere"]) for word in found.results] == [("gebyr", 10, 1)]
    same_theme = words.overused(bank, week._replace(themes=("fees",)), compare="previous", limit=20, now=NOW)
    assert (same_theme.notes, same_theme.notes_elsewhere, same_theme.results) == (12, 0, [])


def test_a_period_without_end_ends_now(bank: Log) -> None:
    """Since the 9th means until now: nine days, and the nine days before."""
    found = words.overused(bank, Filters(since="2026-11-09T09:00:00Z"), compare="previous", limit=20, now=NOW)
    assert (found.notes, found.notes_elsewhere) == (12, 60)


def test_previous_needs_a_beginning(bank: Log) -> None:
    """Without a beginning there is no period before; the refusal says what to give."""
    with pytest.raises(WrongUsage, match="the period needs a beginning") as refused:
        overused(bank, Filters(until=NOW), "previous")
    assert refused.value.hint == "Say where it begins, for example: --since monday"


def test_previous_needs_a_period(bank: Log) -> None:
    """A period that ends before it begins is refused."""
    with pytest.raises(WrongUsage, match="ends before it begins"):
        overused(bank, Filters(since=NOW, until="2026-11-01T00:00:00Z"), "previous")


def test_unknown_theme(bank: Log) -> None:
    """A theme nobody made is refused, not taken for silence."""
    with pytest.raises(NotFound, match="no theme 'feees'"):
        overused(bank, Filters(themes=("feees",)))


def test_small_samples_are_silent(bank: Log, by: By) -> None:
    """A word in four notes is not shown, though it is nowhere else."""
    for _ in range(4):
        notes.add(bank, Said("Filialen lukker", themes=("branches",)), by)
    assert overused(bank, Filters(themes=("branches",))) == []
    notes.add(bank, Said("Filialen lukker", themes=("branches",)), by)
    assert [word["word"] for word in overused(bank, Filters(themes=("branches",)))] == ["filialen", "lukker"]


def test_limit(bank: Log, by: By) -> None:
    """At most so many words are shown, the surest first."""
    for _ in range(9):
        notes.add(bank, Said("Filialen lukker", themes=("fees",)), by)
    found = overused(bank, Filters(themes=("fees",)))
    assert len(found) == 3
    assert [word["score"] for word in found] == sorted((word["score"] for word in found), reverse=True)
    assert overused(bank, Filters(themes=("fees",)), limit=1) == found[:1]


@pytest.mark.parametrize("filters", [Filters(), Filters(agent="mette")])
def test_everything_has_no_rest(bank: Log, filters: Filters) -> None:
    """Where the filters leave nothing out there is nothing to compare with, and no word."""
    found = words.overused(bank, filters, limit=20, now=NOW)
    assert (found.results, found.notes, found.notes_elsewhere) == ([], 72, 0)


def test_nothing_at_all(log: Log) -> None:
    """An empty log has no words."""
    assert overused(log, Filters()) == []
    assert overused(log, Filters(kind="complaint")) == []


def test_themes_by_lot_have_no_words(log: Log, say: Callable[..., int]) -> None:
    """A theme put on every other note whatever it says has no words of its own."""
    for number in range(120):
        say(
            ["Kortet kom ikke", "Appen virker ikke", "Gebyret er for højt"][number % 3], themes=("ab"[number // 3 % 2],)
        )
    assert overused(log, Filters(themes=("a",))) == []


@pytest.mark.parametrize("text", ["🎉 🎉", "ἀγάπη İstanbul", "Ørsted_Blå a-b 100 %", '"NEAR(" * ^ a:b', "ord" * 5000])
def test_odd_texts_are_counted(log: Log, say: Callable[..., int], text: str) -> None:
    """Whatever customers write, counting it is never an error."""
    for _ in range(6):
        say(text, themes=("odd",))
        say(f"{text} her")
        say("noget andet")
    assert isinstance(overused(log, Filters(themes=("odd",))), list)
