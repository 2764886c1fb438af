"""What the file itself refuses, whatever software writes to it."""

import sqlite3
from collections.abc import Callable

import pytest

from feedlog.operations import corrections, notes
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

IMMUTABLE = [
    ("update notes set verbatim = 'other'", "a note is never changed: correct it instead"),
    ("update notes set agent = 'jens'", "a note is never changed: correct it instead"),
    ("delete from notes", "a note is never deleted: undo it, or erase its customer"),
    ("insert or replace into notes select * from notes", "a note is never deleted: undo it, or erase its customer"),
    ("update corrections set why = 'other'", "a correction is never changed: correct again"),
    ("delete from corrections", "a correction is never deleted"),
    ("insert or replace into corrections select * from corrections", "a correction is never deleted"),
    ("update changes set agent = 'jens'", "the record of changes is append-only"),
    ("delete from changes", "the record of changes is append-only"),
    ("insert or replace into changes select * from changes", "the record of changes is append-only"),
]


@pytest.mark.parametrize(("statement", "why"), IMMUTABLE)
def test_what_was_said_is_never_changed(log: Log, by: By, say: Callable[..., int], statement: str, why: str) -> None:
    """Notes, corrections and the record of changes cannot be changed, deleted or replaced, by whatever statement."""
    number = say("Pakken kom for sent")
    corrections.correct(log, number, "Pakken kom aldrig", "misheard", by)
    with pytest.raises(sqlite3.IntegrityError, match=why):
        log.connection.execute(statement)
    assert notes.get(log, number)["verbatim"] == "Pakken kom aldrig"
    assert log.value("select verbatim from notes") == "Pakken kom for sent"


REFUSED_ROWS = [
    {"verbatim": ""},
    {"verbatim": " \n\t "},
    {"verbatim": "a\0b"},
    {"verbatim": "x", "said_at": "yesterday"},
    {"verbatim": "x", "channel": "pigeon"},
    {"verbatim": "x", "kind": "rant"},
    {"verbatim": "x", "satisfaction": 101},
    {"verbatim": "x", "source_id": "7"},
    {"verbatim": "x", "customer_id": 99},
    {"verbatim": "x", "agent": " "},
]


@pytest.mark.parametrize("row", REFUSED_ROWS, ids=lambda row: ", ".join(row))
def test_schema_refuses_what_no_note_may_be(log: Log, row: dict[str, object]) -> None:
    """The file itself refuses a note that makes no sense, also when other software writes it."""
    at = "2026-11-18T09:00:00Z"
    with pytest.raises(sqlite3.IntegrityError):
        log.insert("notes", **{"uid": "u", "said_at": at, "logged_at": at, "agent": "mette", **row})


def test_numbers_are_never_used_again(log: Log, by: By) -> None:
    """A number that was erased is not given to another note."""
    first = notes.add(log, Said("one"), by).note_id
    second = notes.add(log, Said("two"), by).note_id
    log.connection.execute(
        "insert into erasures (uid, started_at, agent, reason) values ('u', '2026-01-01', 'mette', 'asked')"
    )
    log.connection.execute("delete from wordings where note_id = ?", [second])
    log.connection.execute("delete from notes where id = ?", [second])
    assert notes.add(log, Said("three"), by).note_id == second + 1
    assert [note["id"] for note in notes.listing(log, Filters(), limit=9)] == [second + 1, first]
