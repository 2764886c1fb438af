"""How many promises are kept in time, counted by the day that the customer was led to expect."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.recovery import counting_day, kept_in_time
from feedlog.store import Log

# Of fewer promises than this a share says little.
FEW = 5


class Rate(TypedDict):
    """The promises of a period that are over, or whose day is past: how they ended. `of` is the month or owner.

    `counted` is the sum of `kept_in_time`, `kept_late`, `broken` and `still_open`; `moved` counts those among them
    that were moved at least once. `share` (0 to 1) is of those kept in time, empty where nothing was counted. `few`:
    too few for the share to mean much.
    """

    of: str | None
    counted: int
    kept_in_time: int
    kept_late: int
    broken: int
    still_open: int
    moved: int
    share: float | None
    few: bool


def rate(log: Log, *, today: str, since: str | None = None, until: str | None = None) -> Rate:
    """The rate of the promises whose counting day lies between the local days `since` and `until`, both included."""
    return _rate(None, list(_measured(log, today, since, until)))


def rates(log: Log, by: str, *, today: str, since: str | None = None, until: str | None = None) -> list[Rate]:
    """The same apart for each month of the counting day, or for each owner as of now: `by` is "month" or "owner"."""
    apart: dict[str, list[_Measured]] = {}
    for promise in _measured(log, today, since, until):
        apart.setdefault(promise.owner if by == "owner" else when.month(promise.counts_on), []).append(promise)
    return [_rate(of, apart[of]) for of in sorted(apart)]


class _Measured(NamedTuple):
    owner: str
    counts_on: str
    outcome: str | None
    in_time: bool | None
    moved: bool


def _measured(log: Log, today: str, since: str | None, until: str | None) -> Iterator[_Measured]:
    """The promises on notes that stand that are over, or whose counting day is past, and lies in the period."""
    # A counting day is one of a promise's days and never before its first: most of those outside are not even read.
    rows = log.rows(
        """select promises.id, promises.owner as owned_by, outcome,
                  kind, happened_at, promise_events.due_on, customer_told
             from promises
             join wordings on wordings.note_id = promises.note_id
             join promise_events on promise_events.promise_id = promises.id and removed_at is null
            where outcome is not 'withdrawn'
              and (?1 is null or exists
                   (select 1 from promise_events where promise_id = promises.id and due_on >= ?1))
              and (?2 is null or exists
                   (select 1 from promise_events where promise_id = promises.id and due_on <= ?2))
            order by promises.id, promise_events.id""",
        [since, until],
    )
    for _, group in groupby(rows, key=lambda row: row["id"]):
        events = [dict(row) for row in group]
        day, outcome = counting_day(events), events[0]["outcome"]
        if (outcome or day < today) and (since or day) <= day <= (until or day):
            moved = any(event["kind"] == "moved" for event in events)
            yield _Measured(events[0]["owned_by"], day, outcome, kept_in_time(events), moved)


def _rate(of: str | None, counted: list[_Measured]) -> Rate:
    in_time = sum(promise.in_time is True for promise in counted)
    return Rate(
        of=of,
        counted=len(counted),
        kept_in_time=in_time,
        kept_late=sum(promise.in_time is False for promise in counted),
        broken=sum(promise.outcome == "broken" for promise in counted),
        still_open=sum(promise.outcome is None for promise in counted),
        moved=sum(promise.moved for promise in counted),
        share=in_time / len(counted) if counted else None,
        few=len(counted) < FEW,
    )
