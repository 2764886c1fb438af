"""The rules of service recovery: by which day a promise is measured, and when a loop is closed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from feedlog import when


def counting_day(events: Iterable[Mapping[str, Any]]) -> str:
    """The day a promise is measured by: its first due day, unless the customer was told of a later one in time.

    That is, a move counts when it was to a later day, the customer was told, and it was made on or before the local
    day that counted till then. Otherwise a promise could always be moved until it is kept. `events` are the rows of
    `promise_events` of one promise in their order; steps taken back are passed over.
    """
    day = ""
    for event in _standing(events):
        if event["kind"] == "made":
            day = event["due_on"]
        elif event["kind"] == "moved" and event["customer_told"] and event["due_on"] > day:
            day = event["due_on"] if _local_day(event["happened_at"]) <= day else day
    return day


def kept_in_time(events: Iterable[Mapping[str, Any]]) -> bool | None:
    """Whether a promise was kept on a local day not after the one that counts; None while it is not kept."""
    events = list(events)
    kept = [event["happened_at"] for event in _standing(events) if event["kind"] == "kept"]
    return _local_day(kept[-1]) <= counting_day(events) if kept else None


def _standing(events: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (event for event in events if not event.get("removed_at"))


def _local_day(instant: str) -> str:
    return when.local(instant).date().isoformat()


class Loop(NamedTuple):
    """Since when a note's loop is closed, else what is missing: answer, promise or told.

    `since` is the day the open promise is due, or when the last step was taken that the customer was not told of.
    """

    closed_at: str | None
    missing: str | None
    since: str | None


def loop(steps: Sequence[Mapping[str, Any]], due_on: str | None, ended_at: str | None) -> Loop:
    """Whether the customer was told what came of a note, after the last step and with no promise open.

    `steps` are its responses with `kind` and `responded_at`, the first first; `due_on` the day of the first open
    promise, `ended_at` when the last one was kept or broken. Thanks are no step one is told of: they may come after.
    """
    if not steps and not ended_at and not due_on:
        return Loop(None, "answer", None)
    if due_on:
        return Loop(None, "promise", due_on)
    news = [place for place, step in enumerate(steps) if step["kind"] not in ("told", "thanked")]
    told = [place for place, step in enumerate(steps) if step["kind"] == "told"]
    told_at = steps[told[-1]]["responded_at"] if told else ""
    last = max([steps[place]["responded_at"] for place in news] + [ended_at or ""])
    if told and told_at >= last and told[-1] > max(news, default=-1):
        return Loop(told_at, None, None)
    return Loop(None, "told", last or None)
