"""Two keys that are one person: everything appears under one, the old key goes on working, and undo parts them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, Refused
from feedlog.operations import clientele, customers, describing, facts, finding, merging, notes, promises, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
JENS = By("jens", "2026-11-19T09:00:00Z")


def undo(log: Log, by: By) -> str:
    change = undoing.last(log, by.agent)
    undoing.undo(log, change, by)
    return change.what


def refusal(kind: type[FeedlogError], call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.message, refused.value.hint


def under(log: Log, key: str) -> list[int]:
    return sorted(note["id"] for note in notes.listing(log, Filters(customer=key), limit=50))


def described(log: Log) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in log.rows("select id, key, name, segment, language, merged_into_id from customers")]


def test_everything_appears_under_the_other(log: Log, by: By, say: Say) -> None:
    """After a merge both keys find the same notes, promises and facts, and who-else does not count the person twice."""
    one = say("pakken kom for sent", customer="K1042", promise="ring", due_on="2026-12-01")
    two = say("pakken kom for sent igen", customer="K-1042", name="Anna Holm")
    facts.add(log, "K1042", "dørkode oplyst", by)
    assert merging.merge(log, "k1042", "K-1042", by) == ("K1042", "K-1042", 1, [])
    assert under(log, "K1042") == under(log, "K-1042") == [one, two]
    assert notes.get(log, one)["customer"] == {"key": "K-1042", "name": "Anna Holm"}
    for key in ("K1042", "K-1042"):
        assert [promise["what"] for promise in promises.open_of_customer(log, key)] == ["ring"]
        assert [fact["fact"] for fact in facts.of_customer(log, key)] == ["dørkode oplyst"]
        assert customers.card(log, key)["name"] == "Anna Holm"
        assert clientele.in_full(log, key)["merged"] == ["K1042"]
    assert finding.similar_to_note(log, two, Filters(), limit=5)["results"] == []
    assert [one["customer"]["key"] for one in clientele.listing(log, clientele.Chosen(), limit=9)] == ["K-1042"]


def test_empty_fields_are_filled_and_emptied_again(log: Log, by: By) -> None:
    """What the other does not say is taken from the first; undo takes it away again and leaves what was said before."""
    describing.describe(log, "A", by, name="Anna", segment="x", language="da")
    describing.describe(log, "B", by, segment="y")
    before = described(log)
    assert merging.merge(log, "A", "B", by).filled == ["name", "language"]
    assert customers.card(log, "A") | {} == {
        "key": "B", "name": "Anna", "since": None, "segment": "y", "type": None, "prefers": None, "language": "da",
    }  # fmt: skip
    assert undo(log, by) == "the merging of A into B"
    assert described(log) == before


def test_what_was_said_since_goes_back_with_its_key(log: Log, by: By, say: Say) -> None:
    """A note and a fact that came in under the merged key belong to that key again when the two are parted."""
    say("a", customer="A")
    say("b", customer="B")
    merging.merge(log, "A", "B", JENS)
    later = say("c", customer="a")
    facts.add(log, "A", "betalt", by)
    assert notes.get(log, later)["customer"] == {"key": "B", "name": None}
    undo(log, JENS)
    assert (under(log, "A"), under(log, "B")) == ([1, later], [2])
    assert [len(facts.of_customer(log, key)) for key in ("A", "B")] == [1, 0]


def test_merges_of_merges(log: Log, by: By, say: Say) -> None:
    """Chains are flattened, and whichever merge is taken back, the others stand."""
    for key in "ABC":
        say(key, customer=key)
    merging.merge(log, "A", "B", by)
    merging.merge(log, "B", "C", JENS)
    assert under(log, "A") == under(log, "B") == under(log, "C") == [1, 2, 3]
    assert log.value("select count(distinct merged_into_id) from customers") == 1
    undo(log, by)
    assert (under(log, "A"), under(log, "B"), under(log, "C")) == ([1], [2, 3], [2, 3])
    undo(log, JENS)
    assert [under(log, key) for key in "ABC"] == [[1], [2], [3]]


def test_later_merge_taken_back_first(log: Log, by: By, say: Say) -> None:
    """Taking back the later merge leaves the earlier one as it was."""
    for key in "ABC":
        say(key, customer=key)
    merging.merge(log, "A", "B", by)
    merging.merge(log, "B", "C", by)
    undo(log, by)
    assert (under(log, "A"), under(log, "B"), under(log, "C")) == ([1, 2], [1, 2], [3])


def test_filled_field_set_since_stays(log: Log, by: By) -> None:
    """What a colleague set after the merge stays when the two are parted, and undoing that does not bring the other
    person's value back."""
    describing.describe(log, "A", by, name="Anna")
    describing.describe(log, "B", by, segment="y")
    merging.merge(log, "A", "B", by)
    describing.describe(log, "B", JENS, name="Bo")
    undo(log, by)
    assert customers.card(log, "B")["name"] == "Bo"
    assert undo(log, JENS) == "the name of B"
    assert customers.card(log, "B")["name"] is None
    assert customers.card(log, "A")["name"] == "Anna"


def test_filled_field_carried_on(log: Log, by: By) -> None:
    """A value that moved on with a second merge is taken out there, too."""
    for key, given in (("A", {"name": "Anna"}), ("B", {"segment": "y"}), ("C", {"type": "z"})):
        describing.describe(log, key, by, **given)
    before = described(log)
    merging.merge(log, "A", "B", by)
    merging.merge(log, "B", "C", JENS)
    assert customers.card(log, "C")["name"] == "Anna"
    undo(log, by)
    card = customers.card(log, "B")
    assert (card["key"], card["name"], card["segment"]) == ("C", None, "y")
    undo(log, JENS)
    assert described(log) == before


def test_refusals(log: Log, by: By, say: Say) -> None:
    """A key is not merged with itself, nor twice, nor with one there is not."""
    for key, name in (("K-1", "Anna Holm"), ("K-2", None), ("K-3", None)):
        say("a", customer=key, name=name)
    merging.merge(log, "K-1", "K-2", by)
    see = "Name two customers; see them with: feedlog customer list"
    cases: list[tuple[type[FeedlogError], str, str, str, str]] = [
        (Refused, "K-3", "k-3", "A customer cannot be merged into themselves.", see),
        (Refused, "K-1", "K-2", "K-1 and K-2 are one already.", see),
        (Refused, "K-2", "K-1", "K-2 and K-1 are one already.", see),
        (Refused, "K-1", "K-3", "K-1 is merged into K-2.", "Merge that one: feedlog customer merge K-2 K-3"),
        (NotFound, "K-9", "K-3", "There is no customer 'K-9'.", "Tab completes keys; check the spelling."),
        (NotFound, "K-3", "K_1", "There is no customer 'K_1'.", "Did you mean K-1 (Anna Holm)?"),
        (NotFound, "K-3", "anna", "There is no customer 'anna'.", "Did you mean K-2 (Anna Holm)?"),
    ]
    for kind, key, into, message, hint in cases:
        assert refusal(kind, partial(merging.merge, log, key, into, by)) == (message, hint)
    assert log.value("select count(*) from changes where action = 'customer.merge'") == 1


def test_merged_again_after_undo(log: Log, by: By) -> None:
    """Two that were parted may be merged again, either way round."""
    describing.describe(log, "A", by, name="Anna")
    describing.describe(log, "B", by, segment="y")
    for key, into in (("A", "B"), ("B", "A"), ("A", "B")):
        before = described(log)
        merging.merge(log, key, into, by)
        assert customers.card(log, key)["key"] == into
        undo(log, by)
        assert described(log) == before
