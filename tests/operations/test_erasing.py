"""Erasing: the words stand in the bytes before, and nowhere after, whatever was done to them meanwhile."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import (
    codebook,
    corrections,
    customers,
    describing,
    doctor,
    erased_list,
    erasing,
    facts,
    finding,
    merging,
    notes,
    promises,
    reaching,
    reaching_backups,
    spool,
    themes,
    undoing,
)
from feedlog.operations.filters import Filters
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By, Said
from feedlog.publish.forgetting import forget
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log, open_for_writing, scrubbing
from feedlog.vocabulary import DEFAULT_LANGUAGES

# Words nobody else uses: one for each place a customer's words can stand.
TOKENS = {
    "note": "zyzzyvapakken",
    "correction": "qwertykasse",
    "taken_back": "wobblegrød",
    "reading": "xanthipper",
    "promise": "hyggelunte",
    "move": "snurretopfejl",
    "response": "kvalmeblomst",
    "fact": "portkodeqvux",
    "merged": "blåbærzebra",
    "overflow": "overløbsqvark",
    "name": "Quixotine",
    "old_name": "Vexillum",
}


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Folders for the spool and the outbox that nobody has made yet."""
    return Outside(str(tmp_path / "spool"), str(tmp_path / "outbox"))


@pytest.fixture
def person(log: Log, by: By) -> str:
    """A customer with everything a customer can have; others share some of the words. Gives the key."""
    return fill(log, by)


def fill(log: Log, by: By) -> str:
    def add(verbatim: str, key: str = "K-1042", **given: Any) -> int:
        return notes.add(log, Said(verbatim, customer=key, **given), by).note_id

    first = add(f"{TOKENS['note']} kom aldrig frem", name=f"Anna {TOKENS['old_name']}", themes=("levering",))
    add(f"intet, og {TOKENS['reading']}", reading=f"hun {TOKENS['reading']} lidt")
    corrections.correct(log, first, f"{TOKENS['correction']} kom aldrig frem", "misheard", by)
    describing.describe(log, "K-1042", by, name=f"Anna {TOKENS['name']}")
    promise = promises.make(log, first, f"ring om {TOKENS['promise']}", "2026-12-01", by)
    promises.add_event(log, promise, "moved", by, due_on="2026-12-05", why=TOKENS["move"])
    log.insert(
        "responses", uid="r", note_id=first, kind="told", responded_at=by.at, agent="mette", text=TOKENS["response"]
    )
    facts.add(log, "K-1042", f"door {TOKENS['fact']}", by)
    add(f"begge {TOKENS['merged']} og pakken", key="anna@example.com")
    add("pakken, ja begge blåbærzebra")
    merging.merge(log, "anna@example.com", "K-1042", by)
    add("lang " + " ".join(f"{TOKENS['overflow']}{number}" for number in range(1500)))
    taken = by._replace(agent="jens")
    notes.add(log, Said(f"{TOKENS['taken_back']} igen", customer="K-1042"), taken)
    undoing.undo(log, undoing.last(log, "jens"), taken)
    notes.add(log, Said("pakken kom aldrig frem, og ingen ringede", customer="K-2"), by)
    return "K-1042"


def hits(*paths: str) -> set[str]:
    """Which of the tokens stand in the bytes of these files, in capitals or not, with the files beside them."""
    found: set[str] = set()
    for path in paths:
        for name in (path, f"{path}-wal", f"{path}-shm", f"{path}-journal"):
            if os.path.exists(name):
                content = Path(name).read_bytes().lower()
                found |= {token for token in TOKENS.values() if token.lower().encode() in content}
    return found


def in_vocabulary(path: str) -> set[str]:
    """Which of the tokens the search indexes of a file know, by SQLite's own list of their terms."""
    with sqlite3.connect(path) as connection:
        connection.execute("create virtual table temp.terms using fts5vocab('main', 'notes_fts', 'row')")
        terms = {row[0] for row in connection.execute("select term from temp.terms")}
    return {token for token in TOKENS.values() if any(term.startswith(token.lower()) for term in terms)}


