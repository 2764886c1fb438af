"""Customers whose mood turned: from complaint to praise, and those lost after a broken promise."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog.operations import describing, merging, turning, undoing
from feedlog.operations.clientele import Chosen
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
NOW = "2026-11-18T09:00:00Z"


@pytest.fixture
def tell(say: Say) -> Callable[..., int]:
    """Says something on a day of 2026, of a kind or with a figure."""

    def told(key: str, day: str, mood: str | int | None = None, **given: Any) -> int:
        named = {"satisfaction": mood} if isinstance(mood, int) else {"kind": mood}
        return say(f"{key} {day} {mood}", customer=key, said_at=f"2026-{day}T10:00:00Z", **named, **given)

    return told


def won(log: Log, limit: int = 9, **chosen: str) -> list[tuple[str, int, int]]:
    found = turning.won_back(log, Chosen(**chosen), limit=limit)
    return [(one["customer"]["key"], one["first"]["id"], one["latest"]["id"]) for one in found]


def lost(log: Log, days: int = 30, limit: int = 9, **chosen: str) -> list[tuple[str, str, str]]:
    found = turning.lost(log, Chosen(**chosen), days=days, at=NOW, limit=limit)
    return [(one["customer"]["key"], one["promise"]["outcome"], one["promise"]["broken_on"]) for one in found]


def ends(log: Log, note_id: int, outcome: str, day: str) -> None:
    """The promise on a note ends on a day."""
    log.connection.execute(
        "update promises set outcome = ?, ended_at = ? where note_id = ?", [outcome, f"2026-{day}T10:00:00Z", note_id]
    )


def test_won_back(log: Log, tell: Say) -> None:
    """First words a complaint, latest praise: both sides are quoted, the latest praise first."""
    first = tell("A", "01-01", "complaint")
    tell("A", "01-02", "complaint")
    latest = tell("A", "02-01", "compliment")
    tell("B", "01-05", "complaint")
    tell("B", "03-01", "compliment")
    assert won(log) == [("B", 4, 5), ("A", first, latest)]
    assert won(log, limit=1) == [("B", 4, 5)]
    [one] = turning.won_back(log, Chosen(text="A"), limit=9)
    assert one["first"] == {"id": first, "said_at": "2026-01-01T10:00:00Z", "verbatim": "A 01-01 complaint"}
    assert one["customer"]["key"] == "A"


@pytest.mark.parametrize(
    "moods",
    [
        ("compliment", "complaint"),
        ("complaint", "complaint"),
        ("compliment",),
        ("complaint",),
        ("compliment", "complaint", "compliment"),
        ("complaint", "compliment", "complaint"),
        ("question", "compliment"),
        (41, "compliment"),
        ("complaint", 59),
    ],
)
def test_not_won_back(log: Log, tell: Say, moods: tuple[str | int, ...]) -> None:
    """Who praised first, or complained last, or has no mood on one side is not won back."""
    for place, mood in enumerate(moods):
        tell("A", f"01-0{place + 1}", mood)
    assert won(log) == []


@pytest.mark.parametrize(
    "moods", [(40, 60), ("question", "complaint", "compliment", "question"), (None, 0, 100, None), ("complaint", 60)]
)
def test_mood(log: Log, tell: Say, moods: tuple[str | int | None, ...]) -> None:
    """A figure speaks where no kind was given; notes without a mood are passed over."""
    for place, mood in enumerate(moods):
        tell("A", f"01-0{place + 1}", mood)
    assert len(won(log)) == 1


def test_kind_outweighs_the_figure(log: Log, say: Say) -> None:
    """What the agent marked counts before the figure the customer gave."""
    say("a", customer="A", kind="complaint", satisfaction=90, said_at="2026-01-01T10:00:00Z")
    say("b", customer="A", kind="suggestion", satisfaction=100, said_at="2026-01-02T10:00:00Z")
    say("c", customer="A", kind="compliment", satisfaction=10, said_at="2026-01-03T10:00:00Z")
    assert won(log) == [("A", 1, 3)]


def test_merged_customers_are_one(log: Log, by: By, tell: Say) -> None:
    """A complaint under one key and praise under the other is one customer who was won back."""
    tell("A", "01-01", "complaint")
    tell("B", "02-01", "compliment")
    assert won(log) == []
    merging.merge(log, "A", "B", by)
    assert won(log) == [("B", 1, 2)]


def test_undone_notes_do_not_count(log: Log, by: By, tell: Say) -> None:
    """A praise that was taken back won nobody."""
    tell("A", "01-01", "complaint")
    tell("A", "02-01", "compliment")
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert won(log) == []


def test_only_those_chosen(log: Log, by: By, tell: Say) -> None:
    """Segment, type, language and text narrow both lists."""
    for key in "AB":
        tell(key, "01-01", "complaint", promise="ring", due_on="2026-02-01")
        tell(key, "01-02", "compliment")
    describing.describe(log, "B", by, segment="Business", language="da")
    assert [key for key, *_ in won(log, segment="business", language="da")] == ["B"]
    assert [key for key, *_ in lost(log, segment="business")] == ["B"]
    assert won(log, type="x") == []
    assert lost(log, text="x") == []


def test_lost(log: Log, tell: Say) -> None:
    """A promise was broken and they have said nothing since, or complained: the promise and both sides are told."""
    first = tell("A", "01-01", "compliment")
    note = tell("A", "02-01", "complaint", promise="ring til Anna", due_on="2026-02-10")
    ends(log, note, "broken", "02-12")
    latest = tell("A", "03-01", "complaint")
    [one] = turning.lost(log, Chosen(), days=30, at=NOW, limit=9)
    assert one["promise"] == {
        "id": 1, "note_id": note, "what": "ring til Anna", "owner": "mette", "due_on": "2026-02-10",
        "outcome": "broken", "broken_on": "2026-02-12", "why": None,
    }  # fmt: skip
    assert (one["first"]["id"], one["latest"]["id"]) == (first, latest)


def test_open_long_after_its_day_is_broken(log: Log, tell: Say) -> None:
    """A promise nobody ended counts as broken from the end of its due day, and only after the days asked for."""
    tell("A", "10-01", "complaint", promise="ring", due_on="2026-10-18")
    assert lost(log) == [("A", "open", "2026-10-18")]
    assert lost(log, days=31) == []
    tell("B", "10-01", "complaint", promise="ring", due_on="2026-12-18")
    assert lost(log, days=0) == [("A", "open", "2026-10-18")]


@pytest.mark.parametrize("mood", ["compliment", "question", "suggestion", None, 90])
def test_who_talks_to_us_is_not_lost(log: Log, tell: Say, mood: str | int | None) -> None:
    """Who has said anything but a complaint since is still there."""
    note = tell("A", "02-01", "complaint", promise="ring", due_on="2026-02-10")
    ends(log, note, "broken", "02-12")
    tell("A", "03-01", 10)
    assert len(lost(log)) == 1
    tell("A", "04-01", mood)
    assert lost(log) == []


def test_a_promise_kept_since(log: Log, tell: Say) -> None:
    """Who got a later promise kept is not counted as lost; a promise kept before does not help."""
    early = tell("A", "01-01", "complaint", promise="x", due_on="2026-01-10")
    ends(log, early, "kept", "01-09")
    broken = tell("A", "02-01", "complaint", promise="y", due_on="2026-02-10")
    ends(log, broken, "broken", "02-12")
    later = tell("A", "02-11", "complaint", promise="z", due_on="2026-12-30")
    assert lost(log) == [("A", "broken", "2026-02-12")]
    ends(log, later, "kept", "03-01")
    assert lost(log) == []


def test_latest_broken_first(log: Log, by: By, tell: Say) -> None:
    """Of several broken promises the last one counts, each customer comes once, and merged keys are one."""
    for key, day in (("A", "02-12"), ("B", "03-12"), ("A", "04-12"), ("C", "05-12")):
        ends(log, tell(key, "02-01", "complaint", promise="x", due_on="2026-02-10"), "broken", day)
    assert [key for key, *_ in lost(log)] == ["C", "A", "B"]
    merging.merge(log, "C", "B", by)
    assert [key for key, *_ in lost(log)] == ["B", "A"]
    assert [key for key, *_ in lost(log, limit=1)] == ["B"]


def test_withdrawn_promises_and_undone_notes(log: Log, by: By, tell: Say) -> None:
    """A promise logged by mistake broke nothing."""
    tell("A", "02-01", "complaint", promise="x", due_on="2026-02-10")
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert lost(log) == []
