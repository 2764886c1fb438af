"""Merging customers: two keys that turn out to be one person, and parting them again."""

import json
import shlex
import sqlite3
from collections.abc import Container
from typing import NamedTuple

from feedlog.errors import Refused
from feedlog.operations import checks, customers, describing
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log


class Merged(NamedTuple):
    """What a merge did: whose notes came under whose key, how many, and which fields were filled from the other."""

    key: str
    into: str
    notes: int
    filled: list[str]


class _Fill(NamedTuple):
    """Fields that a merge took over, and the change that says so."""

    change_id: int
    customer_id: int
    fields: list[str]


def merge(log: Log, key: str, into: str, by: By) -> Merged:
    """Lets everything of one key appear under another; what the other does not say of them is taken from the first.

    Every note and fact keeps its own row, so it can be taken back. Raises NotFound for a customer there is not, Refused
    for one that is merged already or is the same.
    """
    with log.write():
        from_id, into_id = customers.require(log, key), customers.require(log, into)
        row, target = describing.row_of(log, from_id), describing.row_of(log, into_id)
        _refuse_the_same(log, key, into, row, target)
        moved = f"select count(*) from current_notes where customer_id in ({customers.SAME})"
        notes = int(log.value(moved, [from_id]))
        # What was merged into it moves on with it: a link always names the customer who is shown, never another link.
        # Asked apart: with `or` SQLite would walk every customer.
        for column in ("merged_into_id", "id"):
            log.connection.execute(f"update customers set merged_into_id = ? where {column} = ?", [into_id, from_id])
        change_id = record(log, "customer.merge", by, customer_id=from_id, detail={"into": into_id})
        fields = {field: row[field] for field in describing.FIELDS if row[field] is not None and target[field] is None}
        if fields:
            detail = {"part_of": change_id, "fields": [*fields]}
            filling = record(log, "customer.fill", by, customer_id=into_id, detail=detail)
            describing.write(log, into_id, fields, filling)
    return Merged(row["key"], target["key"], notes, [*fields])


def _refuse_the_same(log: Log, key: str, into: str, row: sqlite3.Row, target: sqlite3.Row) -> None:
    typed, other = checks.label(key, "customer key"), checks.label(into, "customer key")
    if row["id"] == target["id"]:
        itself = customers.row_id(log, typed) == customers.row_id(log, other)
        raise Refused(
            "A customer cannot be merged into themselves." if itself else f"{typed} and {other} are one already.",
            hint="Name two customers; see them with: feedlog customer list",
        )
    if row["id"] != customers.row_id(log, typed):
        raise Refused(
            f"{typed} is merged into {row['key']}.",
            hint=f"Merge that one: feedlog customer merge {shlex.quote(row['key'])} {shlex.quote(target['key'])}",
        )


def take_back(log: Log, change_id: int, customer_id: int, by: By) -> None:
    """Undoes one merge inside the caller's `write`; later and earlier merges stand.

    What the other was filled with goes again; where somebody set it since, what they said stays.
    """
    standing = {one: into for number, one, into in _standing(log) if number != change_id}
    shown = describing.row_of(log, customer_id)["merged_into_id"]
    for row in log.rows("select id from customers where merged_into_id = ?", [shown]):
        way = [row["id"]]
        while way[-1] in standing:
            way.append(standing[way[-1]])
        if customer_id in way:
            target = way[-1] if len(way) > 1 else None
            log.connection.execute("update customers set merged_into_id = ? where id = ?", [target, row["id"]])
    _unfill(log, change_id, change_id, describing.FIELDS, by)


def _standing(log: Log) -> list[tuple[int, int, int]]:
    """Every merge that was not taken back: the change, who, into whom."""
    rows = log.rows(
        """select id, customer_id, json_extract(detail, '$.into') from changes as done
            where action = 'customer.merge' and not exists (select 1 from changes where undoes_id = done.id)
            order by id"""
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _unfill(log: Log, undone_id: int, merge_id: int, only: Container[str], by: By) -> None:
    """Takes out what a merge filled, as a part of undoing `undone_id`; also where a later merge carried it on."""
    for fill in _fills(log, merge_id):
        before = describing.version(log, fill.change_id)
        still = []
        for field in fill.fields:
            since = describing.set_since(log, fill.change_id, fill.customer_id, field)
            if field in only and since is None:
                still.append(field)
            elif field in only:  # undoing that change must not bring the other person's value back
                sql = f"update customer_versions set {field} = ? where change_id = ?"
                log.connection.execute(sql, [before[field], since])
        describing.restore(log, undone_id, fill.customer_id, still, before, by)
        for number, one, _ in _standing(log):
            if still and one == fill.customer_id and number > merge_id:
                _unfill(log, undone_id, number, still, by)


def _fills(log: Log, merge_id: int) -> list[_Fill]:
    rows = log.rows(
        """select id, customer_id, json_extract(detail, '$.fields') as fields from changes
            where id > ?1 and action = 'customer.fill' and json_extract(detail, '$.part_of') = ?1""",
        [merge_id],
    )
    return [_Fill(row["id"], row["customer_id"], json.loads(row["fields"])) for row in rows]
