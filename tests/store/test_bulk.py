"""Many rows and many names at once."""

import re
import sqlite3

import pytest

from feedlog.store import Log
from feedlog.store.bulk import insert_many, more_at_hand
from feedlog.store.ids import new_uid, new_uids

COLUMNS = ("name", "value")


def test_rows_arrive_as_one_by_one(log: Log) -> None:
    """Rows inserted at once stand in the table in the order given, and nothing else is left on the connection."""
    with log.write() as connection:
        insert_many(connection, "settings", COLUMNS, [("b", "1"), ("a", "2")])
        insert_many(connection, "settings", COLUMNS, iter([("c", "3")]))
    rows = log.rows("select name, value from settings where length(name) = 1 order by name")
    assert [tuple(row) for row in rows] == [("a", "2"), ("b", "1"), ("c", "3")]
    assert log.rows("select name from temp.sqlite_master") == []


def test_rules_of_the_table_hold(log: Log) -> None:
    """A row the table refuses refuses them all."""
    with pytest.raises(sqlite3.IntegrityError), log.write() as connection:
        insert_many(connection, "settings", COLUMNS, [("a", "1"), ("b", None)])
    assert log.value("select count(*) from settings where length(name) = 1") == 0


def test_memory_is_given_back(log: Log) -> None:
    """More of the file is at hand for a while only, also where that ends badly."""
    usual = log.value("pragma cache_size")
    with pytest.raises(KeyboardInterrupt), more_at_hand(log.connection):
        assert log.value("pragma cache_size") < usual
        raise KeyboardInterrupt
    assert log.value("pragma cache_size") == usual


def test_uids_at_once_are_like_single_ones() -> None:
    """Uids made at once are distinct UUIDs of version 7, ascending, and after those made before."""
    before = new_uid()
    uids = new_uids(3000)
    assert len(set(uids)) == 3000
    assert uids == sorted(uids)
    assert before[:13] <= uids[0][:13]
    shape = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(shape.fullmatch(uid) for uid in [before, *uids])
    assert new_uids(0) == []
