"""Facts: what a customer has already answered and must not be asked again."""

from collections.abc import Callable

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused, WrongUsage
from feedlog.operations import facts, merging, undoing
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def refusal(kind: type[FeedlogError], call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.message, refused.value.hint


@pytest.fixture(autouse=True)
def anna(say: Say) -> None:
    say("a", customer="K-1", name="Anna Holm")


def test_added(log: Log, by: By) -> None:
    """A fact keeps its words, when it was given and who wrote it down; the oldest comes first."""
    facts.add(log, "K-1", " dørkode oplyst ", by)
    facts.add(log, "k-1", "faktura betalt", by, given_at="2026-03-03T11:00:00Z")
    assert facts.of_customer(log, "K-1") == [
        {"id": 2, "fact": "faktura betalt", "given_at": "2026-03-03T11:00:00Z", "agent": "mette"},
        {"id": 1, "fact": "dørkode oplyst", "given_at": by.at, "agent": "mette"},
    ]


def test_same_fact_is_one(log: Log, by: By) -> None:
    """The same fact again, but for case and blanks, adds nothing and says which one it is; once removed it may come."""
    facts.add(log, "K-1", "Ærø er adressen", by)
    again = facts.add(log, "K-1", "  ÆRØ   er adressen", by)
    assert (again.new, again.fact["id"], again.key) == (False, 1, "K-1")
    assert log.value("select count(*) from changes where action = 'fact.add'") == 1
    facts.remove(log, 1, by)
    assert facts.add(log, "K-1", "ærø er adressen", by).new


def test_removed(log: Log, by: By) -> None:
    """A removed fact is shown no more; its row stays, with who took it away."""
    facts.add(log, "K-1", "dørkode oplyst", by)
    assert facts.remove(log, 1, by).fact["fact"] == "dørkode oplyst"
    assert facts.of_customer(log, "K-1") == []
    assert tuple(log.rows("select removed_at, removed_by from facts")[0]) == (by.at, "mette")
    assert refusal(Refused, lambda: facts.remove(log, 1, by)) == (
        "Fact 1 was removed Wednesday 18 November, 10:00 by mette.",
        "See what stands with: feedlog fact list CUSTOMER",
    )
    assert refusal(NotFound, lambda: facts.remove(log, 9, by))[0] == "There is no fact 9."


def test_taken_back(log: Log, by: By) -> None:
    """Undo takes back a removal, then the fact itself."""
    facts.add(log, "K-1", "dørkode oplyst", by)
    facts.remove(log, 1, by)
    assert undo(log, by) == "the removal of fact 1 about K-1"
    assert len(facts.of_customer(log, "K-1")) == 1
    assert undo(log, by) == "fact 1 about K-1"
    assert facts.of_customer(log, "K-1") == []


def test_taken_back_after_a_colleague(log: Log, by: By) -> None:
    """Undo says so where a colleague removed the fact, or wrote the same down again."""
    jens = by._replace(agent="jens")
    facts.add(log, "K-1", "dørkode oplyst", by)
    facts.remove(log, 1, jens)
    assert refusal(Refused, lambda: undo(log, by))[0] == "Fact 1 was removed since."
    facts.add(log, "K-1", "Dørkode oplyst", by)
    assert refusal(Refused, lambda: undo(log, jens))[0] == "The same was written down again, as fact 2."


def test_merged_keys(log: Log, by: By, say: Say) -> None:
    """Facts of merged keys belong together: they are listed under both, and the same is not added twice."""
    say("b", customer="K1")
    facts.add(log, "K1", "dørkode oplyst", by)
    merging.merge(log, "K1", "K-1", by)
    assert facts.of_customer(log, "K-1") == facts.of_customer(log, "K1")
    assert not facts.add(log, "K-1", "dørkode oplyst", by).new
    assert facts.remove(log, 1, by).key == "K-1"


def test_refused(log: Log, by: By) -> None:
    """An unknown customer, an empty text and a time to come are refused, and nothing is written."""
    assert refusal(NotFound, lambda: facts.add(log, "K1", "x", by)) == (
        "There is no customer 'K1'.", "Did you mean K-1 (Anna Holm)?",
    )  # fmt: skip
    assert refusal(NotFound, lambda: facts.add(log, "zebra", "x", by)) == (
        "There is no customer 'zebra'.",
        "A customer nobody has heard of yet is made with: feedlog customer set KEY --name NAME",
    )
    assert refusal(WrongUsage, lambda: facts.add(log, "K-1", " ", by))[0] == "The fact is empty."
    assert refusal(WrongUsage, lambda: facts.add(log, "K-1", "x", by, given_at="2026-11-19T09:00:00Z")) == (
        "Thursday 19 November, 10:00 is still to come.", "--given-at is when the customer said it.",
    )  # fmt: skip
    assert refusal(NotFound, lambda: facts.of_customer(log, "zebra"))[1] == "Tab completes keys; check the spelling."
    assert log.value("select count(*) from facts") == 0
