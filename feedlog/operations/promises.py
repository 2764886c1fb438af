"""Promises: an act promised to a customer, with an owner and a due day."""

import sqlite3
from typing import Any, TypedDict

from feedlog import when
from feedlog.operations import customers
from feedlog.operations.changes import record
from feedlog.operations.shapes import By, Customer
from feedlog.store import Log
from feedlog.store.ids import new_uid


class Promise(TypedDict):
    """A promise as a note shows it. `outcome` is None while it is open."""

    id: int
    what: str
    owner: str
    promised_by: str
    promised_at: str
    due_on: str
    outcome: str | None


class Due(TypedDict):
    """An open promise as a morning's list shows it. `days_left` is negative when it is overdue."""

    id: int
    note_id: int
    customer: Customer | None
    what: str
    owner: str
    due_on: str
    days_left: int
    verbatim: str


def make(
    log: Log, note_id: int, what: str, due_on: str, by: By, *, owner: str | None = None, part_of: int | None = None
) -> int:
    """Promises something on a note, inside the caller's `write`; returns the promise's number.

    Whoever gave the word owns it unless `owner` does. `part_of` names the change it belongs to, so that undoing that
    one takes the promise back too.
    """
    promised_by = by.on_behalf_of or by.agent
    owner = owner or promised_by
    promise_id = log.insert(
        "promises",
        uid=new_uid(),
        note_id=note_id,
        what=what,
        promised_at=by.at,
        promised_by=promised_by,
        owner=owner,
        due_on=due_on,
    )
    add_event(log, promise_id, "made", by, due_on=due_on, owner=owner)
    detail = {"part_of": part_of} if part_of else None
    record(log, "promise.add", by, note_id=note_id, promise_id=promise_id, detail=detail)
    return promise_id


def add_event(
    log: Log,
    promise_id: int,
    kind: str,
    by: By,
    *,
    due_on: str | None = None,
    owner: str | None = None,
    why: str | None = None,
    customer_told: bool | None = None,
) -> int:
    """Writes down one step in a promise's life, inside the caller's `write`; returns the step's number."""
    return log.insert(
        "promise_events",
        uid=new_uid(),
        promise_id=promise_id,
        kind=kind,
        happened_at=by.at,
        agent=by.on_behalf_of or by.agent,
        due_on=due_on,
        owner=owner,
        why=why,
        customer_told=customer_told,
    )


def withdraw(log: Log, promise_id: int, by: By) -> None:
    """Takes an open promise back inside the caller's `write`: it was logged by mistake."""
    done = log.connection.execute(
        "update promises set outcome = 'withdrawn', ended_at = ? where id = ? and outcome is null", [by.at, promise_id]
    )
    if done.rowcount:  # one that ended before stays as it ended
        add_event(log, promise_id, "withdrawn", by)


def of_note(log: Log, note_id: int) -> list[Promise]:
    """The promises made on a note, those taken back left out, the earliest due first."""
    rows = log.rows(
        """select id, what, owner, promised_by, promised_at, due_on, outcome from promises
            where note_id = ? and outcome is not 'withdrawn' order by due_on, id""",
        [note_id],
    )
    return [Promise(**dict(row)) for row in rows]  # type: ignore[typeddict-item]


# In this order, so that of a customer's twenty thousand notes only those with a promise are looked up.
_OPEN = f"""notes cross join promises on promises.note_id = notes.id
              cross join wordings on wordings.note_id = promises.note_id
             where notes.customer_id in ({customers.SAME}) and outcome is null"""


def open_of_customer(log: Log, key: str) -> list[Promise]:
    """What this customer still waits for, the earliest due first."""
    rows = log.rows(
        f"""select promises.id, what, owner, promised_by, promised_at, due_on, outcome from {_OPEN}
             order by due_on, promises.id""",
        [customers.find(log, key)],
    )
    return [Promise(**dict(row)) for row in rows]  # type: ignore[typeddict-item]


def open_count(log: Log, customer_id: int) -> int:
    """How much the customer of this row number still waits for."""
    return int(log.value(f"select count(*) from {_OPEN}", [customer_id]))


def due(
    log: Log, *, owner: str | None = None, until: str | None = None, limit: int = 20, today: str | None = None
) -> list[Due]:
    """The open promises on notes that stand, the earliest due first, so overdue ones lead; at most `limit`.

    `until` is the last due day that counts. `today` is the local day they are late or early by.
    """
    today = today or when.local(when.now()).date().isoformat()
    rows = log.rows(
        """select promises.id, promises.note_id, customers.key, customers.name, what, owner, due_on,
                  cast(julianday(due_on) - julianday(?1) as integer) as days_left,
                  coalesce(wordings.verbatim, notes.verbatim) as verbatim
             from promises
             join wordings on wordings.note_id = promises.note_id
             join notes on notes.id = promises.note_id
             left join customers as given on given.id = notes.customer_id
             left join customers on customers.id = coalesce(given.merged_into_id, given.id)
            where outcome is null and (?2 is null or owner = ?2) and (?3 is null or due_on <= ?3)
            order by due_on, promises.id limit ?4""",
        [today, owner, until, limit],
    )
    return [Due(**{name: row[name] for name in Due.__annotations__}) for row in map(with_customer, rows)]  # type: ignore[typeddict-item]


def with_customer(row: sqlite3.Row) -> dict[str, Any]:
    """A row whose columns `key` and `name` are folded into its customer, None where nobody is known."""
    customer = None if row["key"] is None else Customer(key=row["key"], name=row["name"])
    return {**dict(row), "customer": customer}
