"""The doctor finds what is wrong, says what to do, and changes nothing."""

import os
import re
import shlex
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from feedlog.cli import editing
from feedlog.errors import FeedlogError
from feedlog.language.words import plain_words
from feedlog.operations import backing_up, corrections, doctor, notes, spool, themes, undoing
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log, open_for_reading, open_for_writing

NAMES = [
    "file", "references", "times", "search index", "words", "rules", "journal", "waiting pages", "place", "private",
    "erasures", "backups", "spool",
]  # fmt: skip


def ills(log: Log, folder: str = "") -> dict[str, str]:
    return {check["name"]: check["detail"] for check in doctor.examine(log, folder) if not check["ok"]}


def test_sound_log(log: Log, say: Callable[..., int], tmp_path: Path) -> None:
    """A log in use is well in every respect."""
    say("Pakken kom for sent", customer="K-1", themes=("levering",))
    checks = doctor.examine(log, str(tmp_path / "spool"))
    assert [check["name"] for check in checks] == NAMES
    assert all(check["ok"] for check in checks)


def test_a_folder_and_a_backup_open_to_all(log: Log, say: Callable[..., int], tmp_path: Path) -> None:
    """A backup everybody can read is found, and a folder in which everybody could put another log."""
    say("Pakken kom for sent", customer="K-1")
    backup = tmp_path / "monday's.db"
    backing_up.back_up(log.path, str(backup))
    backup.chmod(0o644)
    assert ills(log)["private"] == (
        f"everybody on this machine can read it: run chmod o-rwx {shlex.quote(str(backup))}"
    )
    backup.chmod(0o600)
    folder = Path(log.path).parent
    folder.chmod(0o777)
    assert ills(log)["private"] == (
        f"everybody on this machine can put another file in its place: run chmod o-w {folder}"
    )
    folder.chmod(0o1777)
    assert ills(log) == {}


INJURIES = [
    ("insert into notes_fts (notes_fts, rowid, verbatim, stems) values ('delete', 1, 'pakken', 'pakk')", "search index",
     "the index disagrees with the notes: run `feedlog reindex`"),
    ("insert into words_fts (words_fts) values ('delete-all')", "search index",
     "the index disagrees with the notes: run `feedlog reindex`"),
    ("update words set notes = 7 where word = 'pakken'", "words",
     "'pakken' is counted in 7 notes and stands in 1: run `feedlog reindex`"),
    ("drop trigger notes_are_kept", "rules", "the rule notes_are_kept was taken out of the file: restore a backup"),
    ("pragma recursive_triggers = off", "rules", "this SQLite leaves recursive_triggers off: use another build of it"),
    ("pragma journal_mode = delete", "journal", "delete: keep the file as it is and restore a backup"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "name", "detail"), INJURIES)
def test_what_is_out_of_step(log: Log, say: Callable[..., int], statement: str, name: str, detail: str) -> None:
    """An index, a word count or a journal that is not as it should be is found, with what to do."""
    say("Pakken kom for sent")
    log.connection.execute(statement)
    assert ills(log)[name] == detail


def test_broken_reference(log: Log, say: Callable[..., int]) -> None:
    """A row that refers to one that is gone is found."""
    say("Pakken kom for sent", themes=("levering",))
    log.connection.execute("pragma foreign_keys = off")
    log.connection.execute("delete from themes")
    log.connection.execute("pragma foreign_keys = on")
    assert ills(log) == {"references": "1 rows refer to rows that are gone, the first in note_themes: restore a backup"}


def test_log_others_can_read(log: Log, log_path: Path) -> None:
    """A log that everybody can read is found, and how to close it; a group's log is well."""
    log_path.chmod(0o644)
    assert ills(log) == {"private": f"everybody on this machine can read it: run chmod o-rwx {log_path}"}
    log_path.chmod(0o660)
    assert ills(log) == {}


def test_files_beside_the_log(log: Log, log_path: Path, say: Callable[..., int]) -> None:
    """What stands beside the log under its name, and the published file, must be as private as the log."""
    say("Pakken kom for sent")
    publish(log, place_beside(log.path))
    assert ills(log) == {}
    for name in ("feedlog.db-wal", "feedlog.db.secret", "published/feedlog.db"):
        beside = log_path.parent / name
        beside.chmod(0o604)
        assert ills(log) == {"private": f"everybody on this machine can read it: run chmod o-rwx {beside}"}
        beside.chmod(0o600)


def test_write_ahead_log_held_back(log: Log, log_path: Path, say: Callable[..., int]) -> None:
    """A write-ahead log that a reader keeps from being taken in is found before it fills the disk."""
    say("Pakken kom for sent")
    with open_for_reading(str(log_path)) as reader:
        reader.connection.execute("begin")
        reader.rows("select * from notes")
        log.connection.execute("create table ballast (bytes blob)")
        for _ in range(17):
            log.connection.execute("insert into ballast values (zeroblob(4194304))")
        found = ills(log)
        assert list(found) == ["waiting pages"]
        assert re.fullmatch(
            r"\d\d MiB wait to be taken into the file: end whoever has been reading it for long",
            found["waiting pages"],
        )


def test_texts_that_wait(log: Log, by: By, tmp_path: Path) -> None:
    """Texts waiting in the spool are found, and how to take them in."""
    folder = str(tmp_path / "spool")
    spool.keep(folder, log.path, Said("one"), by)
    spool.keep(folder, log.path, Said("two"), by)
    assert ills(log, folder) == {
        "spool": f"in {folder} wait texts that were not stored, 2 of them: run `feedlog recover`"
    }


