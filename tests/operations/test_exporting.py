"""Export: which notes go out, in which order, and what stands in their columns."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog.errors import NotFound
from feedlog.operations import (
    codebook,
    corrections,
    describing,
    exporting,
    merging,
    promises,
    promising,
    responses,
    undoing,
)
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log, open_for_reading

Say = Callable[..., int]
EVERYTHING = Filters()


def exported(log: Log, filters: Filters = EVERYTHING, **given: Any) -> list[dict[str, Any]]:
    """The exported rows by column."""
    names = [column.name for column in exporting.COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in exporting.rows(log, filters, **given)]


def test_a_note_nobody_has_touched(log: Log, say: Say) -> None:
    """A note stands there with its own columns; what nobody said is empty, and nothing was done yet."""
    say("Pakken kom", customer="K-1", name="Anna Holm", themes=("pris", "levering"), channel="phone", satisfaction=20)
    [row] = exported(log)
    assert row.pop("uid")
    assert row == {
        "id": 1, "said_on": "2026-11-18", "said_at": "2026-11-18T09:00:00Z", "customer": "K-1", "name": "Anna Holm",
        "segment": None, "language": None, "channel": "phone", "touchpoint": None, "kind": None,
        "verbatim": "Pakken kom", "reading": None, "satisfaction": 20, "themes": ["levering", "pris"], "agent": "mette",
        "on_behalf_of": None, "responses": [], "answered_at": None, "closed_on": None, "goodwill": [], "promises": 0,
        "promises_open": 0, "due_on": None, "corrected": False, "source": None, "source_id": None,
        "logged_at": "2026-11-18T09:00:00Z",
    }  # fmt: skip


def test_what_became_of_it(log: Log, say: Say, by: By) -> None:
    """Corrections, steps, goodwill, promises and the closed loop stand beside the words."""
    note = say("Posen kom", customer="K-1")
    corrections.correct(log, note, "Pakken kom", "misheard", by)
    describing.describe(log, "K-1", by, segment="private", language="da")
    later = By("jens", "2026-11-20T09:00:00Z")
    with log.write():
        promises.make(log, note, "ring", "2026-11-25", by)
        promises.make(log, note, "skriv", "2026-11-23", by)
    responses.add(log, note, "compensated", by, amount_minor=20050, currency="DKK")
    responses.add(log, note, "apologised", by)
    [row] = exported(log)
    assert (row["verbatim"], row["corrected"], row["segment"], row["language"]) == ("Pakken kom", True, "private", "da")
    assert (row["responses"], row["answered_at"]) == (["compensated", "apologised"], by.at)
    assert (row["goodwill"], row["closed_on"]) == (["200.50 DKK"], None)
    assert (row["promises"], row["promises_open"], row["due_on"]) == (2, 2, "2026-11-23")
    for promise in promises.of_note(log, note):
        promising.keep(log, promise["id"], later)
    responses.add(log, note, "told", By("jens", "2026-11-21T09:00:00Z"))
    [row] = exported(log)
    assert (row["promises"], row["promises_open"], row["due_on"]) == (2, 0, None)
    assert row["closed_on"] == "2026-11-21"


def test_merged_names_are_one(log: Log, say: Say, by: By) -> None:
    """Customers and themes that were merged stand under the name they were merged into."""
    say("Pakken kom", customer="K-2", themes=("sen", "levering"))
    say("Skoene trykker", customer="K-1", name="Anna Holm")
    merging.merge(log, "K-2", "K-1", by)
    codebook.merge(log, "sen", "levering", by)
    row = exported(log, Filters(customer="K-1"))[0]
    assert (row["customer"], row["name"], row["themes"]) == ("K-1", "Anna Holm", ["levering"])


def test_order_and_limit(log: Log, say: Say) -> None:
    """Notes stand in the order they were said, the newest last; a limit keeps the newest."""
    for day in ("2026-11-03", "2026-11-01", "2026-11-02"):
        say(day, said_at=f"{day}T09:00:00Z")
    assert [row["verbatim"] for row in exported(log)] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert [row["verbatim"] for row in exported(log, limit=2)] == ["2026-11-02", "2026-11-03"]


def test_day_is_local(log: Log, say: Say) -> None:
    """The day is that of the office, the instant UTC."""
    say("sent", said_at="2026-06-30T22:30:00Z")
    [row] = exported(log)
    assert (row["said_on"], row["said_at"]) == ("2026-07-01", "2026-06-30T22:30:00Z")


def test_filters(log: Log, say: Say, by: By) -> None:
    """Only notes that pass the filters go out, and none that was taken back."""
    say("Pakken kom", channel="phone", customer="K-1")
    say("Skoene trykker", channel="chat")
    say("forkert")
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert [row["id"] for row in exported(log)] == [1, 2]
    assert [row["id"] for row in exported(log, Filters(channel="chat"))] == [2]
    with pytest.raises(NotFound):
        exporting.rows(log, Filters(customer="K-7"))


def test_all_of_one_moment(log: Log, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is logged while an export runs is not in it, however long it takes."""
    monkeypatch.setattr(exporting, "_BATCH", 2)
    for word in "abcde":
        say(word)
    with open_for_reading(log.path) as reader:
        rows = exporting.rows(reader, Filters())
        next(rows)
        say("late")
        assert [row[0] for row in rows] == [2, 3, 4, 5]
