"""The briefing: what one should know about a customer before talking with them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from feedlog import when
from feedlog.errors import NotFound
from feedlog.operations import briefing, describing, facts, merging, promises, responses
from feedlog.operations.briefing import Briefing
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
KEY = "K-1042"


@pytest.fixture
def now() -> datetime:
    """Friday 20 November 2026 at ten o'clock."""
    return when.local("2026-11-20T09:00:00Z")


@pytest.fixture
def brief(log: Log, now: datetime) -> Callable[..., Briefing]:
    """The briefing as of `now`."""
    return lambda key=KEY: briefing.brief(log, key, now)


def test_unknown_customer(brief: Callable[..., Briefing], say: Say) -> None:
    """A key nobody knows is said, with the one that may be meant."""
    say("Pakken kom for sent", customer=KEY)
    with pytest.raises(NotFound) as refused:
        brief("K 1042")
    assert refused.value.message == "There is no customer 'K 1042'."
    assert "K-1042" in refused.value.hint


def test_customer_who_has_said_nothing(log: Log, by: By, brief: Callable[..., Briefing]) -> None:
    """A customer who was only described has a briefing, too."""
    describing.describe(log, KEY, by, name="Anna Holm", prefers="a call")
    found = brief()
    assert found["customer"]["prefers"] == "a call"
    assert [found[part] for part in ("facts", "promises", "notes", "first", "responses", "warnings")] == [  # type: ignore[literal-required]
        [], [], [], None, [], [],
    ]  # fmt: skip


def test_everything_in_its_place(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """Facts, open promises, latest words, steps, goodwill and colleagues are all there."""
    note = say("Pakken kom tre uger for sent", customer=KEY, name="Anna Holm", kind="complaint")
    facts.add(log, KEY, "door code", by)
    with log.write():
        promises.make(log, note, "call back", "2026-11-27", by)
    responses.add(log, note, "apologised", by._replace(agent="jens"))
    responses.add(log, note, "compensated", by._replace(agent="jens"), amount_minor=20000, currency="DKK")
    found = brief()
    assert (found["customer"]["key"], found["customer"]["name"]) == (KEY, "Anna Holm")
    assert [fact["fact"] for fact in found["facts"]] == ["door code"]
    assert [promise["what"] for promise in found["promises"]] == ["call back"]
    assert [one["id"] for one in found["notes"]] == [note]
    assert {one["kind"] for one in found["responses"]} == {"apologised", "compensated"}
    assert [(given["amount"], given["currency"]) for given in found["goodwill"]] == [(200, "DKK")]
    assert set(found["colleagues"]) == {"mette", "jens"}


def test_merged_keys_are_one_customer(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """What was said under a merged key stands in the briefing of either key."""
    say("Pakken kom for sent", customer=KEY)
    say("Og nu er den væk", customer="anna@example.com")
    merging.merge(log, "anna@example.com", KEY, by)
    assert len(brief()["notes"]) == 2
    assert brief("anna@example.com") == brief()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"kind": "compliment"}, {"kind": "complaint"}, True),
        ({"kind": "complaint"}, {"kind": "compliment"}, True),
        ({"satisfaction": 90}, {"satisfaction": 30}, True),
        ({"kind": "complaint"}, {"kind": "complaint"}, False),
        ({"satisfaction": 60}, {"satisfaction": 40}, False),
        ({"kind": "question"}, {"kind": "complaint"}, False),
        ({}, {}, False),
    ],
)
def test_first_words_where_the_mood_has_turned(
    say: Say, brief: Callable[..., Briefing], before: dict[str, Any], after: dict[str, Any], shown: bool
) -> None:
    """What they said first stands there when they sounded otherwise than now, and only then."""
    first = say("I er altid hurtige", customer=KEY, said_at="2024-05-02T10:00:00Z", **before)
    say("Pakken kom for sent", customer=KEY, said_at="2026-11-01T10:00:00Z", **after)
    found = brief()["first"]
    assert (found and found["id"]) == (first if shown else None)


def test_overdue_promise_is_warned_of(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """A promise whose day is past is warned of with how late it is; one that is due today is not."""
    note = say("Ring mig op", customer=KEY)
    responses.add(log, note, "acknowledged", by)
    with log.write():
        promises.make(log, note, "call back", "2026-11-20", by)
        promises.make(log, note, "send a new one", "2026-11-19", by)
        promises.make(log, note, "refund", "2026-11-13", by)
    assert brief()["warnings"] == ["overdue: refund, 7 days late", "overdue: send a new one, 1 day late"]


def test_one_apology_too_many_is_warned_of(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """Whoever would say sorry next is told how often it was said, and about what."""
    note = say("Pakken kom for sent", customer=KEY, themes=("levering",))
    responses.add(log, note, "apologised", by)
    assert brief()["warnings"] == ["apologised once for levering already; the next would be the second"]
    responses.add(log, note, "apologised", by)
    assert brief()["warnings"] == ["apologised twice for levering already; the next would be the third"]


def test_saying_the_same_three_times_is_warned_of(say: Say, brief: Callable[..., Briefing]) -> None:
    """Three times the same, by theme or by words, is warned of; twice is not, and praise never counts."""
    say(
        "Tak for hurtig levering", customer=KEY, themes=("levering",), kind="compliment", said_at="2026-01-02T10:00:00Z"
    )
    say("Pakken er forsinket", customer=KEY, themes=("levering",), said_at="2026-02-02T10:00:00Z")
    say("Chaufføren fandt ikke vejen", customer=KEY, themes=("levering",), said_at="2026-03-02T10:00:00Z")
    assert not any("said the same" in warning for warning in brief()["warnings"])
    say("Nu er pakken forsinket igen", customer=KEY, said_at="2026-04-02T10:00:00Z")
    say("Min pakke er forsinket", customer=KEY, themes=("levering",), said_at="2026-05-02T10:00:00Z")
    assert "said the same four times since February" in brief()["warnings"]


def test_notes_nobody_answered_are_warned_of(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """What was said and never answered is warned of, the oldest by its number."""
    first = say("Hvor er min pakke?", customer=KEY, said_at="2026-11-01T10:00:00Z")
    assert brief()["warnings"] == [f"nobody has answered #{first}"]
    say("Hallo?", customer=KEY, said_at="2026-11-02T10:00:00Z")
    assert brief()["warnings"] == [f"nobody has answered 2 of their notes, the oldest #{first}"]
    responses.add(log, first, "acknowledged", by)
    assert brief()["warnings"] == ["nobody has answered #2"]


def test_many_overdue_promises(log: Log, by: By, say: Say, brief: Callable[..., Briefing]) -> None:
    """Of many overdue promises those waited for longest are named, and the others counted."""
    note = say("Pakken kom for sent", customer=KEY)
    responses.add(log, note, "acknowledged", by)
    with log.write():
        for day in ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"):
            promises.make(log, note, f"call on {day}", day, by)
    assert brief()["warnings"] == [
        "overdue: call on 2026-11-16, 4 days late",
        "overdue: call on 2026-11-17, 3 days late",
        "overdue: call on 2026-11-18, 2 days late",
        "1 more promise is overdue",
    ]


def test_unanswered_among_thousands(say: Say, brief: Callable[..., Briefing]) -> None:
    """Where not every note was looked at, the warning says which were."""
    for number in range(briefing.LOOKED_AT + 1):
        say(f"Hvor er pakke {number}?", customer=KEY, kind="compliment")
    assert brief()["warnings"] == ["nobody has answered 50 of their latest 50 notes, the oldest #2"]
