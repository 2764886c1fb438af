"""Themes that recur: counts, periods, what came back, and who stays silent."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedlog.errors import NotFound
from feedlog.operations import codebook, recurring, themes, undoing
from feedlog.operations.comparing import period
from feedlog.operations.shapes import By
from feedlog.store import Log

Say = Callable[..., int]
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
PERIOD = period(None, None, NOW)
RATE = (4.0, 10.0)


def listed(log: Log, limit: int = 50) -> list[recurring.Theme]:
    return recurring.listing(log, PERIOD, RATE, limit=limit)


def test_counts(log: Log, say: Say) -> None:
    """A theme has its notes, known customers, first and last moment, and the notes of either period."""
    say("a", themes=("levering",), customer="K-1", said_at="2026-01-02T10:00:00Z")
    say("b", themes=("levering",), customer="K-1", said_at="2026-10-20T10:00:00Z")
    say("c", themes=("levering",), customer="K-2", said_at="2026-11-18T09:00:00Z")
    say("d", themes=("levering",))
    say("e")
    [theme] = listed(log)
    assert list(theme) == list(recurring.Theme.__annotations__)
    assert (theme["notes"], theme["customers"]) == (4, 2)
    assert (theme["first_said_at"], theme["last_said_at"]) == ("2026-01-02T10:00:00Z", "2026-11-18T09:00:00Z")
    assert (theme["this_period"], theme["previous_period"], theme["change"]["few"]) == (2, 1, True)


def test_taken_back_notes_do_not_count(log: Log, by: By, say: Say) -> None:
    """A note that was taken back is in no count, and a theme that only it had is not listed."""
    say("a", themes=("levering",))
    say("b", themes=("levering", "pris"))
    undoing.undo(log, undoing.last(log, by.agent), by)
    assert [(theme["name"], theme["notes"]) for theme in listed(log)] == [("levering", 1)]


def test_owned_theme_without_notes_is_listed(log: Log, by: By, say: Say) -> None:
    """A theme that somebody sees to is listed also while no note bears it."""
    number = say("a", themes=("levering", "pris"))
    codebook.describe(log, "levering", by, owner="mette")
    themes.untag(log, [number], ["levering", "pris"], by)
    [theme] = listed(log)
    assert (theme["name"], theme["notes"], theme["last_said_at"]) == ("levering", 0, None)
    assert theme["change"] == {"low": None, "high": None, "few": True}


def test_rising_ones_come_first(log: Log, say: Say) -> None:
    """What rises beyond chance stands before what is said more often but no more than before."""
    for _ in range(12):
        say("a", themes=("levering",), said_at="2026-11-01T10:00:00Z")
        say("a", themes=("levering",), said_at="2026-10-01T10:00:00Z")
    for _ in range(8):
        say("b", themes=("pris",), said_at="2026-11-01T10:00:00Z")
    for _ in range(3):
        say("c", themes=("kø",), said_at="2026-11-01T10:00:00Z")
    say("d", themes=("åbning", "adresse"))
    found = listed(log)
    assert [theme["name"] for theme in found] == ["pris", "levering", "kø", "adresse", "åbning"]
    assert [recurring.rising(theme) for theme in found] == [True, False, False, False, False]
    assert [theme["name"] for theme in listed(log, limit=2)] == ["pris", "levering"]


def test_came_back(log: Log, by: By, say: Say) -> None:
    """A theme came back with every note said after the day it was fixed; that day itself is not held against it."""
    say("a", themes=("levering",), said_at="2026-11-10T22:59:59Z")
    say("b", themes=("levering",), said_at="2026-11-10T23:00:00Z")  # midnight in Copenhagen
    assert listed(log)[0]["came_back"] == 0
    codebook.describe(log, "levering", by, fixed_on="2026-11-10")
    assert listed(log)[0]["came_back"] == 1


def test_merged_themes_count_as_one(log: Log, by: By, say: Say) -> None:
    """A note under two themes that are one counts once, with the terms of both; the old name shows the same page."""
    say("a", themes=("sen", "levering"))
    say("b", themes=("sen",))
    codebook.describe(log, "sen", by, term=("forsinket", "sent"), owner="jens")
    codebook.merge(log, "sen", "levering", by)
    [theme] = listed(log)
    assert (theme["name"], theme["notes"], theme["owner"]) == ("levering", 2, None)
    page = recurring.in_full(log, "sen", PERIOD, RATE, limit=5)
    assert (page["name"], page["merged"], page["notes"]) == ("levering", ["sen"], 2)
    assert page["terms"] == [{"our_word": "forsinket", "their_word": "sent"}]


def test_customer_with_two_keys_is_one(log: Log, say: Say) -> None:
    """A customer known by two keys counts once, as one who came and as one who complained."""
    for key in ("K-1", "anna@example.com", "K-2"):
        say("a", themes=("levering",), customer=key, kind="complaint")
    log.connection.execute("update customers set merged_into_id = 1 where id = 2")
    [theme] = listed(log)
    assert (theme["notes"], theme["customers"], theme["silent"]["low"]) == (3, 2, 20)


def test_in_full(log: Log, by: By, say: Say) -> None:
    """A theme's page says where its notes come from, most first, and shows the newest of them."""
    for number in range(3):
        say(f"a{number}", themes=("levering",), channel="phone", touchpoint="dør")
    last = say("b", themes=("levering",), channel="email", who=by._replace(agent="jens"))
    page = recurring.in_full(log, " Levering", PERIOD, RATE, limit=2)
    assert list(page) == [*recurring.Theme.__annotations__, *list(recurring.ThemeInFull.__annotations__)[14:]]
    assert page["channels"] == [{"name": "phone", "notes": 3}, {"name": "email", "notes": 1}]
    assert page["touchpoints"] == [{"name": "dør", "notes": 3}, {"name": None, "notes": 1}]
    assert page["agents"] == [{"name": "mette", "notes": 3}, {"name": "jens", "notes": 1}]
    assert [note["id"] for note in page["newest"]] == [last, last - 1]
    with pytest.raises(NotFound, match="There is no theme 'leverng'"):
        recurring.in_full(log, "leverng", PERIOD, RATE, limit=2)


