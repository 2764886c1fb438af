"""A whole log out and in again: a log with everything in it comes back equal, table by table and field by field."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import Refused
from feedlog.operations import doctor, finding, notes, whole_in, whole_out
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.operations.whole_out import DERIVED, TABLES
from feedlog.publish.publishing import publish
from feedlog.store import Log, open_for_reading, open_for_writing
from feedlog.store.backups import _tables

Invoke = Callable[..., Any]

# What a year at a desk leaves behind: every table holds rows, standing, taken back, merged, moved and erased ones.
STORY = [
    ("add", "Pakken kom tre uger for sent", "-c", "K-1", "--name", "Anna Holm", "-t", "levering", "--key", "call 7",
     "--channel", "phone", "--kind", "complaint", "--touchpoint", "delivery", "--satisfaction", "20", "--reading",
     "meget vred", "--on-behalf-of", "jens", "--promise", "ring", "--due", "in 3 days", "--any-day"),
    ("add", "Förpackningen var trasig", "-c", "K-9", "--said-at", "2026-03-01 12:00", "-t", "pris", "-t", "post"),
    ("add", "=1+1 \u2028 “citat”\n\nny linje 😀", "-c", "K-2"),
    ("add", "forkert", "-c", "K-1", "-t", "levering"),
    ("undo",),
    ("correct", "1", "Posen kom tre uger for sent", "--why", "misheard"),
    ("correct", "1", "Pakken kom fire uger for sent", "--why", "misheard again"),
    ("correct", "2", "Forpakningen var trasig", "--why", "misheard"),
    ("undo",),
    ("tag", "3", "-t", "kasse"),
    ("tag", "2", "-t", "post", "--remove"),
    ("theme", "set", "pris", "--owner", "mette", "--measure", "ny liste", "--our-word", "pris",
     "--their-word", "beløb"),
    ("theme", "merge", "kasse", "levering"),
    ("customer", "set", "K-9", "--name", "Bo Berg", "--since", "2019", "--language", "sv"),
    ("customer", "set", "K-9", "--name", "Bo Bergh", "--prefers", "mail"),
    ("customer", "merge", "K-2", "K-9"),
    ("fact", "add", "K-1", "dørkode oplyst"),
    ("fact", "add", "K-1", "faktura 88213"),
    ("fact", "remove", "1"),
    ("promise", "add", "2", "skriv", "--due", "in 3 days", "--any-day"),
    ("promise", "move", "2", "--due", "in 4 days", "--any-day", "--why", "fragt", "--told"),
    ("promise", "hand", "--from", "mette", "--to", "jens", "--why", "ferie"),
    ("promise", "break", "2", "--why", "udsolgt", "--not-told"),
    ("promise", "keep", "1"),
    ("undo",),
    ("promise", "keep", "1"),
    ("promise", "add", "3", "taget tilbage", "--due", "in 3 days", "--any-day"),
    ("undo",),
    ("response", "add", "1", "--kind", "compensated", "--amount", "200.50", "--currency", "DKK"),
    ("response", "add", "1", "--kind", "apologised", "--text", "Undskyld, Anna"),
    ("response", "remove", "2"),
    ("letter", "write", "1", "--kind", "thanks", "--language", "da", "--cc", "jens"),
    ("letter", "edit", "1", "letter.txt"),
    ("letter", "sent", "1"),
    ("letter", "write", "3", "--kind", "told", "--language", "sv"),
    ("import", "rows.csv"),
    ("import", "taken_back.csv"),
    ("undo",),
    ("add", "Glem mig", "-c", "K-5", "--name", "Liv Dahl", "-t", "glemt", "--promise", "x", "--due", "in 9 days",
     "--any-day"),
    ("erase", "K-5", "--yes", "--reason", "asked"),
    ("add", "det nyeste", "-c", "K-1"),
]  # fmt: skip


BETWEEN_SITES = (
    "insert into receipts select uid, '#1', logged_at, '#1', logged_at from notes",
    "insert into arrived (uid, sender, version, customer_id, held) select uid, 's', '#1', id, '{}' from customers",
    "insert into parked values ('p', 's', '#1', 'm', 'newer feedlog', '2026-11-18T09:00:00Z', '{}')",
    "insert into erased_customers select 'm', id from erasures",
    "insert into sites values ('s', 'aarhus', 'l', 2, 2, 0, 0, null, 0, 0, '2026-11-18T09:00:00Z')",
    "insert into unreadable values (7, 'feedlog.up.aarhus.-.x', 'it is no JSON', 9, '2026-11-18T09:00:00Z')",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folder of the full log is kept, as it was when it had been made."""
    return tmp_path_factory.mktemp("made") / "log"