def gone(log: Log, outside: Outside, by: By, key: str = "K-1042") -> erasing.Erased:
    erased = erasing.erase(log, lambda log: reaching.require(log, key), "asked to be forgotten", by, outside)
    assert erasing.scrub(log, erased.wanted) is None
    return erased


@pytest.mark.parametrize("secure_delete", ["off", "fast", "on"])
def test_no_byte_is_left(log: Log, by: By, outside: Outside, secure_delete: str) -> None:
    """Every word stands in the bytes before and none after, also where earlier writers let freed pages be."""
    log.connection.execute(f"pragma secure_delete = {secure_delete}")
    fill(log, by)
    log.connection.execute("pragma wal_checkpoint(truncate)")
    log.connection.execute("pragma secure_delete = on")
    assert hits(log.path) == set(TOKENS.values())
    erased = gone(log, outside, by)
    assert erased.counts == {
        "customer_rows": 2, "notes": 6, "facts": 1, "promises": 1, "responses": 1, "letters": 0,
    }  # fmt: skip
    assert hits(log.path) == set()
    assert in_vocabulary(log.path) == set()
    assert [
        check
        for check in doctor.examine(log, outside.spool)
        if check["name"] in ("file", "references", "search index", "words") and not check["ok"]
    ] == []


def test_words_of_others_stay(log: Log, by: By, outside: Outside, person: str) -> None:
    """What others said stays to the byte and is found, also by words the erased customer used."""
    others = "select * from notes where customer_id = (select id from customers where key = 'K-2')"
    before = [tuple(row) for row in log.rows(others)]
    gone(log, outside, by)
    assert [tuple(row) for row in log.rows(others)] == before
    found = finding.search(log, "pakken", Filters(), limit=9)
    assert [note["verbatim"] for note in found] == ["pakken kom aldrig frem, og ingen ringede"]
    assert log.value("select notes from words where word = 'pakken'") == 1
    assert log.value("select count(*) from words where word like 'zyzzyva%'") == 0


def test_every_table_that_names_a_customer_is_emptied(log: Log, by: By, outside: Outside, person: str) -> None:
    """No row is left that refers to the customer or to their notes, by whatever way of foreign keys."""
    before = rows_about(log)
    assert {"notes", "corrections", "wordings", "facts", "promises", "promise_events", "responses", "note_themes"} <= {
        table for table, _ in before
    }
    gone(log, outside, by)
    assert rows_about(log) & before == set()


def rows_about(log: Log, key: str = "K-1042") -> set[tuple[str, tuple[Any, ...]]]:
    """All rows reached from a customer's by foreign keys that point at them: table and primary key."""
    tables = [
        row[0] for row in log.rows("select name from sqlite_schema where type = 'table' and sql not like '%virtual%'")
    ]
    root = customers.find(log, key)
    reached = {
        ("customers", (row[0],))
        for row in log.rows("select id from customers where ?1 in (id, merged_into_id)", [root])
    }
    grown = True
    while grown:
        grown = False
        for table in tables:
            columns = log.rows(f"pragma table_info({table})")
            primary = [column["name"] for column in columns if column["pk"]]
            for reference in log.rows(f"pragma foreign_key_list({table})"):
                targets = [ids[0] for name, ids in reached if name == reference["table"]]
                where = f"{reference['from']} in (select value from json_each(?))"
                sql = f"select {', '.join(primary)} from {table} where {where}"
                for row in log.rows(sql, [json.dumps(targets)]) if primary else ():
                    if (table, tuple(row)) not in reached:
                        reached.add((table, tuple(row)))
                        grown = True
    return reached


