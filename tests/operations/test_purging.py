"""Purging: what was said long ago goes, except where a promise is open, and customers of whom nothing is left."""

from collections.abc import Callable

import pytest

from feedlog.errors import WrongUsage
from feedlog.operations import describing, facts, merging, purging
from feedlog.operations.shapes import By
from feedlog.store import Log

BEFORE = "2025-01-01T00:00:00Z"
OLD, NEW = "2024-06-01T10:00:00Z", "2025-06-01T10:00:00Z"


def keys(log: Log, ids: tuple[int, ...]) -> set[str]:
    return {row["key"] for row in log.rows("select id, key from customers") if row["id"] in ids}


def test_old_notes_go(log: Log, say: Callable[..., int]) -> None:
    """Notes said before that moment go, counted by year; one said at that moment stays."""
    first, second = say("et", said_at="2023-01-01T10:00:00Z"), say("to", said_at=OLD)
    say("tre", said_at=BEFORE)
    found = purging.reach_of(log, BEFORE)
    assert found.reach.note_ids == (first, second)
    assert found.years == [{"year": "2023", "notes": 1, "kept_open": 0}, {"year": "2024", "notes": 1, "kept_open": 0}]


def test_open_promises_keep_a_note(log: Log, say: Callable[..., int]) -> None:
    """A note with an open promise stays with its customer, unless told otherwise."""
    note_id = say("et", customer="K-1", said_at=OLD, promise="ring", due_on="2026-12-01")
    found = purging.reach_of(log, BEFORE)
    assert (found.reach, found.kept_open) == (((), ()), 1)
    assert found.years == [{"year": "2024", "notes": 0, "kept_open": 1}]
    also = purging.reach_of(log, BEFORE, keep_open=False)
    assert (also.reach.note_ids, also.kept_open, keys(log, also.reach.customer_ids)) == ((note_id,), 0, {"K-1"})


def test_customers_with_nothing_left_go(log: Log, by: By, say: Callable[..., int]) -> None:
    """A customer goes with the last note, unless a newer note or a standing fact is left under any of their keys."""
    for key in ("K-gone", "K-newer", "K-fact", "K-removed", "K-into", "K-from"):
        say("et", customer=key, said_at=OLD)
    say("to", customer="K-newer", said_at=NEW)
    facts.add(log, "K-fact", "door code", by)
    facts.remove(log, facts.add(log, "K-removed", "door code", by).fact["id"], by)
    say("to", customer="K-other", said_at=NEW)
    merging.merge(log, "K-other", "K-into", by)
    say("et", customer="K-also", said_at=OLD)
    merging.merge(log, "K-also", "K-from", by)
    found = purging.reach_of(log, BEFORE)
    assert keys(log, found.reach.customer_ids) == {"K-gone", "K-removed", "K-from", "K-also"}
    assert len(found.reach.note_ids) == 7


def test_customers_without_old_notes_stay(log: Log, by: By) -> None:
    """A customer who never said anything is not old."""
    describing.describe(log, "K-1", by, segment="business")
    assert purging.reach_of(log, BEFORE).reach == ((), ())


@pytest.mark.parametrize("days", [0, -3, 99_999])
def test_refused(days: int) -> None:
    """A number of days that makes no sense is refused."""
    with pytest.raises(WrongUsage) as refused:
        purging.moment(days, "2026-11-18T09:00:00Z")
    assert (refused.value.message, refused.value.hint) == (f"{days} days cannot be.", "Name 1 to 36500 days.")


def test_moment() -> None:
    """Days are counted back from now, to the second."""
    assert purging.moment(365, "2026-11-18T09:00:00Z") == "2025-11-18T09:00:00Z"
