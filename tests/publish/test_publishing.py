"""The published file: only what changed is written, and it is what a full writing would have been."""

import contextlib
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotStored, Refused
from feedlog.operations import codebook, corrections, notes, reindexing, themes, undoing
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log

NAMES = {"K-1042": "Anna Holm", "K-2077": "Bo Berg", "lise@example.com": "Lise Åkjær"}
SENTENCES = [
    "Pakken kom tre uger for sent, og ingen ringede",
    "Jag fick samma faktura två gånger",
    "Anna Holm sagde, at I ringer tilbage",
    "mit nummer er K-2077, skriv til lise@example.com",
    "You lost my parcel again",
]


def content(path: str) -> dict[str, list[Any]]:
    """Everything the published file says, but for when it was written."""
    with sqlite3.connect(path) as connection:
        tables = [
            row[0]
            for row in connection.execute("select name from sqlite_master where type = 'table'")
            if not row[0].startswith(("sqlite_", "notes_fts_", "words_fts_"))
        ]
        found = {}
        for table in tables:
            rows = connection.execute(f"select * from {table}").fetchall()
            # Word numbers follow the order of writing; the words themselves are what is said.
            rows = [row[1:] for row in rows] if table == "words" else rows
            found[table] = sorted(map(repr, (row for row in rows if row[0] != "published_at")))
        return found


def some_change(log: Log, dice: random.Random, by: By) -> None:
    """One thing an agent does, drawn at random; what is refused does not count."""
    standing = [row[0] for row in log.rows("select note_id from wordings")]
    key = dice.choice([*NAMES, None])
    promise = dice.choice(["ring til Anna Holm", "skriv til k 2077", *[None] * 5])
    said = Said(
        f"{dice.choice(SENTENCES)} {dice.randrange(99)}",
        customer=key,
        name=NAMES[key] if key and dice.random() < 0.5 else None,
        themes=tuple(dice.sample(["delivery", "invoice", "staff"], dice.randrange(3))),
        kind=dice.choice(["complaint", "compliment", None]),
        channel=dice.choice(["phone", "email", None]),
        said_at=f"2026-0{dice.randrange(1, 9)}-11T10:00:00Z",
        reading=dice.choice([None, "Bo Berg lød træt", "LISE ÅKJÆRS bror"]),
        promise=promise,
        due_on="2026-12-01" if promise else None,
    )
    note_id = dice.choice(standing or [0])
    one, other = dice.sample(["delivery", "invoice", "staff", "login", "late"], 2)
    who = dice.choice([by, by._replace(agent="jens")])  # so that an older change is undone before a later one
    fixed_on = dice.choice(["2026-03-11", "2026-05-11", ""])
    acts: list[Callable[[], object]] = [
        *[lambda: notes.add(log, said, by)] * 6,
        lambda: themes.tag(log, [note_id], ["login"], by),
        lambda: themes.untag(log, [note_id], ["delivery"], by),
        lambda: corrections.correct(log, note_id, f"rettet {dice.randrange(999)}", "misheard", by),
        lambda: undoing.undo(log, undoing.last(log, by.agent), by),
        lambda: undoing.undo(log, undoing.last(log, who.agent), who),
        lambda: codebook.merge(log, one, other, who),
        lambda: codebook.split(log, one, other, [note_id], who),
        lambda: codebook.describe(log, one, who, owner=dice.choice(["liv", ""]), fixed_on=fixed_on),
        lambda: themes.tag_together(log, standing[-3:] or [0], one, who),
    ]
    with contextlib.suppress(FeedlogError):
        dice.choice(acts)()


@pytest.mark.parametrize("seed", range(6))
def test_writing_what_changed_equals_writing_everything(log: Log, tmp_path: Path, by: By, seed: int) -> None:
    """However a log came about, the file that followed it step by step says the same as one written whole."""
    dice = random.Random(seed)
    steps = str(tmp_path / "steps.db")
    for _ in range(15):
        for _ in range(dice.randrange(6)):
            some_change(log, dice, by)
        publish(log, steps)
    whole = str(tmp_path / "whole.db")
    publish(log, whole)
    assert content(steps) == content(whole)
    assert sum(map(len, content(whole).values())) > 20
    with sqlite3.connect(steps) as connection:
        connection.execute("insert into notes_fts (notes_fts, rank) values ('integrity-check', 1)")


def test_nothing_to_write_writes_nothing(log: Log, say: Callable[..., int]) -> None:
    """A second publishing without a change in between writes no note; one new note writes one."""
    say(SENTENCES[0])
    path = place_beside(log.path)
    assert publish(log, path)["changed"] == 1
    assert publish(log, path)["changed"] == 0
    say(SENTENCES[1])
    assert publish(log, path) | {"seconds": 0} == {"path": path, "notes": 2, "changed": 1, "seconds": 0}


