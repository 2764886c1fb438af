"""Which day a promise is measured by, and how many are kept in time."""

from collections.abc import Callable
from typing import Any

import pytest

from feedlog import recovery
from feedlog.operations import promise_rates, promising, undoing
from feedlog.operations.shapes import By
from feedlog.store import Log

# Days of November 2026; the office's day, which begins at 23:00 UTC the evening before.
TODAY = "2026-11-30"


def at(day: int, clock: str = "09:00") -> str:
    return f"2026-11-{day:02}T{clock}:00Z"


def step(kind: str, day: int, due: int | None = None, told: bool | None = None, clock: str = "09:00") -> dict[str, Any]:
    return {
        "kind": kind,
        "happened_at": at(day, clock),
        "due_on": f"2026-11-{due:02}" if due else None,
        "customer_told": told,
        "removed_at": None,
    }


MADE = step("made", 2, due=10)
LIVES = [
    ("as promised", [MADE], 10),
    ("told before the day", [MADE, step("moved", 9, 13, True)], 13),
    ("told on the very day", [MADE, step("moved", 10, 13, True)], 13),
    ("told on the very day, late in the evening", [MADE, step("moved", 10, 13, True, "22:59")], 13),
    ("told after midnight", [MADE, step("moved", 10, 13, True, "23:00")], 10),
    ("told a day late", [MADE, step("moved", 11, 13, True)], 10),
    ("not told", [MADE, step("moved", 9, 13, False)], 10),
    ("nobody said whether", [MADE, step("moved", 9, 13)], 10),
    ("to an earlier day", [MADE, step("moved", 3, 5, True)], 10),
    ("twice, told of both", [MADE, step("moved", 9, 13, True), step("moved", 13, 20, True)], 20),
    ("twice, told of the second in time", [MADE, step("moved", 9, 13, False), step("moved", 10, 20, True)], 20),
    ("twice, told of the second too late", [MADE, step("moved", 9, 13, False), step("moved", 12, 20, True)], 10),
    ("later and back a little", [MADE, step("moved", 8, 20, True), step("moved", 9, 13, True)], 20),
    ("taken back", [MADE, {**step("moved", 9, 13, True), "removed_at": at(9)}], 10),
    ("handed in between", [MADE, step("handed", 5), step("moved", 9, 13, True), step("kept", 12)], 13),
]  # fmt: skip


@pytest.mark.parametrize(("events", "day"), [(events, day) for _, events, day in LIVES], ids=[one[0] for one in LIVES])
def test_counting_day(events: list[dict[str, Any]], day: int) -> None:
    """A promise is measured by its first day, or a later one the customer was told of before that had passed."""
    assert recovery.counting_day(events) == f"2026-11-{day:02}"


@pytest.mark.parametrize(
    ("events", "in_time"),
    [
        ([MADE], None),
        ([MADE, step("broken", 9)], None),
        ([MADE, step("kept", 10)], True),
        ([MADE, step("kept", 10, clock="22:59")], True),
        ([MADE, step("kept", 10, clock="23:00")], False),
        ([MADE, step("moved", 9, 13, False), step("kept", 12)], False),
        ([MADE, step("moved", 9, 13, True), step("kept", 12)], True),
        ([MADE, {**step("kept", 9), "removed_at": at(9)}], None),
    ],
)
def test_kept_in_time(events: list[dict[str, Any]], in_time: bool | None) -> None:
    """A promise is kept in time on a local day not after the one that counts."""
    assert recovery.kept_in_time(events) is in_time


@pytest.fixture
def give(log: Log, say: Callable[..., int]) -> Callable[..., int]:
    """Promises something on 2 November; gives the promise's number."""

    def given(due: int, agent: str = "mette") -> int:
        return promising.give(log, say("Pakken kom"), "ring", f"2026-11-{due:02}", By(agent, at(2)))

    return given


def test_rate(log: Log, give: Callable[..., int]) -> None:
    """What is over or past its day is counted once, by how it ended; what is still to come is not."""
    in_time, late, broken, moved, _, to_come, early = (give(day) for day in (10, 10, 10, 10, 10, 30, 30))
    promising.keep(log, in_time, By("mette", at(10)))
    promising.keep(log, late, By("mette", at(11)))
    promising.break_(log, broken, "udsolgt", By("mette", at(9)), customer_told=True)
    promising.move(log, moved, "2026-11-13", "fragt", By("mette", at(9)), customer_told=True)
    promising.keep(log, moved, By("mette", at(13)))
    promising.keep(log, early, By("mette", at(11)))
    promising.move(log, to_come, "2026-12-01", "fragt", By("mette", at(9)), customer_told=False)
    withdrawn = give(10, "jens")
    undoing.undo(log, undoing.last(log, "jens"), By("jens", at(9)))
    assert withdrawn == 8
    assert promise_rates.rate(log, today=TODAY) == {
        "of": None, "counted": 6, "kept_in_time": 3, "kept_late": 1, "broken": 1, "still_open": 1, "moved": 1,
        "share": 0.5, "few": False,
    }  # fmt: skip
    # Its customer knows of no later day, so the day it was moved from has passed.
    assert promise_rates.rate(log, today="2026-12-01")["still_open"] == 2


def test_rate_of_a_period(log: Log, give: Callable[..., int]) -> None:
    """A promise belongs to the period its counting day lies in; the first and last day of it count."""
    for day in (9, 10, 11):
        promising.keep(log, give(day), By("mette", at(5)))
    assert promise_rates.rate(log, today=TODAY, since="2026-11-10", until="2026-11-11")["counted"] == 2
    assert promise_rates.rate(log, today=TODAY, since="2026-11-12") == {
        "of": None, "counted": 0, "kept_in_time": 0, "kept_late": 0, "broken": 0, "still_open": 0, "moved": 0,
        "share": None, "few": True,
    }  # fmt: skip


def test_rates_apart(log: Log, give: Callable[..., int]) -> None:
    """Months and owners stand apart, each with its own caution about small numbers."""
    for day in (10, 10, 11, 12, 13):
        promising.keep(log, give(day), By("mette", at(day)))
    handed = give(20)
    promising.hand(log, "mette", "jens", By("mette", at(5)))
    promising.move(log, handed, "2026-12-04", "fragt", By("jens", at(20)), customer_told=True)
    promising.keep(log, handed, By("jens", "2026-12-05T09:00:00Z"))
    found = promise_rates.rates(log, "month", today="2026-12-31")
    assert [(one["of"], one["kept_in_time"], one["kept_late"], one["few"]) for one in found] == [
        ("2026-11", 5, 0, False), ("2026-12", 0, 1, True),
    ]  # fmt: skip
    found = promise_rates.rates(log, "owner", today="2026-12-31")
    assert [(one["of"], one["counted"], one["share"]) for one in found] == [("jens", 1, 0.0), ("mette", 5, 1.0)]


def test_rate_of_notes_taken_back(log: Log, give: Callable[..., int]) -> None:
    """What was promised on a note that was taken back is not held against anybody."""
    give(10)
    undoing.undo(log, undoing.last(log, "mette"), By("mette", at(3)))  # the promise
    undoing.undo(log, undoing.last(log, "mette"), By("mette", at(3)))  # the note
    assert promise_rates.rate(log, today=TODAY)["counted"] == 0
