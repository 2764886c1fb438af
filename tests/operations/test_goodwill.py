"""Goodwill: what was given, what it cost, and how much an agent gives alone."""

import json
from collections.abc import Callable

import pytest

from feedlog.errors import NotFound
from feedlog.operations import goodwill, responses
from feedlog.operations.filters import Filters
from feedlog.operations.responses import Limit, Steps
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]

LIMIT = Limit(50000, "DKK", "mette")


def give(log: Log, note_id: int, amount: int | None, currency: str = "DKK", **given: object) -> list[str]:
    """Something given by Jens; answers with what he was told."""
    by = By("jens", "2026-11-18T09:00:00Z")
    paid = {} if amount is None else {"amount_minor": amount, "currency": currency}
    return responses.add(log, note_id, "compensated", by, **{**paid, **given}).warnings  # type: ignore[arg-type]


@pytest.fixture
def given(log: Log, say: Say) -> None:
    """Three customers, one of them unknown, and what they were given."""
    say("Pakken kom for sent", customer="K-1", name="Anna", themes=("levering", "post"))
    say("Hvor er den", customer="K-2", themes=("pakker",))
    say("Hej")
    log.connection.execute("update themes set merged_into_id = 1 where name = 'post'")
    give(log, 1, 20050)
    give(log, 1, 10000, at="2026-11-18T08:00:00Z")
    give(log, 2, 1500, "EUR")
    give(log, 2, None, text="a free month")
    give(log, 3, 40000)


def test_summary(log: Log, given: None) -> None:
    """What was given is told by currency, customer and theme, the dearest first; merged themes count once."""
    found = goodwill.summary(log, Steps(), limit=9)
    assert [(one["amount"], one["currency"], one["times"]) for one in found["in_all"]] == [
        (700.5, "DKK", 3), (15, "EUR", 1), (None, None, 1),
    ]  # fmt: skip
    assert [(one["customer"], one["amount"], one["currency"], one["times"]) for one in found["customers"]] == [
        (None, 400, "DKK", 1),
        ({"key": "K-1", "name": "Anna"}, 300.5, "DKK", 2),
        ({"key": "K-2", "name": None}, 15, "EUR", 1),
        ({"key": "K-2", "name": None}, None, None, 1),
    ]  # fmt: skip
    assert [(one["theme"], one["amount"], one["currency"], one["times"]) for one in found["themes"]] == [
        (None, 400, "DKK", 1), ("levering", 300.5, "DKK", 2), ("pakker", 15, "EUR", 1), ("pakker", None, None, 1),
    ]  # fmt: skip
    assert found["customers"][1]["last_at"] == "2026-11-18T09:00:00Z"


def test_filters(log: Log, given: None) -> None:
    """Filters are those of every list; what was removed was not given."""
    assert goodwill.summary(log, Steps(Filters(customer="K-2")), limit=9)["in_all"][0]["amount"] == 15
    assert goodwill.summary(log, Steps(until="2026-11-18T08:30:00Z"), limit=9)["in_all"][0]["amount"] == 100
    assert goodwill.summary(log, Steps(agent="bo"), limit=9) == {"in_all": [], "customers": [], "themes": []}
    assert len(goodwill.summary(log, Steps(), limit=1)["customers"]) == 1
    responses.remove(log, 1, By("jens", "2026-11-18T09:00:00Z"))
    assert [one["amount"] for one in goodwill.given_for(log, "post")] == [100]
    with pytest.raises(NotFound):
        goodwill.given_for(log, "zebra")


def test_given_to(log: Log, given: None) -> None:
    """One customer's goodwill is added up by currency, what was no money last."""
    last_at = "2026-11-18T09:00:00Z"
    assert goodwill.given_in(responses.of_customer(log, "K-2")) == [
        {"currency": "EUR", "amount": 15, "times": 1, "last_at": last_at},
        {"currency": None, "amount": None, "times": 1, "last_at": last_at},
    ]
    assert goodwill.given_in(responses.of_customer(log, "K-1")) == [
        {"currency": "DKK", "amount": 300.5, "times": 2, "last_at": last_at}
    ]
    assert goodwill.given_in(responses.of_customer(log, "K-9")) == []


def test_given_again(log: Log, say: Say) -> None:
    """That a customer was given something before is said, with how much, on whichever note."""
    say("Pakken kom for sent", customer="K-1")
    say("Hvor er den", customer="K-1")
    say("Hej")
    assert give(log, 1, None) == []
    assert give(log, 2, 20000) == ["The second goodwill to this customer: latest 18 November (jens)."]
    assert give(log, 1, 1000, "EUR") == [
        "The third goodwill to this customer: 200 DKK before, latest 18 November (jens)."
    ]
    assert give(log, 1, 1000) == [
        "The fourth goodwill to this customer: 200 DKK and 10 EUR before, latest 18 November (jens)."
    ]
    assert give(log, 3, 1000) == []
    assert give(log, 3, 1000) == ["The second goodwill on this note: 10 DKK before, latest 18 November (jens)."]


ALONE = "500 DKK is what an agent gives alone"
BEYOND = [
    (50000, "DKK", LIMIT, []),
    (50001, "DKK", LIMIT, [f"{ALONE}; mette decides beyond it."]),
    (50001, "DKK", LIMIT._replace(decider=None), [f"{ALONE}."]),
    (50001, "DKK", LIMIT._replace(decider="jens"), []),
    (50001, "DKK", None, []),
    (100, "EUR", LIMIT, [f"{ALONE}, and EUR is not converted; mette decides beyond it."]),
    (None, "DKK", LIMIT, []),
]


@pytest.mark.parametrize(("amount", "currency", "limit", "said"), BEYOND)
def test_beyond_the_limit(
    log: Log, say: Say, amount: int | None, currency: str, limit: Limit | None, said: list[str]
) -> None:
    """Beyond what an agent gives alone it is said and not refused, and the record holds that it was said."""
    say("Pakken kom for sent", customer="K-1")
    assert give(log, 1, amount, currency, limit=limit) == said
    assert log.value("select count(*) from responses") == 1
    detail = json.loads(log.value("select detail from changes order by id desc"))
    assert detail.get("said_beyond_limit") == ([50000, "DKK"] if said else None)


def test_small_gifts_add_up(log: Log, say: Say) -> None:
    """Two gifts on one note that are within the limit each are not within it together."""
    say("Pakken kom for sent")
    assert give(log, 1, 30000, limit=LIMIT) == []
    assert give(log, 1, 30000, limit=LIMIT)[1:] == [f"{ALONE}; mette decides beyond it. Together it is 600 DKK here."]