def test_record_stays_and_says_so(log: Log, by: By, outside: Outside, person: str) -> None:
    """The record keeps every row it had and gains one for each note, by which publishing notices."""
    before = [tuple(row) for row in log.rows("select * from changes order by id")]
    others = "select id from customers where key = 'K-2'"
    ids = [row[0] for row in log.rows(f"select id from notes where customer_id <> ({others}) order by id")]
    erased = gone(log, outside, by)
    after = [tuple(row) for row in log.rows("select * from changes order by id")]
    assert after[: len(before)] == before
    assert [row[0] for row in log.rows("select note_id from changes where action = 'note.erase' order by 1")] == ids
    [whole] = log.rows("select detail from changes where action = 'log.erase'")
    assert json.loads(whole["detail"]) == {"erasure_id": erased.erasure_id, "customers": 2, "notes": 6}


def test_door_is_closed_again(log: Log, by: By, outside: Outside, person: str) -> None:
    """Once an erasure is committed no note can be deleted, although it is not verified yet."""
    erasing.erase(log, lambda log: reaching.require(log, person), "asked", by, outside)
    assert erasing.unverified(log) == [1]
    with pytest.raises(sqlite3.IntegrityError, match="a note is never deleted"):
        log.connection.execute("delete from notes")


def test_an_erased_note_says_so(log: Log, by: By, outside: Outside, person: str) -> None:
    """The number of an erased note is not given again, and asking for it says what became of it."""
    gone(log, outside, by)
    with pytest.raises(NotFound, match=r"^Note 1 was erased\.$"):
        notes.get(log, 1)
    assert notes.add(log, Said("ny"), by).note_id == 8
    with pytest.raises(NotFound, match=r"^There is no note 9\.$"):
        notes.get(log, 9)
    assert customers.find_or_make(log, "K-3", None, by).id == 4


def test_undo_passes_over_what_was_erased(log: Log, by: By, outside: Outside, person: str) -> None:
    """Undo goes on with what the agent did to notes that are still there."""
    kept = notes.add(log, Said("kaffen var kold"), by).note_id
    notes.add(log, Said("sidste ord", customer=person), by)
    gone(log, outside, by)
    assert undoing.last(log, "mette").note_id == kept


def test_undoing_the_removal_of_a_theme_from_notes_of_which_one_was_erased(log: Log, by: By, outside: Outside) -> None:
    """Themes come back to the notes that are left."""
    first = notes.add(log, Said("et", customer="K-1", themes=("pris",)), by).note_id
    second = notes.add(log, Said("to", customer="K-2", themes=("pris",)), by).note_id
    themes.untag(log, [first, second], ["pris"], by)
    gone(log, outside, by, "K-1")
    undoing.undo(log, undoing.last(log, "mette"), by)
    assert notes.get(log, second)["themes"] == ["pris"]


def test_imported_note_goes_and_its_file_is_named(log: Log, by: By, outside: Outside) -> None:
    """A note that was imported goes, too, and the file it came from is named as one feedlog cannot reach."""
    import_id = log.insert(
        "imports", uid="i", source="zendesk", file="old.csv", imported_at=by.at, agent="mette",
        read=1, added=1, known=0, skipped=0, rejected=0,
    )  # fmt: skip
    with log.write():
        from feedlog.language.index import Index
        from feedlog.language.stems import Stems

        index = Index(log.connection, Stems(log.languages))
        said = Said("zyzzyvapakken", customer="K-1", source="zendesk", source_id="ticket-4711")
        notes.insert(log, said, by, index, import_id=import_id)
        index.flush()
    assert b"ticket-4711" in Path(log.path + "-wal").read_bytes()
    assert gone(log, outside, by, "K-1").files_imported == ["old.csv"]
    assert b"ticket-4711" not in Path(log.path).read_bytes()
    assert log.value("select count(*) from imports") == 1


