"""The life of a promise: what was promised on which words, and every step since it was made."""

from collections.abc import Sequence
from typing import Any, TypedDict

from feedlog.errors import NotFound
from feedlog.operations import customers
from feedlog.operations.promises import with_customer
from feedlog.operations.shapes import Customer
from feedlog.recovery import counting_day, kept_in_time
from feedlog.store import Log


class Event(TypedDict):
    """One step: made, moved, handed, kept or broken. `removed_at` says when it was taken back as a mistake."""

    kind: str
    happened_at: str
    agent: str
    due_on: str | None
    owner: str | None
    why: str | None
    customer_told: bool | None
    removed_at: str | None


class Life(TypedDict):
    """A promise in full. `outcome` is None while it is open; `moved` is how many times it was.

    `counts_on` is the day it is measured by, see `recovery.counting_day`; `in_time` whether it was kept by then,
    None while it is not kept. `verbatim` is the customer's sentence as it is worded now.
    """

    id: int
    note_id: int
    customer: Customer | None
    what: str
    owner: str
    promised_by: str
    promised_at: str
    due_on: str
    outcome: str | None
    ended_at: str | None
    moved: int
    counts_on: str
    in_time: bool | None
    verbatim: str
    events: list[Event]


_SELECT = """
    select promises.*, customers.key, customers.name, coalesce(wordings.verbatim, notes.verbatim) as verbatim
      from promises
      join wordings on wordings.note_id = promises.note_id
      join notes on notes.id = promises.note_id
      left join customers as given on given.id = notes.customer_id
      left join customers on customers.id = coalesce(given.merged_into_id, given.id)
     where outcome is not 'withdrawn'"""


def get(log: Log, promise_id: int) -> Life:
    """The promise of this number; raises NotFound where there is none, or it or its note was taken back."""
    found = _lives(log, "and promises.id = ?", [promise_id])
    if found:
        return found[0]
    row = log.row("select note_id, outcome from promises where id = ?", [promise_id])
    if row is None:
        raise NotFound(f"There is no promise {promise_id}.", hint="See the open ones with: feedlog due")
    if row["outcome"] == "withdrawn":
        raise NotFound(f"Promise {promise_id} was taken back.", hint="See the open ones with: feedlog due")
    raise NotFound(
        f"Note {row['note_id']} was taken back, and promise {promise_id} with it.",
        hint="See the open ones with: feedlog due",
    )


def of_note(log: Log, note_id: int) -> list[Life]:
    """The promises made on a note, those taken back left out, the earliest due first."""
    return _lives(log, "and promises.note_id = ? order by due_on, promises.id", [note_id])


def listing(
    log: Log,
    *,
    outcome: str | None = None,
    owner: str | None = None,
    customer: str | None = None,
    since: str | None = None,
    until: str | None = None,
    limit: int,
) -> list[Life]:
    """Promises on notes that stand, the latest due first, at most `limit`.

    `outcome` is open, kept or broken, `customer` a key; `since` and `until` are the first and last due day that count.
    """
    conditions: list[str] = [""]
    parameters: list[Any] = []
    for condition, value in (
        ("coalesce(outcome, 'open') = ?", outcome),
        ("promises.owner = ?", owner),
        ("due_on >= ?", since),
        ("due_on <= ?", until),
    ):
        if value is not None:
            conditions.append(condition)
            parameters.append(value)
    if customer is not None:
        conditions.append(f"notes.customer_id in ({customers.SAME.replace('?1', '?')})")
        parameters += [customers.find(log, customer)] * 2
    return _lives(
        log, f"{' and '.join(conditions)} order by due_on desc, promises.id desc limit ?", [*parameters, limit]
    )


def _lives(log: Log, rest: str, parameters: Sequence[Any]) -> list[Life]:
    rows = log.rows(f"{_SELECT} {rest}", parameters)
    events = _events(log, [row["id"] for row in rows])
    return [_life(with_customer(row), events[row["id"]]) for row in rows]


def _life(promise: dict[str, Any], events: list[Event]) -> Life:
    standing = [event for event in events if not event["removed_at"]]
    promise |= {
        "moved": sum(event["kind"] == "moved" for event in standing),
        "counts_on": counting_day(events),
        "in_time": kept_in_time(events),
        "events": events,
    }
    life: Life = {name: promise[name] for name in Life.__annotations__}  # type: ignore[assignment]
    return life


def _events(log: Log, promise_ids: Sequence[int]) -> dict[int, list[Event]]:
    """Every step of each promise, in order."""
    import json  # here: `show` seldom meets a promise

    rows = log.rows(
        """select promise_id, kind, happened_at, agent, due_on, owner, why, customer_told, removed_at
             from promise_events where promise_id in (select value from json_each(?)) order by id""",
        [json.dumps(list(promise_ids))],
    )
    found: dict[int, list[Event]] = {promise_id: [] for promise_id in promise_ids}
    for row in rows:
        event = {**dict(row), "customer_told": None if row["customer_told"] is None else bool(row["customer_told"])}
        found[event.pop("promise_id")].append(Event(**event))  # type: ignore[typeddict-item]
    return found
