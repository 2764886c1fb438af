"""The list of what was erased: random names and moments in a private file that outlives the log."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.errors import NotStored
from feedlog.operations import erased_list, erasing, reaching
from feedlog.operations.leftovers import Outside
from feedlog.operations.shapes import By
from feedlog.store import Log


@pytest.fixture
def erased(log: Log, by: By, say: Callable[..., int], tmp_path: Path) -> list[str]:
    """What an erasure of a customer with two notes took, by uid."""
    for text in ("et", "to"):
        say(text, customer="K-1")
    say("tre", customer="K-2")
    theirs = "select uid from notes where id < 3 union all select uid from customers where id = 1"
    uids = [row["uid"] for row in log.rows(theirs)]
    outside = Outside(str(tmp_path / "spool"), str(tmp_path / "outbox"))
    erasing.erase(log, lambda log: reaching.require(log, "K-1"), "asked", by, outside)
    return sorted(uids)


def test_log_alone_is_enough(log: Log, erased: list[str]) -> None:
    """Before the file is written, what the log's table holds is read."""
    assert not os.path.exists(erased_list.place_beside(log.path))
    assert sorted(erased_list.read(log.path)) == erased


def test_file_alone_is_enough(log: Log, by: By, erased: list[str]) -> None:
    """Without its log the list still says what was erased: uids and moments, nothing else, for its owner only."""
    erased_list.bring_up(log)
    path = Path(erased_list.place_beside(log.path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [json.loads(line).keys() for line in path.read_text().splitlines()] == [{"uid", "erased_at"}] * 3
    log.close()
    os.unlink(log.path)
    assert sorted(erased_list.read(log.path)) == erased


def test_brought_up_once(log: Log, erased: list[str]) -> None:
    """Bringing it up again adds nothing; a line that a crash cut short is passed over and written anew."""
    erased_list.bring_up(log)
    path = Path(erased_list.place_beside(log.path))
    whole = path.read_bytes()
    erased_list.bring_up(log)
    assert path.read_bytes() == whole
    path.write_bytes(whole[:-9])
    erased_list.bring_up(log)
    log.close()
    os.unlink(log.path)
    assert sorted(erased_list.read(log.path)) == erased


def test_refused_where_it_cannot_be_written(log: Log, erased: list[str]) -> None:
    """A list that cannot be written is said, with its place."""
    path = erased_list.place_beside(log.path)
    os.mkdir(path)
    with pytest.raises((NotStored, IsADirectoryError)):
        erased_list.bring_up(log)


def test_no_log_no_list(tmp_path: Path) -> None:
    """Where there is neither, nothing was erased."""
    assert erased_list.read(str(tmp_path / "none.db")) == []