def test_drafts_that_were_left(log: Log, tmp_path: Path) -> None:
    """A draft nobody has written to for an hour is found, and what to do; one that may be open in an editor is not."""
    folder = tmp_path / "spool"
    path = Path(editing.open_draft(str(folder), "hun sagde"))
    assert ills(log, str(folder)) == {}
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 4000))
    assert ills(log, str(folder)) == {
        "spool": f"a draft was left at {path}: log it with `feedlog add < {path}`, then remove it"
    }


def test_spool_open_to_all(log: Log, tmp_path: Path) -> None:
    """A spool folder that others can enter or write to is found, and how to close it."""
    folder = tmp_path / "spool"
    folder.mkdir()
    for mode in (0o705, 0o702):
        folder.chmod(mode)
        assert ills(log, str(folder)) == {
            "spool": f"everybody on this machine can look into it: run chmod go-rwx {folder}"
        }
    folder.chmod(0o700)
    assert ills(log, str(folder)) == {}


def test_damaged_file(log: Log, log_path: Path, say: Callable[..., int]) -> None:
    """A file with damaged pages is found out, and the advice is to touch nothing and restore a backup."""
    with log.write():
        for number in range(300):
            say(f"Pakken nummer {number} kom for sent " + "og ingen ringede " * 10)
    pages = log.value("pragma page_count")
    log.connection.execute("pragma wal_checkpoint(truncate)")
    log.close()
    with open(log_path, "r+b") as file:
        for page in range(pages // 2, pages):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    with open_for_writing(str(log_path), ()) as damaged:
        found = ills(damaged)
    assert "file" in found
    assert found["file"].endswith(": keep the file as it is and restore a backup")


def test_log_in_use_is_not_called_damaged(log: Log, log_path: Path) -> None:
    """When somebody else is writing all the while, that is what is said."""
    with open_for_writing(str(log_path), ()) as other:
        other.connection.execute("begin immediate")
        log.connection.execute("pragma busy_timeout = 20")
        why = f"Somebody else has been writing to the log for too long: {log_path}."
        assert ills(log) == {"search index": f"{why} Try again in a moment."}


def test_changes_nothing(log: Log, say: Callable[..., int]) -> None:
    """Looking a log over leaves every row as it was."""
    say("Pakken kom for sent")
    before = log.connection.total_changes, list(log.connection.iterdump())
    doctor.examine(log, "")
    assert not log.connection.in_transaction
    assert list(log.connection.iterdump()) == before[1]


def test_letters_sqlite_parts_otherwise(log: Log, say: Callable[..., int]) -> None:
    """Words whose letters SQLite and Python part or lower-case differently are no reason to call a log ill."""
    for text in ("İSTANBUL İyi", "ΟΔΟΣ ΟΔΟΣ_Α", "x\u0303y", "²³ ½", "𞤀𞤣𞤤", "ไทย हिन्दी", "ﬁn ǅ ẞ"):
        say(text)
    assert ills(log) == {}


TEXTS = st.lists(
    st.sampled_from(["pakken", "Pakke", "kom", "sent", "æøå", "Ånd", "x\u0303", "İ", "ΣΑΣ", "100", "a_b", "!", "\n"]),
    min_size=1,
    max_size=6,
).map(" ".join)


class Day(RuleBasedStateMachine):
    """Agents log, correct, tag and take back in any order."""

    log: Log

    @initialize()
    def begin(self) -> None:
        with self.log.write():
            for _ in range(50):  # the machine's earlier days are taken back, so that each begins alike
                for agent in ("mette", "jens"):
                    self.undo(agent)

    @rule(text=TEXTS, agent=st.sampled_from(["mette", "jens"]))
    def add(self, text: str, agent: str) -> None:
        self.attempt(lambda: notes.add(self.log, Said(text), self.by(agent)))

    @rule(text=TEXTS, agent=st.sampled_from(["mette", "jens"]), back=st.integers(0, 4))
    def correct(self, text: str, agent: str, back: int) -> None:
        self.attempt(lambda: corrections.correct(self.log, self.recent(back), text, "misheard", self.by(agent)))

    @rule(agent=st.sampled_from(["mette", "jens"]), back=st.integers(0, 4))
    def tag(self, agent: str, back: int) -> None:
        self.attempt(lambda: themes.tag(self.log, [self.recent(back)], ["levering"], self.by(agent)))

    @rule(agent=st.sampled_from(["mette", "jens"]))
    def undo(self, agent: str) -> None:
        self.attempt(lambda: undoing.undo(self.log, undoing.last(self.log, agent), self.by(agent)))

    @invariant()
    def words_are_counted_right(self) -> None:
        standing = notes.listing(self.log, Filters(), limit=10_000)
        counted = Counter(word for note in standing for word in set(plain_words(note["verbatim"])))
        assert {row["word"]: row["notes"] for row in self.log.rows("select word, notes from words")} == counted

    def teardown(self) -> None:
        assert ills(self.log) == {}

    def attempt(self, act: Callable[[], object]) -> None:
        with suppress(FeedlogError):
            act()

    def by(self, agent: str) -> By:
        return By(agent, "2026-11-18T09:00:00Z")

    def recent(self, back: int) -> int:
        return max(1, int(self.log.value("select coalesce(max(id), 0) from notes")) - back)


def test_words_are_counted_right_after_anything(log: Log) -> None:
    """Whatever agents do in whatever order, the word counts equal a recount and the index agrees with the notes."""
    machine = type("OneDay", (Day,), {"log": log})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
