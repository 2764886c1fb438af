"""Customers: known by the key the firm already uses for them."""

from typing import NamedTuple

from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Known(NamedTuple):
    """A customer's row number, and a warning where what was said about them differs from what we know."""

    id: int
    warning: str | None = None


def find(log: Log, key: str) -> int | None:
    """The row number of the customer with this key (upper and lower case alike), or None."""
    found = log.value("select coalesce(merged_into_id, id) from customers where key = ?", [key])
    return None if found is None else int(found)


# All rows that are the customer of row number ?1: their own and those merged into it. As a union, since with `or`
# SQLite would walk every customer.
SAME = "select ?1 union select id from customers where merged_into_id = ?1"


def find_or_make(log: Log, key: str, name: str | None, by: By) -> Known:
    """The customer with this key, made where missing, inside the caller's `write`.

    A name fills an empty one; it never replaces a name, which would rename a customer by a slip of the finger.
    """
    row = log.row("select id, name, merged_into_id from customers where key = ?", [key])
    if row is None:
        made = log.insert("customers", uid=new_uid(), key=key, name=name, created_at=by.at, created_by=by.agent)
        return Known(made)
    if row["merged_into_id"]:
        row = log.row("select id, name, merged_into_id from customers where id = ?", [row["merged_into_id"]]) or row
    if name and not row["name"]:
        log.connection.execute("update customers set name = ? where id = ?", [name, row["id"]])
        record(log, "customer.name", by, customer_id=row["id"])
    elif name and name != row["name"]:
        warning = f"{key} is known as {row['name']}; the name {name} was not stored."
        return Known(row["id"], warning)
    return Known(row["id"])


def suggestions(log: Log, beginning: str, *, limit: int = 20) -> list[tuple[str, str | None]]:
    """Keys and names of customers whose key or name begins so, for completion."""
    like = beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = log.rows(
        "select key, name from customers where key like ? escape '\\' or name like ? escape '\\' order by key limit ?",
        [like, like, limit],
    )
    return [(row["key"], row["name"]) for row in rows]
