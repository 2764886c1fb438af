"""Answering: how long customers wait for the first response, and who is still waiting."""

from collections.abc import Sequence
from typing import TypedDict

from feedlog.operations import notes, responses
from feedlog.operations.filters import Filters
from feedlog.operations.shapes import Note
from feedlog.store import Log
from feedlog.store.failures import translated
from feedlog.when.hours import Calendar

# With fewer answers than this, the one in the middle says little about the next.
FEW = 5

_STANDS = "exists (select 1 from wordings where note_id = notes.id)"
_ANSWERS = "from responses where note_id = notes.id and removed_at is null"


class WaitingNote(Note):
    """A note nobody has answered: how long it has waited, in minutes of business hours, and who sees to it.

    `owner` has an open promise on it, else owns its theme; empty where it is nobody's.
    """

    waiting_minutes: int
    owner: str | None


class Answers(TypedDict):
    """First responses to notes, and notes that wait for one; medians in minutes of business hours.

    `median_minutes` is of those answered, `median_waiting_minutes` of those waiting so far. `few`: fewer than five
    were answered, and their median says little.
    """

    answered: int
    median_minutes: int | None
    few: bool
    waiting: int
    median_waiting_minutes: int | None


class ChannelsAnswers(Answers):
    """The same for one channel, empty for notes that name none."""

    channel: str | None


class Clock(Answers):
    """First responses in all and by channel, most notes first."""

    channels: list[ChannelsAnswers]


class NotesClock(TypedDict):
    """One note's clock, in minutes of business hours; running while nobody has answered."""

    note_id: int
    minutes: int
    running: bool
    responded_at: str | None
    agent: str | None


def unanswered(log: Log, filters: Filters, calendar: Calendar, now: str, *, limit: int) -> list[WaitingNote]:
    """Notes that stand and have no response that stands, those waiting longest first, at most `limit`."""
    conditions, parameters = filters.conditions(log)
    where = " and ".join([*conditions, f"not exists (select 1 {_ANSWERS})", _STANDS])
    sql = f"select id from notes where {where} order by said_at, id limit ?"
    found = notes.by_ids(log, [row["id"] for row in log.rows(sql, [*parameters, limit])])
    owners = _owners(log, found)
    return [
        WaitingNote(
            **note,
            waiting_minutes=calendar.minutes_between(note["said_at"], now),
            owner=owners.get(note["id"]),
        )
        for note in found
    ]


def _owners(log: Log, found: Sequence[Note]) -> dict[int, str]:
    """Who sees to each of these notes, where anybody does."""
    owners: dict[int, str] = {}
    for note in found:
        owner = log.value(
            """select owner from (
                 select 1 as rank, due_on as place, owner from promises where note_id = ?1 and outcome is null
                 union all
                 select 2, root.name, root.owner from note_themes
                   join themes on themes.id = note_themes.theme_id
                   join themes as root on root.id = coalesce(themes.merged_into_id, themes.id)
                  where note_id = ?1 and root.owner is not null)
                order by rank, place limit 1""",
            [note["id"]],
        )
        if owner is not None:
            owners[note["id"]] = owner
    return owners


def clock(log: Log, filters: Filters, calendar: Calendar, now: str) -> Clock:
    """How long the notes that pass the filters waited for their first response, or wait for it still."""
    conditions, parameters = filters.conditions(log)
    sql = f"""select channel, said_at, (select min(responded_at) {_ANSWERS}) as responded_at from notes
               where {" and ".join([_STANDS, *conditions])}"""
    took: dict[str | None, tuple[list[int], list[int]]] = {}
    # Row by row: a million at once would not fit into a small machine.
    with translated(log.path, writing=False):
        for channel, said_at, responded_at in log.connection.execute(sql, parameters):
            answered, waiting = took.setdefault(channel, ([], []))
            minutes = calendar.minutes_between(said_at, responded_at or now)
            (waiting if responded_at is None else answered).append(minutes)
    channels = [ChannelsAnswers(channel=channel, **_answers(*lists)) for channel, lists in took.items()]
    channels.sort(key=lambda one: (-one["answered"] - one["waiting"], one["channel"] or "~"))
    in_all = _answers(
        [minutes for answered, _ in took.values() for minutes in answered],
        [minutes for _, waiting in took.values() for minutes in waiting],
    )
    return Clock(**in_all, channels=channels)


def _answers(answered: list[int], waiting: list[int]) -> Answers:
    return Answers(
        answered=len(answered),
        median_minutes=_median(answered),
        few=len(answered) < FEW,
        waiting=len(waiting),
        median_waiting_minutes=_median(waiting),
    )


def _median(minutes: list[int]) -> int | None:
    """The one in the middle, of an even number the mean of the two: one forgotten note does not move it."""
    if not minutes:
        return None
    ordered = sorted(minutes)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else round((ordered[middle - 1] + ordered[middle]) / 2)


def clock_of(log: Log, note_id: int, calendar: Calendar, now: str) -> NotesClock:
    """How long one note waited for its first response, or waits for it still. Raises NotFound without the note."""
    note = notes.get(log, note_id)
    first = next(iter(responses.of_note(log, note_id)), None)
    return NotesClock(
        note_id=note_id,
        minutes=calendar.minutes_between(note["said_at"], first["responded_at"] if first else now),
        running=first is None,
        responded_at=first["responded_at"] if first else None,
        agent=first["agent"] if first else None,
    )
