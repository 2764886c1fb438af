"""Answering: how long the first response takes, and who is still waiting."""

from collections.abc import Callable
from statistics import median

import pytest

from feedlog.errors import NotFound
from feedlog.operations import answering, promises, responses, themes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.when import hours

Say = Callable[..., int]

CALENDAR = hours.Calendar(hours.read("mon-fri 09:00-17:00"), "DK")
NOW = "2026-11-20T15:00:00Z"  # a Friday, four o'clock


def at(day: int, clock: str) -> str:
    """An instant of November; the office is an hour ahead."""
    return f"2026-11-{day:02}T{clock}:00Z"


def waiting(log: Log, limit: int = 9, **given: object) -> list[int]:
    found = answering.unanswered(log, Filters(**given), CALENDAR, NOW, limit=limit)  # type: ignore[arg-type]
    return [note["id"] for note in found]


def test_unanswered(log: Log, by: By, say: Say) -> None:
    """Notes without a response are listed, those waiting longest first; what was taken back waits for nobody."""
    say("three", said_at=at(18, "08:00"), kind="complaint", customer="K-1")
    say("one", said_at=at(16, "08:00"))
    say("two", said_at=at(17, "08:00"), themes=("levering",))
    say("taken back", said_at=at(2, "08:00"))
    undoing.undo(log, undoing.last(log, "mette"), by)
    assert waiting(log) == [2, 3, 1]
    assert waiting(log, limit=1) == [2]
    assert waiting(log, kind="complaint") == waiting(log, customer="K-1") == [1]
    assert waiting(log, themes=("levering",)) == waiting(log, since=at(17, "00:00"), until=at(18, "00:00")) == [3]
    responses.add(log, 2, "acknowledged", by)
    assert waiting(log) == [3, 1]
    responses.remove(log, 1, by)
    assert waiting(log) == [2, 3, 1]


def test_how_long(log: Log, say: Say) -> None:
    """Waiting is counted in business hours."""
    say("Friday evening", said_at=at(13, "18:00"))
    say("today", said_at=at(20, "14:20"))
    found = answering.unanswered(log, Filters(), CALENDAR, NOW, limit=9)
    assert [note["waiting_minutes"] for note in found] == [4 * 480 + 420, 40]
    assert found[0]["verbatim"] == "Friday evening"


def test_owner(log: Log, by: By, say: Say) -> None:
    """Who has an open promise on it sees to it, the earliest first, else the theme's owner, else nobody."""
    for _ in range(4):
        say("Pakken kom for sent", themes=("pakker",))
    say("Hej")
    themes.tag(log, [4], ["ny"], by)
    log.connection.execute("update themes set owner = 'bo' where name = 'pakker'")
    with log.write():
        promises.make(log, 1, "ring", "2026-11-25", by._replace(agent="jens"))
        promises.make(log, 1, "skriv", "2026-11-24", by._replace(agent="liv"))
        kept = promises.make(log, 2, "ring", "2026-11-24", by._replace(agent="jens"))
    log.connection.execute("update promises set outcome = 'kept', ended_at = ? where id = ?", [NOW, kept])
    owners = {one["id"]: one["owner"] for one in answering.unanswered(log, Filters(), CALENDAR, NOW, limit=9)}
    assert owners == {1: "liv", 2: "bo", 3: "bo", 4: "bo", 5: None}
    log.connection.execute("insert into themes values (9, 'u', 'levering', null, 'eva', null, null, null, 'x', 'x')")
    log.connection.execute("update themes set merged_into_id = 9 where name = 'pakker'")
    assert answering.unanswered(log, Filters(), CALENDAR, NOW, limit=9)[1]["owner"] == "eva"


def test_clock(log: Log, by: By, say: Say) -> None:
    """The clock is the median of first responses, by channel and in all; what waits is counted apart."""
    took = [10, 20, 30, 40, 400]
    for minutes in took:
        note_id = say("Hej", said_at=at(16, "08:00"), channel="phone")
        responses.add(log, note_id, "told", by._replace(at=at(20, "08:00")))
        clock = f"{8 + minutes // 60:02}:{minutes % 60:02}"
        responses.add(log, note_id, "acknowledged", by._replace(at=at(16, clock)))
    say("Hej", said_at=at(20, "13:30"), channel="email")
    say("Hej", said_at=at(20, "14:00"), channel="email")
    note_id = say("Hej", said_at=at(19, "08:00"))
    responses.add(log, note_id, "told", by._replace(at=at(19, "08:05")))
    clock_ = answering.clock(log, Filters(), CALENDAR, NOW)
    phone, email, none = clock_.pop("channels")  # type: ignore[misc]
    assert phone == {
        "channel": "phone", "answered": 5, "median_minutes": 30, "few": False, "waiting": 0,
        "median_waiting_minutes": None,
    }  # fmt: skip
    assert email == {
        "channel": "email", "answered": 0, "median_minutes": None, "few": True, "waiting": 2,
        "median_waiting_minutes": 75,
    }  # fmt: skip
    assert (none["channel"], none["answered"], none["median_minutes"], none["few"]) == (None, 1, 5, True)
    assert clock_ == {
        "answered": 6, "median_minutes": median([5, *took]), "few": False, "waiting": 2, "median_waiting_minutes": 75,
    }  # fmt: skip
    assert answering.clock(log, Filters(channel="phone"), CALENDAR, NOW)["waiting"] == 0
    assert answering.clock(log, Filters(channel="chat"), CALENDAR, NOW)["channels"] == []


def test_imported_responses_have_a_clock(log: Log, say: Say) -> None:
    """A reply that came with its note from elsewhere stops the clock; one before the note took no time."""
    say("Hej", said_at=at(16, "08:00"))
    say("Hej", said_at=at(16, "08:00"))
    insert = (
        "insert into responses (uid, note_id, kind, responded_at, agent, source) values (?, ?, 'told', ?, 'x', 'y')"
    )
    log.connection.execute(insert, ["1", 1, at(16, "09:00")])
    log.connection.execute(insert, ["2", 2, at(15, "09:00")])
    assert answering.clock_of(log, 1, CALENDAR, NOW)["minutes"] == 60
    assert answering.clock_of(log, 2, CALENDAR, NOW)["minutes"] == 0


def test_clock_of_one_note(log: Log, by: By, say: Say) -> None:
    """A note's clock runs until the first response, whatever its kind."""
    say("Hej", said_at=at(20, "08:00"))
    assert answering.clock_of(log, 1, CALENDAR, NOW) == {
        "note_id": 1, "minutes": 420, "running": True, "responded_at": None, "agent": None,
    }  # fmt: skip
    responses.add(log, 1, "thanked", by._replace(at=at(20, "09:00"), agent="jens"))
    assert answering.clock_of(log, 1, CALENDAR, NOW) == {
        "note_id": 1, "minutes": 60, "running": False, "responded_at": at(20, "09:00"), "agent": "jens",
    }  # fmt: skip
    with pytest.raises(NotFound, match=r"^There is no note 2\.$"):
        answering.clock_of(log, 2, CALENDAR, NOW)