def test_spooled_texts_go(log: Log, by: By, outside: Outside, person: str, tmp_path: Path) -> None:
    """A text that waits for this log goes when it is theirs; others, and those for other logs, stay."""

    def keep(said: Said, path: str = log.path) -> str:
        kept = spool.keep(outside.spool, path, said, by)
        assert kept is not None
        return kept

    theirs = [keep(Said("nyt", customer="k-1042")), keep(Said("pakken, ja begge blåbærzebra"))]
    broken = Path(outside.spool) / "cut.note.json.part"
    broken.write_text('{"log": "x", "said": {"verbatim": "hun er K-1042', "utf-8")
    others = [keep(Said("pakken, ja begge blåbærzebra", customer="K-2")), keep(Said("nyt"))]
    others.append(str(Path(outside.spool) / "draft-1.txt"))
    Path(others[-1]).write_text("K-10422 sagde misheard", "utf-8")
    elsewhere = keep(Said("nyt", customer="K-1042"), "/other.db")
    swept = gone(log, outside, by).swept
    assert swept.removed == 3
    assert not any(os.path.exists(path) for path in [*theirs, str(broken)])
    assert all(os.path.exists(path) for path in [*others, elsewhere])
    assert swept.left == [f"{elsewhere}, which waits for another log"]


def test_copies_of_letters_go(log: Log, by: By, outside: Outside, person: str) -> None:
    """Colleagues' copies of the customer's letters leave the outbox; other letters stay."""
    first = log.value("select min(id) from notes")
    letter = log.insert(
        "letters",
        uid="l",
        note_id=first,
        kind="thanks",
        language="da",
        text=f"Kære {TOKENS['name']}, tak for besøget i går",
        written_at=by.at,
        written_by="mette",
    )
    log.insert("letter_copies", letter_id=letter, agent="jens")
    folder = Path(outside.outbox) / "jens"
    folder.mkdir(parents=True)
    names = [f"letter-{letter}.txt", f"letter-{letter}.docx", f"letter-{letter}0.txt", ".letter-cut", ".letter-other"]
    for name in names:
        (folder / name).write_text(
            f"Kære {TOKENS['name']}, tak for besøget i går" if name != ".letter-other" else "Kære Bo", "utf-8"
        )
    swept = gone(log, outside, by).swept
    assert swept.removed == 3 and swept.left == []
    assert sorted(os.listdir(folder)) == [".letter-other", f"letter-{letter}0.txt"]
    assert log.value("select count(*) from letters") == log.value("select count(*) from letter_copies") == 0


def test_named_by_others(log: Log, by: By, outside: Outside, person: str) -> None:
    """What others said of the customer is not theirs; it is counted and its numbers are given."""
    full, key = (
        notes.add(log, Said(text, customer="K-2"), by).note_id
        for text in ("Anna Quixotine var flink", "det samme som K 1042 fik")
    )
    notes.add(log, Said("Anna var flink", customer="K-2"), by)
    log.connection.execute("update promises set what = what")
    assert gone(log, outside, by).named_by_others == [full, key]


def test_named_where_no_search_finds_it(log: Log, by: By, outside: Outside, person: str) -> None:
    """A name that stands in an earlier wording, in a note taken back, in a reason or on no note at all is told, too."""
    corrected = notes.add(log, Said("Anna Quixotine var flink", customer="K-2"), by).note_id
    corrections.correct(log, corrected, "hun var flink", "misheard", by)
    explained = notes.add(log, Said("en anden var flink", customer="K-2"), by).note_id
    corrections.correct(log, explained, "en tredje var flink", "it was not Anna Quixotine", by)
    back = notes.add(log, Said("sagen om Anna Quixotine", customer="K-2"), by).note_id
    undoing.undo(log, undoing.last(log, by.agent), by)
    facts.add(log, "K-2", "gift med Anna Quixotine", by)
    fact_id = log.value("select max(id) from facts")
    log.connection.execute(
        "insert into themes (uid, name, measure, created_at, created_by) values (?, ?, ?, ?, ?)",
        ["t", "ring", "ring til Anna Quixotine", by.at, "mette"],
    )
    themes.tag(log, [corrected], ["post"], by)
    codebook.describe(log, "post", by, measure="Anna Quixotine ringes op")
    codebook.describe(log, "post", by, measure="ring", term=("Quixotine", "anna quixotine"))
    log.insert(
        "imports", uid="i", source="mails", file="anna quixotine.csv", imported_at=by.at, agent="mette",
        read=1, added=1, known=0, skipped=0, rejected=0,
    )  # fmt: skip
    named = Said("kom for sent", customer="K-2", source="anna quixotine", source_id="1")
    imported = notes.add(log, named, by).note_id
    erased = gone(log, outside, by)
    assert erased.named_by_others == [corrected, explained, back]
    theme, post = (log.value("select id from themes where name = ?", [name]) for name in ("ring", "post"))
    assert erased.named_elsewhere == [
        f"fact {fact_id}",
        f"the theme number {theme}",
        f"an earlier title, measure or term of the theme number {post}",
        f"the source of note {imported} and others that came with it",
    ]
    assert erased.renamed == 1 and log.value("select file from imports") == "[erased]"


