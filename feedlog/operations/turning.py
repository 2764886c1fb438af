"""Customers whose mood turned: from complaint to praise, and those lost after a broken promise.

Mood is what the agent marked (kind) or, where no kind was given, what the customer put a figure on: satisfaction of at
most 40 is a complaint, of at least 60 praise. Nothing is guessed from the words.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.operations import clientele, customers
from feedlog.operations.clientele import Chosen
from feedlog.operations.customers import Card
from feedlog.store import Log
from feedlog.store.failures import translated

_MOOD = """case when kind = 'complaint' or (kind is null and satisfaction <= 40) then 'complaint'
                when kind = 'compliment' or (kind is null and satisfaction >= 60) then 'praise' end"""


class Quote(TypedDict):
    """What a customer said, and when."""

    id: int
    said_at: str
    verbatim: str


class WonBack(TypedDict):
    """A customer whose first marked words were a complaint and whose latest are praise."""

    customer: Card
    first: Quote
    latest: Quote


class BrokenPromise(TypedDict):
    """A promise that was said to be broken, or is still open long after its day. `broken_on` is a local day."""

    id: int
    note_id: int
    what: str
    owner: str
    due_on: str
    outcome: str
    broken_on: str
    why: str | None


class Lost(TypedDict):
    """A customer we broke a promise to, who has said nothing since, or only complained."""

    customer: Card
    promise: BrokenPromise
    first: Quote
    latest: Quote


class _Marked(NamedTuple):
    id: int
    said_at: str
    person: int
    mood: str


def won_back(log: Log, chosen: Chosen, *, limit: int) -> list[WonBack]:
    """Customers whose first note with a mood is a complaint and whose latest is praise, the latest praise first."""
    found: list[WonBack] = []
    seen: set[int] = set()
    for latest in _marked(log):
        if latest.person in seen:
            continue
        seen.add(latest.person)
        if latest.mood != "praise":
            continue
        first = _first_marked(log, latest.person)
        card = clientele.card_of(log, latest.person, chosen) if first and first.mood == "complaint" else None
        if card and first:
            found.append(WonBack(customer=card, first=_quote(log, first.id), latest=_quote(log, latest.id)))
            if len(found) == limit:
                break
    return found


def lost(log: Log, chosen: Chosen, *, days: int, at: str, limit: int) -> list[Lost]:
    """Customers lost at the instant `at` after a broken promise, the one broken last first.

    A promise counts as broken when an agent said so, or when it is still open after its due day. Lost is whose promise
    was broken at least `days` days ago, to whom none was kept since, and who has said nothing since but complaints.
    """
    until = when.stored(when.local(at) - timedelta(days=days))
    found: list[Lost] = []
    seen: set[int] = set()
    for person, broken_at, promise in _broken(log, until):
        if person in seen:
            continue
        seen.add(person)
        card = clientele.card_of(log, person, chosen)
        if card is None or _reconciled(log, person, broken_at):
            continue
        first, latest = _ends(log, person)
        found.append(Lost(customer=card, promise=promise, first=_quote(log, first), latest=_quote(log, latest)))
        if len(found) == limit:
            break
    return found


def _marked(log: Log) -> Iterator[_Marked]:
    """Every note with a mood that a known customer said, newest first: one walk, however many there are."""
    moved = log.rows("select id, merged_into_id from customers where merged_into_id is not null")
    merged: dict[int, int] = {row[0]: row[1] for row in moved}
    sql = f"""select id, said_at, customer_id, {_MOOD} as mood from current_notes
               where customer_id is not null and mood is not null order by said_at desc, id desc"""
    with translated(log.path, writing=False):
        for note_id, said_at, customer_id, mood in log.connection.execute(sql):
            yield _Marked(note_id, said_at, merged.get(customer_id, customer_id), mood)


def _first_marked(log: Log, person: int) -> _Marked | None:
    # Row by row of the customer, so that each look-up ends at the first note of its index.
    found = []
    for own in log.rows(f"select * from ({customers.SAME})", [person]):
        row = log.row(
            f"""select id, said_at, {_MOOD} as mood from current_notes
                 where customer_id = ? and mood is not null order by said_at, id limit 1""",
            [own[0]],
        )
        found += [_Marked(row["id"], row["said_at"], person, row["mood"])] if row else []
    return min(found, key=lambda one: (one.said_at, one.id), default=None)


def _broken(log: Log, until: str) -> list[tuple[int, str, BrokenPromise]]:
    """Promises broken at `until` or before, each with the customer and the instant, the latest first."""
    today = when.local(until)
    rows = log.rows(
        """select promises.id, note_id, what, owner, due_on, coalesce(outcome, 'open') as outcome, ended_at,
                  coalesce(customers.merged_into_id, customers.id) as person,
                  (select why from promise_events as event where event.promise_id = promises.id
                      and kind = 'broken' and removed_at is null order by id desc limit 1) as why
             from promises join wordings using (note_id) join notes on notes.id = note_id
             join customers on customers.id = notes.customer_id
            where outcome = 'broken' or (outcome is null and due_on < ?)""",
        [today.date().isoformat()],
    )
    found = []
    midnights = {day: when.end_of(day, today) for day in {row["due_on"] for row in rows if not row["ended_at"]}}
    for row in rows:
        broken_at = row["ended_at"] or midnights[row["due_on"]]
        if broken_at <= until:
            broken_on = when.local(broken_at).date().isoformat() if row["ended_at"] else row["due_on"]
            promise = BrokenPromise(
                id=row["id"],
                note_id=row["note_id"],
                what=row["what"],
                owner=row["owner"],
                due_on=row["due_on"],
                outcome=row["outcome"],
                broken_on=broken_on,
                why=row["why"],
            )
            found.append((row["person"], broken_at, promise))
    return sorted(found, key=lambda one: (one[1], one[2]["id"]), reverse=True)


def _reconciled(log: Log, person: int, since: str) -> bool:
    """Whether they have said anything but complaints since, or a promise to them was kept."""
    same = f"customer_id in ({customers.SAME})"
    said = f"select 1 from current_notes where {same} and said_at > ?2 and {_MOOD} is not 'complaint' limit 1"
    kept = f"""select 1 from notes join promises on promises.note_id = notes.id
                where {same} and outcome = 'kept' and ended_at > ?2 limit 1"""
    return log.row(said, [person, since]) is not None or log.row(kept, [person, since]) is not None


def _ends(log: Log, person: int) -> tuple[int, int]:
    """The numbers of a customer's first and latest note."""
    same = f"from current_notes where customer_id in ({customers.SAME})"
    first = log.value(f"select id {same} order by said_at, id limit 1", [person])
    latest = log.value(f"select id {same} order by said_at desc, id desc limit 1", [person])
    return int(first), int(latest)


def _quote(log: Log, note_id: int) -> Quote:
    [row] = log.rows("select id, said_at, verbatim from current_notes where id = ?", [note_id])
    return Quote(id=row["id"], said_at=row["said_at"], verbatim=row["verbatim"])
