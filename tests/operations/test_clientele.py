"""Lists of customers, and one of them in full."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog.errors import NotFound
from feedlog.operations import clientele, describing, facts, merging
from feedlog.operations.clientele import Chosen
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]


@pytest.fixture(autouse=True)
def office(log: Log, by: By, say: Say) -> None:
    say("a", customer="K-2", name="Bo Berg", said_at="2026-03-01T10:00:00Z", promise="ring", due_on="2026-12-01")
    say("b", customer="K-2", said_at="2026-01-01T10:00:00Z")
    describing.describe(log, "k-1", by, name="Åse Ærø", segment="Business", type="producer", language="da")
    describing.describe(log, "K 2", by, name="Bo Berg", segment="private")


def keys(log: Log, limit: int = 9, **chosen: Any) -> list[str]:
    return [one["customer"]["key"] for one in clientele.listing(log, Chosen(**chosen), limit=limit)]


def test_listed_by_key(log: Log) -> None:
    """Customers come in the order of their keys, those without a note too, with what we had to do with them."""
    assert keys(log) == ["K 2", "k-1", "K-2"]
    assert keys(log, limit=1) == ["K 2"]
    [one] = clientele.listing(log, Chosen(text="K-2"), limit=9)
    assert {name: value for name, value in one.items() if name != "customer"} == {
        "notes": 2, "open_promises": 1, "first_said_at": "2026-01-01T10:00:00Z",
        "last_said_at": "2026-03-01T10:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"segment": "business"}, ["k-1"]),
        ({"type": "Producer", "language": "DA"}, ["k-1"]),
        ({"segment": "private", "type": "producer"}, []),
        ({"text": "åse"}, ["k-1"]),
        ({"text": "ÆRØ"}, ["k-1"]),
        ({"text": "berg"}, ["K 2", "K-2"]),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
        ({"text": "\\"}, []),
    ],
)
def test_filters(log: Log, chosen: dict[str, Any], expected: list[str]) -> None:
    """Segment, type and language are compared without capitals; text stands anywhere in key or name, æøå too."""
    assert keys(log, **chosen) == expected


def test_merged_keys_are_not_listed(log: Log, by: By) -> None:
    """A merged key stands under the other, and finds it."""
    merging.merge(log, "K 2", "K-2", by)
    assert keys(log) == ["k-1", "K-2"]
    assert keys(log, text="K 2") == ["K-2"]


def test_in_full(log: Log, by: By) -> None:
    """One customer with facts, merged keys and those who may be the same."""
    facts.add(log, "K-2", "betalt", by)
    found = clientele.in_full(log, "k-2")
    assert [one["key"] for one in found["perhaps_same"]] == ["K 2"]
    assert (found["merged"], [fact["fact"] for fact in found["facts"]]) == ([], ["betalt"])
    merging.merge(log, "K 2", "K-2", by)
    found = clientele.in_full(log, "K 2")
    assert (found["customer"]["key"], found["merged"], found["perhaps_same"]) == ("K-2", ["K 2"], [])


def test_customer_without_a_note(log: Log) -> None:
    """Who has said nothing yet has no first and no latest day."""
    found = clientele.in_full(log, "K-1")
    assert (found["notes"], found["first_said_at"], found["last_said_at"]) == (0, None, None)
    with pytest.raises(NotFound, match="There is no customer 'K-7'"):
        clientele.in_full(log, "K-7")
