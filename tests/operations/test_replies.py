"""Colleagues' replies in another system's export become responses on the notes they answer."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog.formats import SOURCES, Record, Source, records
from feedlog.operations import importing, notes, preparing, responses, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.importing import Imported
from feedlog.operations.shapes import By
from feedlog.publish import reading
from feedlog.store import Log

BY = By("mette", "2026-11-20T12:00:00Z")
HEADER = "desk_id,desk_words,desk_answers,desk_at,desk_agent\n"
FIELDS = {"source_id": "desk_id", "verbatim": "desk_words", "said_at": "desk_at", "agent": "desk_agent"}


def _records(tables: Any) -> Iterator[Record]:
    for table in tables["messages"]:
        for row in table.rows():
            fields = {field: row.cells[column] for field, column in FIELDS.items() if row.cells[column]}
            yield Record(table.name, row.line, fields, row.cells["desk_answers"] or None)


DESK = Source("desk", "Desk", {"messages": frozenset(HEADER.strip().split(","))}, ("messages",), _records)

Bring = Callable[..., Imported]


@pytest.fixture
def bring_in(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Imports lines of a small help desk's export."""
    monkeypatch.setitem(SOURCES, "desk", DESK)

    def bring_in(lines: str, **options: Any) -> Imported:
        path = tmp_path / "desk.csv"
        path.write_text(HEADER + lines, "utf-8")
        return importing.bring_in(log, preparing.prepare(str(path)), BY, **options)

    return bring_in


NOTE = "n1,Pakken kom ikke,,2026-03-02T09:00:00Z,\n"
REPLY = "r1,Den er på vej,n1,2026-03-02T11:00:00Z,jens\n"


def figures(imported: Imported) -> tuple[int, int, int, int, int, int]:
    return (*imported[:4], len(imported.rejected), imported.responses)  # type: ignore[return-value]


def standing(log: Log) -> list[str | None]:
    return [
        step["text"] for note in notes.listing(log, Filters(), limit=9) for step in responses.of_note(log, note["id"])
    ]


def test_reply_becomes_a_response(log: Log, bring_in: Bring) -> None:
    """A reply is a response with its time and who gave it, wherever it stands in the file; the note's clock stops."""
    assert figures(bring_in(REPLY + NOTE)) == (2, 1, 0, 0, 0, 1)
    [note] = notes.listing(log, Filters(), limit=9)
    [step] = responses.of_note(log, note["id"])
    assert (step["kind"], step["responded_at"], step["agent"], step["text"]) == (
        "explained",
        "2026-03-02T11:00:00Z",
        "jens",
        "Den er på vej",
    )
    row = log.row("select source, source_id from responses")
    assert row is not None and tuple(row) == ("desk", "r1")
    assert responses.loop_closed(log, note["id"])["missing"] == "told"


def test_again_adds_nothing_and_newer_adds_what_is_new(log: Log, bring_in: Bring) -> None:
    """The same export again adds nothing; a newer one brings the new reply to the old note, to be undone alone."""
    bring_in(NOTE + REPLY)
    assert figures(bring_in(NOTE + REPLY)) == (2, 0, 2, 0, 0, 0)
    newer = "r2,Den er fremme,n1,2026-03-03T11:00:00Z,jens\n"
    assert figures(bring_in(NOTE + REPLY + newer + newer)) == (4, 0, 3, 0, 0, 1)
    assert standing(log) == ["Den er på vej", "Den er fremme"]
    change = undoing.last(log, BY.agent)
    assert change.what == "the import of desk.csv with 0 notes and 1 reply"
    undoing.undo(log, change, BY)
    assert standing(log) == ["Den er på vej"]


def test_undo_takes_notes_and_replies(log: Log, bring_in: Bring) -> None:
    """Undoing an import takes back its notes and replies; then both may come in again."""
    bring_in(NOTE + REPLY)
    undoing.undo(log, undoing.last(log, BY.agent), BY)
    assert log.value("select count(*) from responses where removed_at is null") == 0
    assert figures(bring_in(NOTE + REPLY)) == (2, 1, 0, 0, 0, 1)
    assert standing(log) == ["Den er på vej"]


def test_replies_without_id_note_words_or_time(log: Log, bring_in: Bring) -> None:
    """A reply without an id is known by what it says; one to nothing we have, or without words, is skipped and told."""
    lines = NOTE + ",Den er på vej,n1,2026-03-02T11:00:00Z,jens\nr3,Hvad?,n9,,jens\nr4,,n1,,jens\nr5,Nu,n1,,\n"
    first = bring_in(lines)
    assert figures(first) == (5, 1, 0, 2, 0, 2)
    assert (first.unplaced, first.untimed) == (1, 1)
    assert figures(bring_in(lines)) == (5, 0, 3, 2, 0, 0)
    row = log.row("select responded_at, agent from responses where source_id = 'r5'")
    assert row is not None and tuple(row) == (BY.at, "mette")


def test_dry_run_leaves_nothing(log: Log, bring_in: Bring) -> None:
    """A dry run counts the replies and stores none."""
    assert figures(bring_in(NOTE + REPLY, dry_run=True)) == (2, 1, 0, 0, 0, 1)
    assert log.value("select count(*) from responses") == 0


def test_reply_in_the_future_is_rejected(bring_in: Bring) -> None:
    """A reply that is still to come is rejected like a note that is."""
    imported = bring_in(NOTE + "r1,Snart,n1,2199-01-01T00:00:00Z,jens\n")
    assert [one.line for one in imported.rejected] == [3]


def test_pages_follow_a_reply_to_an_old_note(log: Log, bring_in: Bring) -> None:
    """A reply that came later, and its undoing, count as changes of the note it is on."""
    bring_in(NOTE)
    [note] = notes.listing(log, Filters(), limit=9)
    before = log.value("select max(id) from changes")
    bring_in(NOTE + REPLY)
    assert reading.touched_note_ids(log, before) == {note["id"]}
    between = log.value("select max(id) from changes")
    undoing.undo(log, undoing.last(log, BY.agent), BY)
    assert reading.touched_note_ids(log, between) == {note["id"]}


def test_table_that_is_needed(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export without the table that holds the words is refused with what to export instead."""
    from feedlog.errors import Refused

    lists = DESK._replace(tables={**DESK.tables, "people": frozenset({"desk_person"})}, instead="Export the messages.")
    monkeypatch.setitem(SOURCES, "desk", lists)
    (tmp_path / "people.csv").write_text("desk_person\nAnna\n")
    with pytest.raises(Refused, match="has none of the customers' words") as refused:
        preparing.prepare(str(tmp_path / "people.csv"))
    assert refused.value.hint == "Export the messages."


def test_jrnl(log: Log, tmp_path: Path) -> None:
    """jrnl's export comes in with title and body, local time and tags as themes."""
    entry = {"title": "Pakken kom for sent.", "body": "Igen!", "date": "2026-03-13", "time": "14:30"}
    path = tmp_path / "journal.json"
    path.write_text(
        json.dumps({"tags": {"@levering": 1}, "entries": [{**entry, "tags": ["@levering"], "starred": False}]})
    )
    importing.bring_in(log, preparing.prepare(str(path)), BY)
    [note] = notes.listing(log, Filters(), limit=9)
    assert (note["verbatim"], note["said_at"], note["themes"], note["source"]) == (
        "Pakken kom for sent.\nIgen!",
        "2026-03-13T13:30:00Z",
        ["levering"],
        "jrnl",
    )
    assert records.table_of(SOURCES["jrnl"], ["title"]) is None
