"""Describing customers: who they are and how they like to be served."""

import shlex
import sqlite3
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.operations import checks, customers
from feedlog.operations.changes import record
from feedlog.operations.customers import Card
from feedlog.operations.shapes import By
from feedlog.store import Log
from feedlog.vocabulary import DEFAULT_LANGUAGES

FIELDS = ("name", "since_on", "segment", "type", "prefers", "language")
_SPOKEN = {
    "name": "name",
    "since_on": "day they became a customer",
    "segment": "segment",
    "type": "type",
    "prefers": "way of being served",
    "language": "language",
}
# Letters are written in these; a log may hold notes in others.
LETTER_LANGUAGES = DEFAULT_LANGUAGES


class Described(NamedTuple):
    """A customer as they are described now, whether the key is new, and what the agent should know."""

    card: Card
    new: bool
    warnings: list[str]


def describe(log: Log, key: str, by: By, **given: str | None) -> Described:
    """Sets the FIELDS that are given, an empty text clears one; a customer there is not is made.

    Raises WrongUsage for what is off about a value.
    """
    key = checks.label(key, "customer key")
    wanted = {field: _checked(field, value, by) for field, value in given.items() if value is not None}
    with log.write():
        known = customers.find_or_make(log, key, None, by)
        customer_id = known.id if known.new else customers.require(log, key)
        before = row_of(log, customer_id)
        fields = {field: value for field, value in wanted.items() if before[field] != value}
        if fields or known.new:
            detail = {"fields": [*fields], "new": known.new}
            write(log, customer_id, fields, record(log, "customer.set", by, customer_id=customer_id, detail=detail))
        warning = customers.warning_of_new(log, key) if known.new else None
        return Described(customers.card(log, key), known.new, [warning] if warning else [])


def take_description_back(log: Log, change_id: int, customer_id: int, detail: dict[str, Any], by: By) -> None:
    """Undoes `describe` inside the caller's `write`: exactly the fields it set.

    Raises Refused where one of them was set again since, or the customer was merged into another.
    """
    row = row_of(log, customer_id)
    if row["merged_into_id"]:
        into = row_of(log, row["merged_into_id"])["key"]
        raise Refused(
            f"{row['key']} was merged into {into} since.",
            hint=f"See who they are now: feedlog customer show {shlex.quote(into)}",
        )
    for field in detail["fields"]:
        if set_since(log, change_id, customer_id, field):
            raise Refused(
                f"The {_SPOKEN[field]} of {row['key']} was set again since.",
                hint=f"See it, and set it once more: feedlog customer show {shlex.quote(row['key'])}",
            )
    restore(log, change_id, customer_id, detail["fields"], version(log, change_id), by)


def what_was_set(detail: dict[str, Any]) -> str:
    """The fields that a change set, in words."""
    said = [_SPOKEN[field] for field in FIELDS if field in detail["fields"]] or ["description"]
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _checked(field: str, value: str, by: By) -> str | None:
    """A field in its stored form; None for an empty one, which clears it."""
    if not value.strip():
        return None
    if field == "prefers":
        return checks.text(value, "way of being served")
    if field == "language":
        checks.one_of(value.strip().lower(), LETTER_LANGUAGES, "language for letters")
        return value.strip().lower()
    if field == "since_on":
        if value > when.local(by.at).date().isoformat():
            spoken = when.spoken(value, now=when.local(by.at))
            raise WrongUsage(f"{spoken} is still to come.", hint="--since is the day they became a customer.")
        return value
    return checks.label(value, field)


# --- fields and what they were before ------------------------------------------------------------------------


def row_of(log: Log, customer_id: int) -> sqlite3.Row:
    """A customer's row."""
    [row] = log.rows("select * from customers where id = ?", [customer_id])
    return row


def write(log: Log, customer_id: int, fields: dict[str, str | None], change_id: int) -> None:
    """Writes fields inside the caller's `write`, and what all of them were before beside the change that did it."""
    columns = ", ".join(FIELDS)
    log.connection.execute(
        f"""insert into customer_versions (change_id, customer_id, {columns})
            select ?, id, {columns} from customers where id = ?""",
        [change_id, customer_id],
    )
    for field, value in fields.items():  # names from FIELDS only
        log.connection.execute(f"update customers set {field} = ? where id = ?", [value, customer_id])


def version(log: Log, change_id: int) -> sqlite3.Row:
    """What a customer's fields were before a change."""
    [row] = log.rows("select * from customer_versions where change_id = ?", [change_id])
    return row


def restore(log: Log, part_of: int, customer_id: int, fields: list[str], before: sqlite3.Row, by: By) -> None:
    """Gives fields the values they had, as a part of undoing the change `part_of`.

    What they were until now is kept as well: sentences may hold a name that was right for a day.
    """
    if fields:
        detail = {"part_of": part_of, "fields": fields}
        change_id = record(log, "customer.set", by, customer_id=customer_id, detail=detail)
        write(log, customer_id, {field: before[field] for field in fields}, change_id)


def set_since(log: Log, change_id: int, customer_id: int, field: str) -> int | None:
    """The first change after this one that set the field and still stands."""
    found = log.value(
        """select id from changes as later where customer_id = ?1 and id > ?2
              and (action in ('customer.set', 'customer.fill')
                   and ?3 in (select value from json_each(later.detail, '$.fields'))
                   or action = 'customer.name' and ?3 = 'name')
              and not exists (select 1 from changes
                               where undoes_id = coalesce(json_extract(later.detail, '$.part_of'), later.id))
            order by id limit 1""",
        [customer_id, change_id, field],
    )
    return None if found is None else int(found)
