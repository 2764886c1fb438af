"""One log in the place of another: the parts of a restore that know SQLite only."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from feedlog.errors import NotStored
from feedlog.store import Log, backup_list, backups, open_for_reading, replacing, upgrades


@pytest.fixture
def copy(log: Log, log_path: Path, tmp_path: Path) -> Path:
    """A copy of the log, which has one more setting since."""
    with backups.open_as_it_is(str(log_path)) as source:
        backups.make(source, str(tmp_path / "copy.db"))
    with log.write():
        log.insert("settings", name="since", value="yes")
    return tmp_path / "copy.db"


def test_copy_is_brought_up_without_another_copy(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup opened for writing, by a restore or an erasure, is upgraded in place: nothing else holds its words."""
    newest = upgrades.NEWEST + 1
    step = {newest: lambda connection: connection.execute("alter table customers add column shoe_size integer")}
    monkeypatch.setattr(upgrades, "STEPS", {**upgrades.STEPS, **step})
    monkeypatch.setattr(upgrades, "NEWEST", newest)
    with replacing.open_copy(str(copy)) as opened:
        assert opened.value("pragma user_version") == newest
        assert opened.value("pragma journal_mode") == "delete"
    assert sorted(path.name for path in copy.parent.iterdir()) == ["copy.db", "log"]
    assert backup_list.read(str(copy)) == []


def test_what_is_written_meanwhile_is_in_the_new_log(copy: Path, log_path: Path) -> None:
    """What is written into the copy while the log is locked stands in the log afterwards; readers saw the old one."""
    seen: list[object] = []

    def locked() -> None:
        with open_for_reading(str(log_path)) as reader:
            seen.append(reader.value("select value from settings where name = 'since'"))
        other = sqlite3.connect(log_path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("begin immediate")
        other.close()
        with ready.write():
            ready.insert("settings", name="late", value="too")

    mode = stat.S_IMODE(log_path.stat().st_mode)
    with replacing.open_copy(str(copy)) as ready:
        replacing.write_over(ready, str(log_path), locked)
    with open_for_reading(str(log_path)) as reader:
        names = {row["name"] for row in reader.rows("select name from settings")}
        assert names == {"languages", "uid", "late"}
        assert reader.value("pragma journal_mode") == "wal"
        assert reader.value("pragma integrity_check") == "ok"
    assert seen == ["yes"]
    assert stat.S_IMODE(log_path.stat().st_mode) == mode


def test_who_refuses_while_locked_leaves_the_old_log(copy: Path, log_path: Path) -> None:
    """Whatever goes wrong once the log is locked, the old one stands and can be written to."""

    def locked() -> None:
        raise NotStored("No room.")

    with replacing.open_copy(str(copy)) as ready, pytest.raises(NotStored, match="No room"):
        replacing.write_over(ready, str(log_path), locked)
    connection = sqlite3.connect(log_path, timeout=0)
    assert connection.execute("select value from settings where name = 'since'").fetchone() == ("yes",)
    connection.execute("begin immediate")
    connection.close()


def test_move_aside_takes_everything(tmp_path: Path) -> None:
    """What SQLite left beside a file goes with it, and no file that is there already is replaced."""
    for name in ("log.db", "log.db-wal", "log.db-shm", "aside"):
        (tmp_path / name).write_text(name)
    moved = replacing.move_aside(str(tmp_path / "log.db"), str(tmp_path / "aside"))
    assert [os.path.basename(path) for path in moved] == ["aside-2", "aside-wal", "aside-shm"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aside", "aside-2", "aside-shm", "aside-wal"]
    assert (tmp_path / "aside").read_text() == "aside"
