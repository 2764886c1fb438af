"""What becomes of promises: given, kept, broken, moved, handed to a colleague, and all of that taken back."""

import sqlite3
from typing import TYPE_CHECKING, Any

from feedlog import when
from feedlog.errors import NotFound, Refused, WrongUsage
from feedlog.operations import checks, notes, promise_life, promises
from feedlog.operations.changes import record
from feedlog.operations.shapes import By
from feedlog.store import Log

if TYPE_CHECKING:
    from feedlog.operations.undoing import Change


def give(log: Log, note_id: int, what: str, due_on: str, by: By, *, owner: str | None = None) -> int:
    """Promises something on a note and returns the promise's number. Raises NotFound without the note."""
    what = checks.text(what, "promise")
    owner = None if owner is None else checks.label(owner, "owner")
    with log.write():
        notes.get(log, note_id)
        return promises.make(log, note_id, what, due_on, by, owner=owner)


def keep(log: Log, promise_id: int, by: By, *, at: str | None = None) -> None:
    """Says that a promise was kept, now or at an instant before.

    Raises NotFound, Refused for one that ended already, WrongUsage for a time to come or before the promise was given.
    """
    with log.write():
        promise = still_open(log, promise_id, by)
        event_id = promises.add_event(log, promise_id, "kept", by._replace(at=_checked_at(at, promise, by)))
        _end(log, promise, "kept", event_id, by, at=at)


def _checked_at(at: str | None, promise: promise_life.Life, by: By) -> str:
    if at is None:
        return by.at
    now = when.local(by.at)
    if at > by.at:
        raise WrongUsage(f"{when.spoken(at, now=now)} is still to come.", hint="--at is when it was done.")
    if when.local(at).date() < when.local(promise["promised_at"]).date():
        given = when.spoken(promise["promised_at"], now=now)
        raise WrongUsage(f"Promise {promise['id']} was given later, on {given}.", hint="Check the day of --at.")
    return at


def break_(log: Log, promise_id: int, why: str, by: By, *, customer_told: bool, at: str | None = None) -> None:
    """Says that a promise will not be kept, now or at an instant before. Raises as `keep` does."""
    why = checks.text(why, "reason")
    with log.write():
        promise = still_open(log, promise_id, by)
        then = by._replace(at=_checked_at(at, promise, by))
        event_id = promises.add_event(log, promise_id, "broken", then, why=why, customer_told=customer_told)
        _end(log, promise, "broken", event_id, by, at=at)


def _end(log: Log, promise: promise_life.Life, outcome: str, event_id: int, by: By, *, at: str | None = None) -> None:
    log.connection.execute(
        "update promises set outcome = ?, ended_at = ? where id = ?", [outcome, at or by.at, promise["id"]]
    )
    action = {"kept": "promise.keep", "broken": "promise.break"}[outcome]
    record(log, action, by, note_id=promise["note_id"], promise_id=promise["id"], detail={"event_id": event_id})


def move(
    log: Log, promise_id: int, due_on: str, why: str, by: By, *, customer_told: bool, at: str | None = None
) -> None:
    """Moves a promise to another due day, now or at an instant before: the moment the customer was told decides.

    Raises as `keep` does, and Refused for one that is due on that day anyway.
    """
    why = checks.text(why, "reason")
    with log.write():
        promise = to_be_moved(log, promise_id, due_on, by)
        then = by._replace(at=_checked_at(at, promise, by))
        event_id = promises.add_event(
            log, promise_id, "moved", then, due_on=due_on, why=why, customer_told=customer_told
        )
        log.connection.execute("update promises set due_on = ? where id = ?", [due_on, promise_id])
        record(
            log,
            "promise.move",
            by,
            note_id=promise["note_id"],
            promise_id=promise_id,
            detail={"event_id": event_id},
        )


def to_be_moved(log: Log, promise_id: int, due_on: str, by: By) -> promise_life.Life:
    """The open promise of this number, if it is due on another day; raises as `move` does."""
    promise = still_open(log, promise_id, by)
    if promise["due_on"] == due_on:
        day = when.spoken(due_on, now=when.local(by.at))
        raise Refused(f"Promise {promise_id} is due {day} already.", hint="Name another day with --due.")
    return promise


def still_open(log: Log, promise_id: int, by: By) -> promise_life.Life:
    """The promise of this number, if it is open. Raises NotFound, and Refused for one that ended."""
    promise = promise_life.get(log, promise_id)
    if promise["outcome"]:
        day = when.date_text(promise["ended_at"] or "", now=when.local(by.at))
        raise Refused(
            f"Promise {promise_id} was {promise['outcome']} already, on {day}.",
            hint=f"See its life with: feedlog promise show {promise_id}",
        )
    return promise