def test_reason_must_not_name_the_customer(log: Log, by: By, outside: Outside, person: str) -> None:
    """A reason is kept, so one that names the customer is refused, and nothing goes."""
    for reason in ("k-1042 asked", "because anna quixotine wrote"):
        with pytest.raises(WrongUsage, match="The reason names the customer, and reasons are kept"):
            erasing.erase(log, lambda log: reaching.require(log, person), reason, by, outside)
    assert reaching.of_customer(log, person) is not None


def test_a_reader_holds_it_back_loudly(
    log: Log, by: By, outside: Outside, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads an older state, traces remain and it says so; when they are gone, going on finishes."""
    monkeypatch.setattr(scrubbing, "READER_SECONDS", 0.2)
    reader = sqlite3.connect(log.path, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from notes").fetchone()
    erased = erasing.erase(log, lambda log: reaching.require(log, person), "asked", by, outside)
    assert erasing.scrub(log, erased.wanted) == f"somebody is still reading an older state of {log.path}"
    assert hits(log.path) != set()
    checks = {check["name"]: check for check in doctor.examine(log, outside.spool)}
    assert checks["erasures"]["ok"] is False and "feedlog erase" in checks["erasures"]["detail"]
    reader.close()
    going_on = erasing.resume(log, person, outside)
    assert going_on is not None and going_on.counts["notes"] == 6
    assert erasing.scrub(log, going_on.wanted) is None
    assert hits(log.path) == set()
    erasing.verify(log, erasing.unverified(log), by.at)
    assert erasing.resume(log, person, outside) is None


def test_backups_forget(log: Log, by: By, outside: Outside, person: str, tmp_path: Path) -> None:
    """A backup on the list forgets what the log forgot, keeps everything else, and the list knows its new bytes."""
    from feedlog.store import backup_list, backups

    path = str(tmp_path / "backup.db")
    made = backups.make(log, path)
    backup_list.put(log.path, made.backup)
    assert hits(path) == set(TOKENS.values())
    erased = gone(log, outside, by)
    reached = reaching_backups.forget(log, erased.wanted, by)
    assert reached == (1, [], [])
    assert hits(path) == set() and in_vocabulary(path) == set()
    assert not os.path.exists(f"{path}-wal")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    [listed] = backup_list.looked_at(log.path)
    assert listed["matches"] and listed["notes"] == 1
    unchanged = Path(path).read_bytes()
    assert reaching_backups.forget(log, erased.wanted, by) == (1, [], [])
    assert Path(path).read_bytes() == unchanged
    os.unlink(path)
    assert reaching_backups.forget(log, erased.wanted, by) == (
        0, [], [f"the backup {path} of {listed['made_at'][:10]}, which is not there now"],
    )  # fmt: skip


def test_a_backup_in_which_an_erasure_was_killed(
    log: Log, by: By, outside: Outside, person: str, tmp_path: Path
) -> None:
    """A kill while a backup is being cleaned leaves a journal beside it; going on takes that back and finishes."""
    from feedlog.store import backup_list, backups

    path = str(tmp_path / "backup.db")
    backup_list.put(log.path, backups.make(log, path).backup)
    script = """
import os, signal, sqlite3, sys
cut = sqlite3.connect(sys.argv[1], isolation_level=None)
cut.execute("pragma cache_size = 2")
cut.execute("begin immediate")
cut.executemany("insert into settings values (?, ?)", [(f"z{number}", "q" * 3000) for number in range(200)])
cut.execute("update wordings set stems = stems || ' x'")
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script, path], check=False)
    assert os.path.getsize(f"{path}-journal") > 0
    erased = gone(log, outside, by)
    assert reaching_backups.forget(log, erased.wanted, by) == (1, [], [])
    assert hits(path) == set() and os.listdir(tmp_path).count("backup.db-journal") == 0


