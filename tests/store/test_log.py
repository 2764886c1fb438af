"""Opening the log: at the door everything is settled, and what is not a log stays as it is."""

import gc
import os
import sqlite3
import stat
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedlog.errors import FeedlogError, NotFound, NotStored, Refused
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.store import Log, open_for_reading, open_for_writing
from feedlog.store import log as log_module
from feedlog.store.log import APPLICATION_ID
from feedlog.store.upgrades import NEWEST

LANGUAGES = ("da", "en")
DOORS: list[Callable[[str], Log]] = [open_for_reading, lambda path: open_for_writing(path, LANGUAGES)]
each_door = pytest.mark.parametrize("door", DOORS, ids=["reading", "writing"])


def pragma(log: Log, name: str) -> object:
    return log.value(f"pragma {name}")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_fresh_log_is_ours_and_says_which(log: Log) -> None:
    """A fresh log bears feedlog's mark, the newest version, its languages and a name of its own."""
    assert pragma(log, "application_id") == APPLICATION_ID == int.from_bytes(b"flog", "big")
    assert pragma(log, "user_version") == NEWEST
    assert log.languages == ("da", "sv", "nb", "en")
    assert len(log.value("select value from settings where name = 'uid'")) == 36


def test_every_connection_keeps_the_promises(log: Log, log_path: Path) -> None:
    """What is acknowledged survives a power cut, references hold and deleted words are wiped, on every connection."""
    with open_for_writing(str(log_path), LANGUAGES) as again, open_for_reading(str(log_path)) as reading:
        for opened in (log, again, reading):
            assert pragma(opened, "journal_mode") == "wal"
            assert pragma(opened, "synchronous") == 2
            assert pragma(opened, "foreign_keys") == 1
            assert pragma(opened, "secure_delete") == 1
            assert pragma(opened, "recursive_triggers") == 1
            assert pragma(opened, "busy_timeout") == 30_000


