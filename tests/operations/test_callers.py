"""The customers of an import, a batch at a time, are those that come one by one."""

from typing import Any

from feedlog.operations import customers, merging, notes
from feedlog.operations.callers import Callers
from feedlog.operations.shapes import By, Said
from feedlog.store import Log

BY = By("mette", "2026-11-20T12:00:00Z")
ROWS = [
    ("new", None),
    ("NEW", "Nora"),
    ("K-1", "Anna"),
    ("k-1", "Bo"),
    ("merged", "Cy"),
    ("kept", "Dan"),
    ("Æ-1", "Eva"),
    ("æ-1", "Eva"),
    (None, None),
    ("123", "Fie"),
    ("new", "Nora"),
    ("unnamed", "Gry"),
    ("unnamed", "Ida"),
]


def known_before(log: Log) -> None:
    for key, name in (("K-1", "Anna"), ("merged", None), ("kept", None), ("unnamed", None)):
        notes.add(log, Said("hej", customer=key, name=name), BY)
    merging.merge(log, "merged", "kept", BY)


def stored(log: Log) -> list[list[tuple[Any, ...]]]:
    tables = (
        "select id, key, name, merged_into_id, created_at, created_by from customers",
        "select id, action, customer_id, detail from changes",
        "select * from sqlite_sequence",
    )
    return [[tuple(row) for row in log.rows(sql)] for sql in tables]


class _Stop(Exception):
    """Leaves a write so that it is rolled back."""


def test_a_batch_is_one_by_one(log: Log) -> None:
    """Rows, names, recorded changes and the count of other names come out the same, in whatever batches."""
    known_before(log)
    outcomes = []
    for size in (0, 1, 3, len(ROWS)):
        try:
            with log.write():
                if size:
                    callers = Callers(log, BY)
                    ids = []
                    for start in range(0, len(ROWS), size):
                        batch = ROWS[start : start + size]
                        callers.meet(batch)
                        ids += [callers.row_id(key, name) for key, name in batch if key]
                    misnamed = callers.misnamed
                else:
                    found = [customers.find_or_make(log, key, name, BY) for key, name in ROWS if key]
                    ids, misnamed = [one.id for one in found], sum(one.warning is not None for one in found)
                outcomes.append((ids, misnamed, stored(log)))
                raise _Stop
        except _Stop:
            pass
    assert outcomes[0][1] == 3
    assert outcomes[1:] == outcomes[:1] * 3