def test_silent_customers(log: Log, say: Say) -> None:
    """The estimate rests on known customers with a note marked a complaint, each once; counts stay as they are."""
    for key, kind in (("K-1", "complaint"), ("K-1", "complaint"), ("K-2", "complaint"), ("K-3", None),
                      ("K-4", "compliment"), (None, "complaint")):  # fmt: skip
        say("a", themes=("levering",), customer=key, kind=kind)
    [theme] = listed(log)
    assert theme["silent"] == {
        "low": 20, "high": 50,
        "assumption": "If 4 to 10 in a hundred complain, the 2 who did stand for 20 to 50 customers.",
    }  # fmt: skip
    assert (theme["notes"], theme["customers"]) == (6, 4)


@pytest.mark.parametrize(
    ("complained", "rate", "low", "high", "assumption"),
    [
        (15, RATE, 150, 375, "If 4 to 10 in a hundred complain, the 15 who did stand for 150 to 375 customers."),
        (1, RATE, 10, 25, "If 4 to 10 in a hundred complain, the 1 who did stands for 10 to 25 customers."),
        (3, (2.5, 2.5), 120, 120, "If 2.5 in a hundred complain, the 3 who did stand for 120 customers."),
        (0, RATE, None, None, "No known customer's note is marked a complaint, so nothing is estimated."),
    ],
)
def test_estimate(
    complained: int, rate: tuple[float, float], low: int | None, high: int | None, assumption: str
) -> None:
    """The estimate is a range that carries its assumption; where nobody complained there is none."""
    assert recurring.silent(complained, rate) == {"low": low, "high": high, "assumption": assumption}
