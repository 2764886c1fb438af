"""Customers, known by the key the firm uses for them."""

from collections.abc import Callable

import pytest

from feedlog.operations import customers, notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log


def test_key_is_the_same_in_capitals(log: Log, say: Callable[..., int]) -> None:
    """Capitals make no other customer; the key stays as it was first written."""
    say("a", customer="Anna@Example.com")
    say("b", customer="anna@example.COM")
    assert log.value("select count(*) from customers") == 1
    assert notes.get(log, 2)["customer"] == {"key": "Anna@Example.com", "name": None}


def test_name_fills_an_empty_one(log: Log, say: Callable[..., int]) -> None:
    """A name heard later is stored, and the record says so."""
    say("a", customer="K-1")
    say("b", customer="K-1", name="Anna Holm")
    assert notes.get(log, 1)["customer"] == {"key": "K-1", "name": "Anna Holm"}
    assert log.value("select customer_id from changes where action = 'customer.name'") == 1


def test_name_never_replaces_a_name(log: Log, by: By, say: Callable[..., int]) -> None:
    """Another name than we know is a warning, not a renaming."""
    say("a", customer="K-1", name="Anna Holm")
    added = notes.add(log, Said("b", customer="K-1", name="Bo Berg"), by)
    assert added.warnings == ["K-1 is known as Anna Holm; the name Bo Berg was not stored."]
    assert notes.get(log, 2)["customer"] == {"key": "K-1", "name": "Anna Holm"}
    assert notes.add(log, Said("c", customer="K-1", name="Anna Holm"), by).warnings == []


@pytest.mark.parametrize(
    ("beginning", "keys"),
    [
        ("K-1", ["K-1", "K-10"]),
        ("k-1", ["K-1", "K-10"]),
        ("Bo", ["X_9"]),
        ("%", []),
        ("X_", ["X_9"]),
        ("X__", []),
        ("\\", []),
    ],
)
def test_completion_looks_at_key_and_name(log: Log, say: Callable[..., int], beginning: str, keys: list[str]) -> None:
    """Tab finds customers whose key or name begins so; no sign stands for another."""
    for key, name in (("K-1", "Anna"), ("K-10", None), ("X_9", "Bo Berg"), ("XY9", None)):
        say("a", customer=key, name=name)
    assert [key for key, _ in customers.suggestions(log, beginning)] == keys


def test_completion_offers_a_screenful(log: Log, say: Callable[..., int]) -> None:
    """Tab offers at most as many customers as were asked for."""
    with log.write():
        for number in range(30):
            say("a", customer=f"K-{number}")
    assert len(customers.suggestions(log, "K")) == 20
    assert len(customers.suggestions(log, "K", limit=5)) == 5
