"""Who is merged into whom, by what every site says of it."""

import json
import sqlite3
from collections.abc import Callable

from feedlog.operations import cards, marks
from feedlog.operations.cards import Card
from feedlog.store import Log


def settle_merges(log: Log, noun: str) -> list[int]:
    """Lets every row point at the one it is shown under, by all merges that stand; returns the rows this changed.

    Of two merges that would go in a circle the later one is left out, on every copy the same.
    """
    find = _finder(log, noun)
    latest: dict[int, tuple[str, str, int | None]] = {}
    rows = log.rows(
        f"""select {noun}_id as id, uid, held from arrived
             where {noun}_id is not null and json_extract(held, '$.merged') is not null"""
    )
    merges = [(row["id"], row["uid"], *json.loads(row["held"])["merged"][:2]) for row in rows]
    for row_id, (into, at) in cards.merges_here(log, noun).items():
        merges.append((row_id, "", into, at))
    for row_id, uid, into, at in merges:
        if row_id not in latest or latest[row_id][:2] < (at, uid):
            latest[row_id] = (at, uid, find(into) if into else None)
    ways: dict[int, int] = {}
    for row_id, (_, _, into_id) in sorted(latest.items(), key=lambda merge: merge[1][:2]):
        if into_id is not None and _end(ways, into_id) != row_id:
            ways[row_id] = into_id
    changed: list[tuple[int | None, int]] = []
    for row in log.rows(f"select id, merged_into_id from {noun}s where merged_into_id is not null"):
        if row["id"] not in ways:
            changed.append((None, row["id"]))
    for row_id in ways:
        end = _end(ways, row_id)
        if log.value(f"select merged_into_id from {noun}s where id = ?", [row_id]) != end:
            changed.append((end, row_id))
    log.connection.executemany(f"update {noun}s set merged_into_id = ? where id = ?", changed)
    return [row_id for _, row_id in changed]


def _end(ways: dict[int, int], row_id: int) -> int:
    while row_id in ways:
        row_id = ways[row_id]
    return row_id


def forget_merges(log: Log, secret: bytes, erased: set[str]) -> None:
    """Takes these customers, by their marks, out of what others' cards say; to be called when their rows are gone."""
    rows = log.rows(
        """select uid, sender, held from arrived
            where customer_id is not null and json_extract(held, '$.merged[0]') is not null"""
    )
    for row in rows:
        held = json.loads(row["held"])
        into, at, *_ = held["merged"]
        if marks.mark(secret, into["key"]) in erased:
            held["merged"] = [None, at]
            log.connection.execute(
                "update arrived set held = ? where uid = ? and sender = ?",
                [json.dumps(held, ensure_ascii=False), row["uid"], row["sender"]],
            )
    settle_merges(log, "customer")


def _finder(log: Log, noun: str) -> Callable[[Card], int | None]:
    named = cards.NAMED[noun]

    def find(card: Card) -> int | None:
        row: sqlite3.Row | None = log.row(f"select id from {noun}s where {named} = ?", [card[named]])
        return None if row is None else int(row["id"])

    return find