def test_a_copy_can_be_told(log: Log, by: By, outside: Outside, person: str, tmp_path: Path) -> None:
    """A copy made before forgets by the uids alone, once; a copy that knows none of them stays to the byte."""
    copy_path = str(tmp_path / "copy.db")
    with sqlite3.connect(copy_path) as target:
        log.connection.backup(target)
    target.close()
    gone(log, outside, by)
    uids = erased_list.read(log.path)
    assert len(uids) == 8
    with open_for_writing(copy_path, DEFAULT_LANGUAGES) as copy:
        assert erasing.apply(copy, uids, by) == 8
        assert erasing.apply(copy, uids, by) == 0
        assert hits(copy_path) == set()
        assert [row["verbatim"] for row in copy.rows("select verbatim from notes")] == [
            "pakken kom aldrig frem, og ingen ringede"
        ]


def test_published_file_forgets(log: Log, by: By, outside: Outside, person: str) -> None:
    """The published file holds none of the words after, and is what publishing everything anew would make."""
    path = place_beside(log.path)
    publish(log, path)
    words = {TOKENS[name] for name in ("correction", "reading", "promise", "response", "merged", "overflow")}
    assert words <= hits(path)
    erased = gone(log, outside, by)
    assert forget(log, path, erased.wanted) is None
    assert hits(path) == set() and in_vocabulary(path) == set()
    with sqlite3.connect(path) as connection:
        assert [row[0] for row in connection.execute("select verbatim from notes")] == [
            "pakken kom aldrig frem, og ingen ringede"
        ]


def test_words_of_others_are_no_traces(log: Log, by: By, outside: Outside) -> None:
    """A sentence somebody else said, too, and a key that stands inside another's, do not pass for traces."""
    for key in ("K-10", "K-1042"):
        notes.add(log, Said("pakken kom aldrig frem til mig", customer=key, name="Anna Holm"), by)
    gone(log, outside, by, "K-10")
    assert [row["key"] for row in log.rows("select key from customers")] == ["K-1042"]


def test_unknown_customer(log: Log, by: By, outside: Outside, say: Callable[..., int]) -> None:
    """A key nobody has is refused, and no erasure begins."""
    say("Pakken")
    with pytest.raises(NotFound, match=r"^There is no customer 'K-9'\.$"):
        erasing.erase(log, lambda log: reaching.require(log, "K-9"), "asked", by, outside)
    assert log.value("select count(*) from erasures") == 0


def test_damaged_copy_is_refused(
    log: Log, by: By, outside: Outside, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy whose traces somebody holds is refused with what to do."""
    monkeypatch.setattr(scrubbing, "READER_SECONDS", 0.2)
    uids = [row["uid"] for row in log.rows("select uid from notes")]
    reader = sqlite3.connect(log.path, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from notes").fetchone()
    with pytest.raises(Refused, match="It is erased, but traces remain: somebody is still reading") as refused:
        erasing.apply(log, uids)
    assert "run the same command again" in refused.value.hint
    reader.close()
    assert erasing.apply(log, uids) == 0
    assert erasing.unverified(log) == []
