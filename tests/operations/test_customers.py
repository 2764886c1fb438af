"""Customers, known by the key the firm uses for them."""

from collections.abc import Callable

import pytest

from feedlog.errors import NotFound
from feedlog.language.index import Index
from feedlog.language.stems import Stems
from feedlog.operations import customers, merging, notes, recognising
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


# --- keys that are like another ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("K-1042", "K1042"),
        ("K-1042", "k 10.42"),
        ("1042/7", "1042-7"),
        ("Å-1", "å1"),
        ("ærø7", "ÆRØ 7"),
        ("+45 20 12 34 56", "20123456"),
        ("20123456", "0045 20-12-34-56"),
        ("070-123 45 67", "+46 70 123 45 67"),
        ("+46 70 123 45 67", "+46 (0)70 123 45 67"),
        ("004791234567", "912 34 567"),
        ("+49 151 23456789", "0151 23456789"),
    ],
)
def test_like_key_warns(log: Log, say: Callable[..., int], by: By, known: str, new: str) -> None:
    """A new key that is another but for its signs, capitals or country code warns, with the line that merges them."""
    say("a", customer=known, name="Anna Holm")
    [warning] = notes.add(log, Said("b", customer=new), by).warnings
    assert warning.startswith(f"{new} is new; {known} (Anna Holm) is like it. One person? feedlog customer merge ")
    assert notes.add(log, Said("c", customer=new), by).warnings == []
    assert log.value("select count(*) from customers where merged_into_id is not null") == 0


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("K-1042", "K-1043"),
        ("1042", "451042"),
        ("1042", "01042"),
        ("20123456", "20123457"),
        ("20123456", "+46 20123457"),
        ("+45 20123456", "+47 2012345"),
        ("-", "."),
        ("anna@example.com", "anne@example.com"),
    ],
)
def test_next_number_does_not_warn(log: Log, say: Callable[..., int], by: By, known: str, new: str) -> None:
    """The next customer's number is not like the one before, nor is every number a phone's."""
    say("a", customer=known)
    assert notes.add(log, Said("b", customer=new), by).warnings == []


def test_several_like_keys(log: Log, say: Callable[..., int]) -> None:
    """Two that are alike are both named; blanks are quoted in the line that merges."""
    say("a", customer="K 1")
    say("a", customer="K-1")
    warning = "k.1 is new; K 1 and K-1 are like it. One person? feedlog customer merge k.1 'K 1'"
    assert customers.warning_of_new(log, "k.1") == warning


def test_like_keys_are_looked_up_in_the_index(log: Log) -> None:
    """A new key costs a few look-ups in an index, however many customers there are."""
    plans: list[str] = []

    def explained(sql: str) -> None:
        if "replace(" in sql and not sql.startswith("explain"):
            plans.append(sql)

    log.connection.set_trace_callback(explained)
    customers.like(log, "20123456")
    log.connection.set_trace_callback(None)
    [sql] = plans
    steps = [row["detail"] for row in log.rows(f"explain query plan {sql}")]
    assert "SEARCH customers USING INDEX customers_by_plain_key (<expr>=?)" in steps
    assert not [step for step in steps if step.startswith("SCAN")]


def test_import_does_not_warn(log: Log, say: Callable[..., int], by: By) -> None:
    """A file of a million rows is not asked whether its keys are like others."""
    say("a", customer="K-1")
    with log.write():
        index = Index(log.connection, Stems(log.languages))
        assert notes.insert(log, Said("b", customer="K1"), by, index, import_id=None)[1] != []
        run = log.insert("imports", uid="u", source="s", file="f", imported_at=by.at, agent="m",
                         **dict.fromkeys(("read", "added", "known", "skipped", "rejected"), 0))  # fmt: skip
        assert notes.insert(log, Said("b", customer="K.1"), by, index, import_id=run)[1] == []


def test_completion_of_merged_keys(log: Log, say: Callable[..., int], by: By) -> None:
    """A merged key is offered when it is typed, with the name of whom it means; by the name only one is offered."""
    say("a", customer="K1", name="Anna")
    say("a", customer="K-1", name="Anna Holm")
    merging.merge(log, "K1", "K-1", by)
    assert customers.suggestions(log, "K") == [("K-1", "Anna Holm"), ("K1", "Anna Holm")]
    assert customers.suggestions(log, "Anna") == [("K-1", "Anna Holm")]


# --- who is meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k1042", ["K-1042"]),
        ("anna holm", ["K-1042"]),
        ("Anna", ["K-1042"]),
        ("Ana Holm", ["K-1042"]),
        ("k-10", ["K-1042"]),
        ("K-1024", ["K-1042"]),
        ("J-1042", ["K-1042"]),
        ("lisee@example.com", ["lise@example.com"]),
        ("lise@exmple.com", ["lise@example.com"]),
        ("K-1043", []),
        ("zebra", []),
        ("\U0010ffff", []),
        ("", []),
    ],
)
def test_who_is_meant(log: Log, say: Callable[..., int], typed: str, meant: list[str]) -> None:
    """A slip in a key or name finds who was meant; another digit is another customer, not a slip."""
    for key, name in (("K-1042", "Anna Holm"), ("lise@example.com", "Lise Åkjær"), ("X-7", None), ("X-8", None)):
        say("a", customer=key, name=name)
    assert [one.key for one in recognising.closest(log, typed)] == meant


def test_no_guess_among_many(log: Log, say: Callable[..., int]) -> None:
    """Where three keys begin as was typed none of them is offered."""
    for number in range(3):
        say("a", customer=f"K-10{number}")
    assert recognising.did_you_mean(log, "K-10") == ""
    assert recognising.did_you_mean(log, "K-101 ") == "Did you mean K-101?"


def test_card(log: Log, say: Callable[..., int]) -> None:
    """A card says what is known; without a customer it says who may be meant."""
    say("a", customer="K-1", name="Anna")
    empty = dict.fromkeys(("since", "segment", "type", "prefers", "language"))
    assert customers.card(log, "k-1") == {"key": "K-1", "name": "Anna", **empty}
    with pytest.raises(NotFound) as refused:
        customers.card(log, "anna")
    assert (refused.value.message, refused.value.hint) == ("There is no customer 'anna'.", "Did you mean K-1 (Anna)?")