def hand(log: Log, giver: str, taker: str, by: By, *, why: str | None = None) -> list[int]:
    """Hands all open promises of one agent to another, as one change; returns their numbers, the first due first.

    Who promised stays. Raises WrongUsage for one agent alone, NotFound where nothing is open.
    """
    giver, taker = checks.label(giver, "agent"), checks.label(taker, "agent")
    why = None if why is None else checks.text(why, "reason")
    if giver == taker:
        raise WrongUsage(f"{giver} cannot hand promises to {taker}.", hint="Name two agents with --from and --to.")
    with log.write():
        handed = _owned_by(log, giver)
        if not handed:
            raise NotFound(f"There is no open promise of {giver}'s.", hint="See whose there are with: feedlog due")
        detail = {"from": giver, "to": taker, "promises": len(handed)}
        change_id = record(log, "promise.hand", by, detail=detail)
        for promise in handed:
            event_id = promises.add_event(log, promise["id"], "handed", by, owner=taker, why=why)
            log.connection.execute("update promises set owner = ? where id = ?", [taker, promise["id"]])
            part = {"part_of": change_id, "event_id": event_id}
            record(log, "promise.hand", by, note_id=promise["note_id"], promise_id=promise["id"], detail=part)
    return [promise["id"] for promise in handed]


def _owned_by(log: Log, owner: str) -> list[sqlite3.Row]:
    return log.rows(
        """select promises.id, promises.note_id from promises
             join wordings on wordings.note_id = promises.note_id
            where outcome is null and owner = ? order by due_on, promises.id""",
        [owner],
    )


# --- taken back by `undo`, inside its write -------------------------------------------------------------------


def take_promise_back(log: Log, change: "Change", by: By) -> None:
    """A promise given by mistake. Raises Refused where somebody has kept, moved or handed it since."""
    promise_id = _promise_of(change)
    made = log.value(
        "select id from promise_events where promise_id = ? and kind = 'made' and removed_at is null", [promise_id]
    )
    _refuse_later(log, promise_id, made)
    promises.withdraw(log, promise_id, by)


def take_step_back(log: Log, change: "Change", by: By) -> None:
    """A promise's keeping, breaking or moving. Raises Refused where the promise went on since."""
    promise_id, event_id = _promise_of(change), change.detail["event_id"]
    # A hand-over touches neither the day nor the outcome.
    _refuse_later(log, promise_id, event_id, but="handed")
    _remove_event(log, event_id, by)
    log.connection.execute(
        """update promises set outcome = null, ended_at = null, due_on =
             (select due_on from promise_events
               where promise_id = ?1 and kind in ('made', 'moved') and removed_at is null order by id desc limit 1)
            where id = ?1""",
        [promise_id],
    )


def take_hand_over_back(log: Log, change: "Change", by: By) -> None:
    """A whole hand-over: what is open and was not handed on is its giver's again. Raises Refused where none is."""
    parts = log.rows(
        """select part.note_id, part.promise_id, promise_events.id as event_id from changes as part
             join promise_events on promise_events.id = json_extract(part.detail, '$.event_id')
             join promises on promises.id = part.promise_id
            where part.agent = (select agent from changes where id = ?1) and part.id > ?1
              and json_extract(part.detail, '$.part_of') = ?1 and outcome is null and not exists
                (select 1 from promise_events as later where later.promise_id = part.promise_id
                    and later.kind = 'handed' and later.removed_at is null and later.id > promise_events.id)
            order by part.id""",
        [change.id],
    )
    if not parts:
        raise Refused(
            "Every promise of that hand-over has ended or was handed on since.",
            hint="See whose they are with: feedlog promise list",
        )
    for part in parts:
        _remove_event(log, part["event_id"], by)
        log.connection.execute(
            """update promises set owner =
                 (select owner from promise_events
                   where promise_id = ?1 and owner is not null and removed_at is null order by id desc limit 1)
                where id = ?1""",
            [part["promise_id"]],
        )
        detail = {"part_of": change.id}
        record(log, "promise.hand", by, note_id=part["note_id"], promise_id=part["promise_id"], detail=detail)


def hand_over_in_words(detail: dict[str, Any]) -> str:
    """'the hand-over of 3 promises from mette to jens'."""
    count = "1 promise" if detail["promises"] == 1 else f"{detail['promises']} promises"
    return f"the hand-over of {count} from {detail['from']} to {detail['to']}"


def _promise_of(change: "Change") -> int:
    if change.promise_id is None:
        raise AssertionError(f"change {change.id} names no promise")
    return change.promise_id


def _remove_event(log: Log, event_id: int, by: By) -> None:
    log.connection.execute(
        "update promise_events set removed_at = ?, removed_by = ? where id = ?", [by.at, by.agent, event_id]
    )


_SINCE = {"moved": "moved", "handed": "handed on", "kept": "kept", "broken": "broken", "withdrawn": "taken back"}


def _refuse_later(log: Log, promise_id: int, event_id: int | None, *, but: str = "") -> None:
    """Raises NotFound for a promise that is gone, Refused where a later step rests on this one."""
    if event_id is None or not log.value("select 1 from promises where id = ?", [promise_id]):
        raise NotFound(f"There is no promise {promise_id}.", hint="See the open ones with: feedlog due")
    later = log.row(
        """select kind, agent from promise_events
            where promise_id = ? and id > ? and kind <> ? and removed_at is null order by id desc limit 1""",
        [promise_id, event_id, but],
    )
    if later:
        raise Refused(
            f"Promise {promise_id} was {_SINCE[later['kind']]} since, by {later['agent']}.",
            hint=f"Talk to them first; see it with: feedlog promise show {promise_id}",
        )
