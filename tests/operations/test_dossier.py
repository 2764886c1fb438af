"""The dossier: every row that names a customer, as a raw scan of the file finds them, and nobody else's words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import NotFound
from feedlog.operations import corrections, describing, dossier, facts, merging, notes, spool, undoing
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By, Said
from feedlog.store import Log


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Folders for the spool and the outbox."""
    return Outside(str(tmp_path / "spool"), str(tmp_path / "outbox"))


@pytest.fixture
def person(log: Log, by: By, say: Callable[..., int]) -> str:
    """A customer with everything a customer can have, and somebody else with as much."""
    for key in ("K-1", "K-2"):
        promised = {"promise": "ring", "due_on": "2026-12-01"}
        first = say(f"pakken {key}", customer=key, name=f"Anna {key}", themes=("levering",), **promised)
        corrections.correct(log, first, f"posen {key}", "misheard", by)
        describing.describe(log, key, by, segment="business")
        facts.remove(log, facts.add(log, key, "door code", by).fact["id"], by)
        facts.add(log, key, "invoice", by)
        answered = {"note_id": first, "kind": "told", "responded_at": by.at, "agent": "liv", "text": "ringet"}
        log.insert("responses", uid=f"r{key}", **answered, removed_at=by.at, removed_by="liv")
        written = {"kind": "thanks", "language": "da", "text": "Kære", "written_at": by.at, "written_by": "mette"}
        letter = log.insert("letters", uid=f"l{key}", note_id=first, **written)
        log.insert("letter_copies", letter_id=letter, agent="jens")
        say(f"som {key}-b", customer=f"{key}-b")
        merging.merge(log, f"{key}-b", key, by)
        jens = by._replace(agent="jens")
        notes.add(log, Said("taget tilbage", customer=key), jens)
        undoing.undo(log, undoing.last(log, "jens"), jens)
    return "K-1"


def scanned(log: Log) -> set[tuple[str, tuple[Any, ...]]]:
    """All rows of the first customer by walking every foreign key of the file that points at them."""
    tables = [
        row[0] for row in log.rows("select name from sqlite_schema where type = 'table' and sql not like '%virtual%'")
    ]
    found = {("customers", (row[0],)) for row in log.rows("select id from customers where key like 'K-1%'")}
    for _ in tables:  # as many rounds as the longest way could take
        for table in tables:
            primary = [row["name"] for row in log.rows(f"pragma table_info({table})") if row["pk"]]
            for reference in log.rows(f"pragma foreign_key_list({table})"):
                targets = json.dumps([ids[0] for name, ids in found if name == reference["table"]])
                where = f"{reference['from']} in (select value from json_each(?))"
                rows = log.rows(f"select {', '.join(primary)} from {table} where {where}", [targets])
                found |= {(table, tuple(row)) for row in rows}
    return {(table, ids) for table, ids in found if table != "wordings"}  # derived from the others


def told(log: Log, value: Any, table: str = "") -> set[tuple[str, tuple[Any, ...]]]:
    """The rows a dossier holds, by the table they stand under and their primary key."""
    found = set()
    for name, below in value.items() if isinstance(value, dict) else ():
        if isinstance(below, list) and below and isinstance(below[0], dict) and name not in ("changes", "waiting"):
            primary = [row["name"] for row in log.rows(f"pragma table_info({name})") if row["pk"]]
            for row in below:
                found.add((name, tuple(row[column] for column in primary)))
                found |= told(log, row)
    return found


def test_equals_a_raw_scan(log: Log, by: By, outside: Outside, person: str) -> None:
    """Every row found by walking the foreign keys of the file stands in the dossier, and no other row."""
    made = dossier.make(log, person, by, outside)
    assert {table for table, _ in scanned(log)} == {
        "customers", "customer_versions", "facts", "notes", "corrections", "note_themes", "promises", "promise_events",
        "responses", "letters", "letter_copies",
    }  # fmt: skip
    assert told(log, made) == scanned(log)
    assert made["keys"] == ["K-1", "K-1-b"]


def test_every_column_is_given(log: Log, by: By, outside: Outside, person: str) -> None:
    """A row is given whole, and what hangs on a note stands with it."""
    first, merged, taken = dossier.make(log, person, by, outside)["notes"]
    assert {row["name"] for row in log.rows("pragma table_info(notes)")} <= set(first)
    assert (first["verbatim"], first["corrections"][0]["verbatim"]) == ("pakken K-1", "posen K-1")
    assert first["note_themes"][0]["theme"] == "levering"
    assert first["promises"][0]["promise_events"][0]["kind"] == "made"
    assert first["letters"][0]["letter_copies"][0]["agent"] == "jens"
    assert (first["stands"], merged["stands"], taken["stands"]) == (True, True, False)


def test_who_did_what(log: Log, by: By, outside: Outside, person: str) -> None:
    """The changes about the customer and their notes are told, and no others."""
    made = dossier.make(log, person, by, outside)
    actions = [step["action"] for step in made["changes"]]
    assert actions[0] == "note.add" and {"customer.set", "customer.merge", "fact.add", "fact.remove", "undo"} <= set(
        actions
    )
    assert not [step for step in made["changes"] if "K-2" in step["what"]]


def test_making_it_is_recorded_without_words(log: Log, by: By, outside: Outside, person: str) -> None:
    """That a dossier was made is in the record, with the customer's number and nothing else."""
    dossier.make(log, person, by, outside)
    row = log.row("select action, customer_id, detail, agent from changes order by id desc")
    assert row is not None and tuple(row) == ("customer.dossier", 1, None, "mette")
    assert dossier.make(log, person, by, outside)["changes"][-1]["what"] == "made a dossier of K-1"


def test_what_waits_and_what_others_said(
    log: Log, by: By, outside: Outside, person: str, say: Callable[..., int]
) -> None:
    """Texts in the spool belong to it; of what others said of the customer only the numbers do."""
    spool.keep(outside.spool, log.path, Said("nyt", customer="k-1-B"), by)
    spool.keep(outside.spool, log.path, Said("andet", customer="K-2"), by)
    named = say("Det samme som Anna K-1 fik", customer="K-9")
    made = dossier.make(log, person, by, outside)
    assert [entry["verbatim"] for entry in made["waiting"]] == ["nyt"]
    assert made["named_by_others"] == [named]
    assert "Det samme" not in json.dumps(made)


def test_unknown_customer(log: Log, by: By, outside: Outside) -> None:
    """A key nobody has is refused, and nothing is recorded."""
    with pytest.raises(NotFound, match=r"^There is no customer 'K-9'\.$"):
        dossier.make(log, "K-9", by, outside)
    assert log.value("select count(*) from changes") == 0
