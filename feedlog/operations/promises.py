"""Promises: an act promised to a customer, with an owner and a due day."""

from typing import TypedDict

from feedlog.operations import customers
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
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


def make(log: Log, note_id: int, what: str, due_on: str, by: By, *, part_of: int | None = None) -> int:
    """Promises something on a note, inside the caller's `write`; returns the promise's number.

    `part_of` names the change it belongs to, so that undoing that one takes the promise back too.
    """
    promise_id = log.insert(
        "promises",
        uid=new_uid(),
        note_id=note_id,
        what=what,
        promised_at=by.at,
        promised_by=by.on_behalf_of or by.agent,
        owner=by.on_behalf_of or by.agent,
        due_on=due_on,
    )
    add_event(log, promise_id, "made", by, due_on=due_on, owner=by.on_behalf_of or by.agent)
    detail = {"part_of": part_of} if part_of else None
    record(log, "promise.add", by, note_id=note_id, promise_id=promise_id, detail=detail)
    return promise_id


def add_event(
    log: Log, promise_id: int, kind: str, by: By, *, due_on: str | None = None, owner: str | None = None
) -> None:
    """Writes down one step in a promise's life, inside the caller's `write`."""
    log.insert(
        "promise_events",
        uid=new_uid(),
        promise_id=promise_id,
        kind=kind,
        happened_at=by.at,
        agent=by.agent,
        due_on=due_on,
        owner=owner,
    )


def withdraw(log: Log, promise_id: int, by: By) -> None:
    """Takes an open promise back inside the caller's `write`: it was logged by mistake."""
    log.connection.execute(
        "update promises set outcome = 'withdrawn', ended_at = ? where id = ? and outcome is null", [by.at, promise_id]
    )
    add_event(log, promise_id, "withdrawn", by)


def of_note(log: Log, note_id: int) -> list[Promise]:
    """The promises made on a note, those taken back left out, the earliest due first."""
    rows = log.rows(
        """select id, what, owner, promised_by, promised_at, due_on, outcome from promises
            where note_id = ? and outcome is not 'withdrawn' order by due_on, id""",
        [note_id],
    )
    return [Promise(**dict(row)) for row in rows]  # type: ignore[typeddict-item]


def open_of_customer(log: Log, key: str) -> list[Promise]:
    """What this customer still waits for, the earliest due first."""
    rows = log.rows(
        f"""select promises.id, what, owner, promised_by, promised_at, due_on, outcome from notes
              join promises on promises.note_id = notes.id
             where notes.customer_id in ({customers.SAME}) and outcome is null order by due_on, promises.id""",
        [customers.find(log, key)],
    )
    return [Promise(**dict(row)) for row in rows]  # type: ignore[typeddict-item]
