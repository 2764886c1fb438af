"""Suggesting themes: groups of like notes that nobody has named."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound
from feedlog.operations import suggesting, themes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
LATE = ["Pakken kom tre uger for sent", "Min pakke kom to uger for sent", "Pakken kom alt for sent igen"]
BILL = ["Momsen på min faktura är fel", "Fel moms på fakturan igen", "Ni har räknat fel moms på fakturan"]
OTHER = ["Butikken lugter af maling", "Can I pay with a gift card?", "Tak for hjælpen, Jens", "Appen går ned"]


@pytest.fixture
def said(log: Log, say: Say) -> dict[str, list[int]]:
    """Two things that three customers said each, among others."""
    return {
        name: [say(text, customer=f"{name}-{place}") for place, text in enumerate(texts)]
        for name, texts in (("late", LATE), ("other", OTHER), ("bill", BILL))
    }


def suggest(log: Log, filters: Filters | None = None, limit: int = 20, newest: int = 500) -> suggesting.Suggestions:
    return suggesting.suggest(log, filters or Filters(), notes_looked_at=newest, limit=limit)


def test_groups(log: Log, said: dict[str, list[int]]) -> None:
    """Notes that say the same are one group with the words they share and one of them as an example."""
    found = suggest(log)
    assert (found["looked_at"], found["of"]) == (10, 10)
    assert [group["note_ids"] for group in found["groups"]] == [said["late"], said["bill"]]
    for group in found["groups"]:
        assert (group["notes"], group["customers"]) == (3, 3)
        assert group["example"]["id"] in group["note_ids"]
    assert {"pakken", "sent"} <= set(found["groups"][0]["words"])
    assert {"fakturan", "moms"} <= set(found["groups"][1]["words"])
    assert suggest(log) == found
    assert len(suggest(log, limit=1)["groups"]) == 1


def test_named_notes_are_left_out(log: Log, by: By, said: dict[str, list[int]]) -> None:
    """Notes that have a theme need none; asked for a theme's own notes, those are looked at instead."""
    themes.tag_together(log, said["late"], "sen", by)
    assert [group["note_ids"] for group in suggest(log)["groups"]] == [said["bill"]]
    within = suggest(log, Filters(themes=("sen",)))
    assert (within["of"], [group["note_ids"] for group in within["groups"]]) == (3, [said["late"]])
    with pytest.raises(NotFound):
        suggest(log, Filters(themes=("zebra",)))


def test_newest_are_looked_at(log: Log, said: dict[str, list[int]]) -> None:
    """The newest notes are compared, as many as asked for, and it is said how many there are."""
    found = suggest(log, newest=3)
    assert (found["looked_at"], found["of"]) == (3, 10)
    assert [group["note_ids"] for group in found["groups"]] == [said["bill"]]


def test_one_customers_story_is_no_theme(log: Log, say: Say) -> None:
    """What one customer says again and again is not a group; what unknown customers say may be."""
    for text in LATE:
        say(text, customer="K-1")
    assert suggest(log)["groups"] == []
    for text in BILL:
        say(text)
    [group] = suggest(log)["groups"]
    assert (group["notes"], group["customers"]) == (3, 0)


def test_empty_log(log: Log) -> None:
    """Without notes there is nothing to compare."""
    assert suggest(log) == {"looked_at": 0, "of": 0, "groups": []}