@pytest.fixture
def full(invoke: Invoke, log_path: Path, tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """A log that holds everything a log can hold, open for reading. It is made once, and each test has a copy."""
    monkeypatch.chdir(tmp_path)
    if not made.exists():
        tell(invoke, log_path, tmp_path)
        shutil.copytree(log_path.parent, made)
    else:
        shutil.copytree(made, log_path.parent)
    with open_for_reading(str(log_path)) as opened:
        yield opened


def tell(invoke: Invoke, log_path: Path, tmp_path: Path) -> None:
    """Plays the story into a new log."""
    (tmp_path / "rows.csv").write_text("verbatim,customer,theme,id\nSkoene trykker,K-7,sko,a\nFin ske,,,b\n", "utf-8")
    (tmp_path / "taken_back.csv").write_text("verbatim,customer\nSkoene trykker ikke,K-8\n", "utf-8")
    (tmp_path / "letter.txt").write_text("Kære Anna\n\nTak for dine ord. Jeg kigger på det.\n\nMette\n", "utf-8")
    for words in STORY:
        done = invoke(*words)
        assert done.status == 0, (words, done.err)
    with open_for_writing(str(log_path), []) as between_sites, between_sites.write() as connection:
        for statement in BETWEEN_SITES:
            connection.execute(statement)


@pytest.fixture
def file(full: Log, tmp_path: Path) -> Path:
    """Its export."""
    return export(full, tmp_path / "whole.jsonl")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Log]:
    """An empty log elsewhere, made for another language."""
    with open_for_writing(str(tmp_path / "elsewhere" / "feedlog.db"), ["de"]) as opened:
        yield opened


def export(log: Log, path: Path) -> Path:
    with open(path, "wb") as target:
        whole_out.write(log, target)
    return path


def rows_of(log: Log, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in log.rows(f"select * from {table} order by 1, 2")]


def refusal(log: Log, path: Path, by: By) -> str:
    """Why the file is refused; nothing came in, and nothing has changed."""
    before = {table: rows_of(log, table) for table in (*TABLES, "wordings", "sqlite_sequence")}
    with pytest.raises(Refused) as refused:
        whole_in.take_in(log, whole_in.prepare(str(path)), by)
    assert {table: rows_of(log, table) for table in (*TABLES, "wordings", "sqlite_sequence")} == before
    return refused.value.message