@each_door
def test_log_that_is_made_while_it_is_looked_at(
    log_path: Path, door: Callable[[str], Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks at a file that somebody else is just making a log of opens that log, and takes it for nothing else."""
    log_path.parent.mkdir()
    log_path.touch()
    looked_at: list[str] = []

    class Slow(sqlite3.Connection):
        def execute(self, *words: Any) -> sqlite3.Cursor:
            if words[0] == "pragma user_version" and not looked_at:
                looked_at.append(words[0])
                open_for_writing(str(log_path), LANGUAGES).close()
            return super().execute(*words)

    connect = sqlite3.connect
    monkeypatch.setattr(log_module.sqlite3, "connect", lambda *words, **given: connect(*words, **given, factory=Slow))
    with door(str(log_path)) as opened:
        assert opened.languages == LANGUAGES
    assert looked_at


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_new_log_is_private(log_path: Path, umask: int) -> None:
    """Only its owner can read a new log or enter its folder, whatever the umask."""
    before = os.umask(umask)
    try:
        with open_for_writing(str(log_path), LANGUAGES) as log:
            log.connection.execute("begin immediate")
            assert mode(log_path) == 0o600
            assert mode(log_path.parent) == 0o700
            for beside in ("-wal", "-shm"):
                assert mode(log_path.with_name(log_path.name + beside)) == 0o600
    finally:
        os.umask(before)


def test_write_is_whole_or_nothing(log: Log) -> None:
    """When a block fails half-way its first half is gone, and the next write works."""
    with pytest.raises(KeyError), log.write():
        log.insert("settings", name="one", value="1")
        raise KeyError
    assert not log.connection.in_transaction
    assert log.row("select 1 from settings where name = 'one'") is None
    with log.write():
        log.insert("settings", name="two", value="2")
    assert log.value("select value from settings where name = 'two'") == "2"


def test_write_inside_a_write_joins_it(log: Log) -> None:
    """An inner block that ends well is undone with the outer one that does not."""
    with pytest.raises(KeyError), log.write():
        with log.write():
            log.insert("settings", name="one", value="1")
        assert log.connection.in_transaction
        raise KeyError
    assert log.row("select 1 from settings where name = 'one'") is None


def test_writer_waits_its_turn(log: Log, log_path: Path) -> None:
    """A write that meets another one waits for it instead of being refused."""
    log.connection.execute("begin immediate")
    stored: list[int] = []

    def second() -> None:
        with open_for_writing(str(log_path), LANGUAGES) as mine, mine.write():
            stored.append(mine.insert("settings", name="second", value="2"))

    other = threading.Thread(target=second)
    other.start()
    log.insert("settings", name="first", value="1")
    other.join(0.3)
    assert not stored
    log.connection.execute("commit")
    other.join(20)
    assert stored


def test_writer_that_waits_too_long_is_told(log: Log, log_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that never gets its turn ends as NotStored, and a reader still reads."""
    assert log_module.BUSY_SECONDS == 30  # too long to wait for here
    monkeypatch.setattr(log_module, "BUSY_SECONDS", 1)
    log.connection.execute("begin immediate")
    with open_for_reading(str(log_path)) as reading, open_for_writing(str(log_path), LANGUAGES) as second:
        assert reading.value("select count(*) from notes") == 0
        second.connection.execute("pragma busy_timeout = 20")
        with pytest.raises(NotStored) as refused, second.write():
            pass
    assert refused.value.message == f"Somebody else has been writing to the log for too long: {log_path}."
    assert refused.value.hint == "Try again in a moment."
    assert refused.value.exit_status == 75


def test_reader_cannot_write(log: Log, log_path: Path) -> None:
    """A log opened for reading refuses every write in words."""
    with open_for_reading(str(log_path)) as reading:
        assert not reading.writable
        with pytest.raises(NotStored) as refused, reading.write():
            reading.insert("settings", name="one", value="1")
    assert refused.value.message == f"The log may not be written by you: {log_path}."


def test_reading_before_there_is_a_log(log_path: Path) -> None:
    """Where there is no log, reading says so and makes none."""
    with pytest.raises(NotFound) as missing:
        open_for_reading(str(log_path))
    assert missing.value.message == f"There is no log yet: {log_path}."
    assert missing.value.hint == "The first `feedlog add` makes it; --db names another."
    assert not log_path.parent.exists()
    log_path.parent.mkdir()
    log_path.touch()
    with pytest.raises(NotFound, match="There is nothing in the log yet"):
        open_for_reading(str(log_path))
    assert log_path.read_bytes() == b""


@each_door
def test_foreign_database_is_refused(door: Callable[[str], Log], tmp_path: Path) -> None:
    """Another program's database is refused and not a byte of it changes."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table birds (name text)")
        other.execute("insert into birds values ('wren')")
    other.close()
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(Refused) as refused:
        door(str(path))
    assert refused.value.message == f"The file is a database of something else, not a feedlog log: {path}."
    assert refused.value.hint == "Nothing was changed. Name another path with --db or FEEDLOG_DB."
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert os.listdir(tmp_path) == ["other.db"]


@each_door
def test_database_with_another_mark_is_refused(door: Callable[[str], Log], tmp_path: Path) -> None:
    """A database without tables but with another program's mark or version is not taken over."""
    for statement in ("pragma application_id = 1196444487", "pragma user_version = 3"):
        path = tmp_path / "marked.db"
        other = sqlite3.connect(path)
        other.execute(statement)
        other.close()
        with pytest.raises(Refused, match="a database of something else"):
            door(str(path))
        path.unlink()


@each_door
@pytest.mark.parametrize("content", [b"Dear diary,\n" * 400, b"\0" * 8192], ids=["text", "zeros"])
def test_file_that_is_no_database_is_refused(door: Callable[[str], Log], tmp_path: Path, content: bytes) -> None:
    """A file of any other kind is refused and stays as it is."""
    path = tmp_path / "diary.txt"
    path.write_bytes(content)
    with pytest.raises(FeedlogError) as refused:
        door(str(path))
    assert refused.value.message == f"The file is not a SQLite database: {path}."
    assert refused.value.hint == "Check the path: `feedlog path` prints it."
    assert path.read_bytes() == content


@each_door
def test_newer_log_is_refused(door: Callable[[str], Log], log: Log, log_path: Path) -> None:
    """A log of a newer feedlog is left alone by an older one."""
    log.connection.execute(f"pragma user_version = {NEWEST + 1}")
    log.close()
    before = log_path.read_bytes()
    with pytest.raises(Refused) as refused:
        door(str(log_path))
    expected = f"The log was written by a newer feedlog (schema {NEWEST + 1}, this one knows {NEWEST}): {log_path}."
    assert refused.value.message == expected
    assert refused.value.hint == "Nothing was changed. Install the newer feedlog."
    assert log_path.read_bytes() == before


@each_door
def test_folder_is_no_log(door: Callable[[str], Log], tmp_path: Path) -> None:
    """A folder is refused with the advice to name a file."""
    with pytest.raises(Refused) as refused:
        door(str(tmp_path))
    assert refused.value.message == f"This is a folder, not a log: {tmp_path}."
    assert refused.value.hint == "Name a file, such as feedlog.db inside it."


def test_place_where_no_file_can_be(tmp_path: Path) -> None:
    """Where no log can be made, the reason and another way are said."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotStored) as refused:
        open_for_writing(str(tmp_path / "file" / "deeper" / "feedlog.db"), LANGUAGES)
    assert refused.value.message == f"The log cannot be made in {tmp_path}/file/deeper: Not a directory."
    assert refused.value.hint == "Choose a folder you may write to with --db or FEEDLOG_DB."


@pytest.mark.parametrize("name", ["a b?c#d%20é&.db", "x'y\".db", os.fsdecode(b"b\xf8rn.db")])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    """A log may have any name its file system allows, also one that is not UTF-8."""
    path = str(tmp_path / name)
    with open_for_writing(path, LANGUAGES) as log:
        assert log.languages == LANGUAGES
    with open_for_reading(path) as log:
        assert log.value("select count(*) from notes") == 0
    assert os.path.exists(path)


def test_refusal_leaves_no_connection_open(tmp_path: Path) -> None:
    """A refused file is let go of at once."""
    sqlite3.connect(tmp_path / "other.db").execute("create table birds (name text)").connection.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for door in DOORS:
            with pytest.raises(Refused):
                door(str(tmp_path / "other.db"))
        gc.collect()


def test_broken_bytes_do_not_hide_the_rest(log: Log, by: By, say: Callable[..., int]) -> None:
    """A text that other software filled with bytes that are not UTF-8 is shown as well as can be."""
    say("fine")
    log.connection.execute(
        "insert into customers (uid, key, name, created_at, created_by)"
        " values ('u', 'K-1', cast(x'52f864' as text), '', '')"
    )
    assert log.value("select name from customers where key = 'K-1'") == "R�d"


def test_number_too_large_for_sqlite_is_in_no_row(log: Log) -> None:
    """Asking for a number no SQLite row can have finds nothing instead of failing."""
    assert log.row("select 1 from notes where id = ?", [2**63]) is None
    assert log.rows("select 1 from notes where id = ?", [2**63]) == []


def test_fault_of_our_own_looks_like_one(log: Log) -> None:
    """Wrong SQL is not dressed up as a refusal."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        log.rows("select * from birds")
    with pytest.raises(sqlite3.IntegrityError), log.write():
        log.insert("settings", name="uid", value="twice")


def look_without_rights(path: str) -> list[str]:
    """What somebody who may only read the file sees, and is told when writing."""
    found = []
    try:
        with open_for_reading(path) as log:
            found.append(log.value("select verbatim from notes"))
            with log.write():
                log.insert("settings", name="one", value="1")
    except FeedlogError as error:
        found.append(error.message)
    return found


def test_somebody_without_rights_reads_a_log_at_rest(by: By, as_stranger: Callable[..., list[str]]) -> None:
    """Who may read the file but not write to its folder reads it all the same, and leaves nothing there."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "feedlog.db")
        with open_for_writing(path, LANGUAGES) as log:
            notes.add(log, Said("Skoene trykker"), by)
        os.chmod(path, 0o444)
        os.chmod(folder, 0o555)
        seen = as_stranger(look_without_rights, path)
        os.chmod(folder, 0o700)
        assert seen == ["Skoene trykker", f"The log may not be written by you: {path}."]
        assert os.listdir(folder) == ["feedlog.db"]


def test_folder_without_rights(as_stranger: Callable[..., list[str]]) -> None:
    """A log that cannot be made for want of rights is refused with the reason."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)

        def make(path: str) -> list[str]:
            try:
                open_for_writing(path, LANGUAGES).close()
            except NotStored as error:
                return [error.message, error.hint]
            return []

        told = as_stranger(make, os.path.join(folder, "feedlog.db"))
        assert told == [
            f"The log cannot be made in {folder}: Permission denied.",
            "Choose a folder you may write to with --db or FEEDLOG_DB.",
        ]
        assert os.listdir(folder) == []