def test_no_byte_of_the_file_holds_a_name_or_key(log: Log, say: Callable[..., int], by: By) -> None:
    """Names, keys and mails are nowhere in the published file or beside it, also where a note was published first and
    the customer's name became known later."""
    path = Path(place_beside(log.path))
    say("hej, det er Zoë Winther, kundenummer K-9931")
    publish(log, str(path))
    assert b"winther" in path.read_bytes().lower()
    say("min pakke er væk", customer="K-9931", name="Zoë Winther", reading="Winther er vred")
    say("zoë her igen, skriv til zoe@example.com", customer="K-9931", promise="ring til Zoë", due_on="2026-12-01")
    publish(log, str(path))
    for file in path.parent.iterdir():
        raw = file.read_bytes().lower()
        for word in ("winther", "9931", "example", "zoë", "zoe"):
            assert word.encode() not in raw, (file.name, word)
    assert content(str(path))["notes"]


def test_undone_and_corrected_words_leave_the_pages(log: Log, say: Callable[..., int], by: By) -> None:
    """A note taken back is gone from the pages and from their search; a corrected one is found as corrected."""
    path = place_beside(log.path)
    kept, undone = say("levringen kom i dag"), say("fejltastning")
    publish(log, path)
    undoing.undo(log, undoing.last(log, by.agent), by)
    corrections.correct(log, kept, "leveringen kom i går", "misheard", by)
    publish(log, path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("select id, verbatim, corrected from notes").fetchall() == [
            (kept, "leveringen kom i går", 1)
        ]
        find = "select rowid from notes_fts where notes_fts match ?"
        assert connection.execute(find, ["fejltastning"]).fetchall() == []
        assert connection.execute(find, ["leveringen"]).fetchall() == [(kept,)]
    assert undone != kept


def test_a_change_of_languages_writes_everything_anew(log: Log, say: Callable[..., int], by: By) -> None:
    """The pages are searched in the log's languages, also after these have changed."""
    path = place_beside(log.path)
    say(SENTENCES[0])
    publish(log, path)
    reindexing.reindex(log, ["en"], by)
    assert publish(log, path)["changed"] == 1


def test_another_logs_pages_are_refused(log: Log, tmp_path: Path, say: Callable[..., int]) -> None:
    """The pages of one log are never overwritten with those of another."""
    from feedlog.store import open_for_writing

    say(SENTENCES[0])
    path = str(tmp_path / "pages.db")
    publish(log, path)
    with (
        open_for_writing(str(tmp_path / "other.db"), ["da"]) as other,
        pytest.raises(Refused, match="made from another log"),
    ):
        publish(other, path)
    assert len(content(path)["notes"]) == 1


def test_a_database_of_something_else_is_refused(log: Log, tmp_path: Path) -> None:
    """Publishing never writes into a database that is not feedlog's pages."""
    path = tmp_path / "accounts.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table accounts (id integer)")
    with pytest.raises(Refused, match="something else, not feedlog's pages"):
        publish(log, str(path))


def test_a_place_that_cannot_be_written_is_said(log: Log, tmp_path: Path) -> None:
    """Where the pages cannot be written the sentence names the place."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotStored, match="cannot be written to"):
        publish(log, str(tmp_path / "file" / "feedlog.db"))


def test_the_files_are_the_owners_only(log: Log, say: Callable[..., int]) -> None:
    """The published file and the secret behind the pseudonyms can be read by their owner only."""
    say(SENTENCES[0])
    path = Path(place_beside(log.path))
    publish(log, str(path))
    for file in (path, Path(log.path + ".secret")):
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_failure_half_way_leaves_the_old_pages(log: Log, say: Callable[..., int]) -> None:
    """Publishing is one transaction: readers keep the old pages when it fails."""
    path = place_beside(log.path)
    say(SENTENCES[0])
    publish(log, path)
    before = content(path)
    say(SENTENCES[1])

    def fail(done: int, of: int) -> None:
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        publish(log, path, progress=fail)
    assert content(path) == before
    assert publish(log, path)["notes"] == 2


def test_a_long_reader_is_not_waited_for(log: Log, say: Callable[..., int], tmp_path: Path) -> None:
    """Publishing beside somebody who reads an older state ends at once; the journal is cut once they are gone."""
    path = str(tmp_path / "pages.db")
    say("Pakken kom")
    publish(log, path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        assert reader.execute("select count(*) from notes").fetchone() == (1,)
        say("Skoene trykker")
        assert publish(log, path)["notes"] == 2
        assert reader.execute("select count(*) from notes").fetchone() == (1,)
        assert os.path.getsize(path + "-wal") > 0
    say("Og igen")
    publish(log, path)
    assert not os.path.exists(path + "-wal") or os.path.getsize(path + "-wal") == 0