def forged(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> Path:
    """The file with changed lines under a seal that fits, as somebody could write it who wants to get something in."""
    *lines, end = [json.loads(line) for line in path.read_text("utf-8").removesuffix("\n").split("\n")]
    change(lines)
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    tables = [line["table"] for line in lines[1:]]
    counted = {table: tables.count(table) for table in {**end["end"]["rows"], **dict.fromkeys(tables, 0)}}
    end = {"end": {"rows": counted, "sha256": hashlib.sha256(content.encode()).hexdigest()}}
    path.write_text(content + json.dumps(end) + "\n", "utf-8")
    return path


def first(lines: list[dict[str, Any]], table: str) -> dict[str, Any]:
    return next(line for line in lines if line.get("table") == table)


def test_every_table_travels_or_is_derived(log: Log) -> None:
    """A table of the schema is exported or made anew, so that a new one cannot be forgotten."""
    tables = {name for name in _tables(log.connection) if not name.startswith(("sqlite_", *(f"{x}_" for x in DERIVED)))}
    assert tables == {*TABLES, "wordings", "words"}


def test_everything_comes_back(full: Log, file: Path, other: Log, by: By) -> None:
    """Every table that travels holds the same rows, every column equal, and every one holds something."""
    taken = whole_in.take_in(other, whole_in.prepare(str(file)), by)
    for table in TABLES:
        before = rows_of(full, table)
        assert before, table
        assert rows_of(other, table) == before, table
        assert taken.rows[table] == len(before)
    assert rows_of(other, "sqlite_sequence") == rows_of(full, "sqlite_sequence")
    assert taken.forgotten == 0


def test_what_is_derived_is_the_same(full: Log, file: Path, other: Log, by: By, tmp_path: Path) -> None:
    """Wordings, words and both search indexes are as they were, under the languages of the log that came in."""
    whole_in.take_in(other, whole_in.prepare(str(file)), by)
    assert rows_of(other, "wordings") == rows_of(full, "wordings")
    words = "select word, root, folded, notes from words order by word"
    assert [tuple(row) for row in other.rows(words)] == [tuple(row) for row in full.rows(words)]
    assert other.languages == full.languages == ("da", "sv", "nb", "en")
    assert [note["id"] for note in finding.search(other, "pakker", Filters(), limit=9)] == [1]
    assert not other.row("select 1 from current_notes where verbatim = 'forkert'")
    assert [check["name"] for check in doctor.examine(other, str(tmp_path / "spool")) if not check["ok"]] == []


def test_what_is_published_is_the_same(full: Log, file: Path, other: Log, by: By, tmp_path: Path) -> None:
    """The pages made from it say the same of every note."""
    whole_in.take_in(other, whole_in.prepare(str(file)), by)
    made = []
    for place, log in enumerate((full, other)):
        publish(log, str(tmp_path / f"{place}.db"))
        connection = sqlite3.connect(tmp_path / f"{place}.db")
        connection.row_factory = sqlite3.Row
        tables = ("notes", "note_themes", "promises", "responses", "stats_months", "stats_words")
        made.append({table: [dict(row) for row in connection.execute(f"select * from {table}")] for table in tables})
        connection.close()
    for side in made:  # a pseudonym is made with the secret of the place where it is published
        for row in side["notes"] + side["note_themes"] + side["promises"]:
            row.pop("customer")
    assert made[0] == made[1]


def test_it_goes_out_again_the_same(full: Log, file: Path, other: Log, by: By, tmp_path: Path) -> None:
    """The export of what came in has the same lines."""
    whole_in.take_in(other, whole_in.prepare(str(file)), by)
    again = export(other, tmp_path / "again.jsonl").read_bytes().splitlines()[1:-1]
    assert again == file.read_bytes().splitlines()[1:-1]


def test_numbers_go_on(full: Log, file: Path, other: Log, by: By) -> None:
    """The next note gets a number that no note ever had, not even one that was erased."""
    highest = full.value("select seq from sqlite_sequence where name = 'notes'")
    whole_in.take_in(other, whole_in.prepare(str(file)), by)
    assert notes.add(other, Said("ny"), by).note_id == highest + 1


def test_a_dry_run_leaves_nothing(file: Path, other: Log, by: By) -> None:
    """A dry run reads and checks it all, and the log is as empty as before, under its own name."""
    before = rows_of(other, "settings")
    whole_in.take_in(other, whole_in.prepare(str(file)), by, dry_run=True)
    assert rows_of(other, "settings") == before
    assert other.languages == ("de",)
    assert not any(rows_of(other, table) for table in (*TABLES[1:], "wordings"))
    whole_in.take_in(other, whole_in.prepare(str(file)), by)


def test_what_was_erased_since_stays_erased(full: Log, file: Path, invoke: Invoke, other: Log, by: By) -> None:
    """An export from before an erasure does not bring back what the list beside the log says was erased."""
    assert invoke("erase", "K-9", "--yes", "--reason", "asked").status == 0
    listed = Path(full.path).with_name("erased.jsonl")
    Path(other.path).with_name("erased.jsonl").write_bytes(listed.read_bytes())
    taken = whole_in.take_in(other, whole_in.prepare(str(file)), by)
    assert taken.forgotten == 4
    assert [row["key"] for row in rows_of(other, "customers")] == ["K-1", "K-7", "K-8"]
    assert "Förpackningen" not in "".join(row["verbatim"] for row in rows_of(other, "notes"))
    assert b"rpackningen" not in Path(other.path).read_bytes()


def test_an_erasure_is_on_the_list_again(file: Path, other: Log, by: By) -> None:
    """What the exported log had erased is on the list beside the log it came into."""
    whole_in.take_in(other, whole_in.prepare(str(file)), by)
    listed = Path(other.path).with_name("erased.jsonl").read_text().splitlines()
    assert {json.loads(line)["uid"] for line in listed} == {row["uid"] for row in rows_of(other, "erased")}


def test_into_a_log_that_holds_something(file: Path, other: Log, by: By) -> None:
    """Nothing is mixed: one note is enough to refuse a whole log."""
    notes.add(other, Said("min egen"), by)
    assert refusal(other, file, by) == f"A whole log goes into an empty one, and this one is not: {other.path}."


def test_into_the_log_it_came_from(full: Log, file: Path, log_path: Path, by: By) -> None:
    """The log that was exported is told apart from a strange one."""
    with open_for_writing(str(log_path), []) as same:
        assert refusal(same, file, by) == f"This is the very log that whole.jsonl was exported from: {log_path}."


def test_of_a_newer_feedlog(file: Path, other: Log, by: By) -> None:
    """A file of a newer schema is refused with what to do about it."""
    newer = forged(file, lambda lines: lines[0].update(version=99))
    assert refusal(other, newer, by) == "whole.jsonl was written by a newer feedlog (schema 99, this one knows 2)."


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: first(lines, "notes").update(customer_id=77), "refers to one of customers that is missing."),
        (lambda lines: first(lines, "notes").update(merged=1), "has columns no log has."),
        (lambda lines: first(lines, "notes").update(channel="pigeon"), "CHECK constraint failed"),
        (lambda lines: first(lines, "notes").update(satisfaction="much"), "cannot store TEXT value in INTEGER column"),
        (lambda lines: first(lines, "notes").update(satisfaction=10**30), "do not fit into the table notes"),
        (lambda lines: first(lines, "notes").update(verbatim=["a"]), "do not fit into the table notes"),
        (lambda lines: lines.append(dict(lines[-1])), "do not fit into the table unreadable"),
        (lambda lines: first(lines, "erasures").update(finished_at=None), "holds an erasure that was never finished."),
        (lambda lines: first(lines, "settings").update(value="xx"), "lacks the log's own settings, or they are none."),
        (lambda lines: lines[0].update(uid="another"), "lacks the log's own settings, or they are none."),
        (lambda lines: lines.append({"table": "sqlite_schema", "sql": "x"}), "table this feedlog does not know"),
    ],
)
def test_rows_that_do_not_fit(
    file: Path, other: Log, by: By, change: Callable[[list[dict[str, Any]]], None], why: str
) -> None:
    """A sealed file whose rows break a rule of the schema is refused whole, and said why."""
    assert why in refusal(other, forged(file, change), by)
