"""Days and instants: what is stored, what a person types, what a person reads.

Stored forms, both plain text that sorts by time:

- an instant, UTC, whole seconds: `2026-03-13T14:30:00Z`
- a local day: `2026-03-13`

"Local" is the zone of this machine (the environment variable TZ counts). A clock time that does not exist
because summer time begins is moved forward by the missing hour; one that happens twice because summer time
ends means the first.

The clock comes in as a value, `now`: only `clock` and `now` look at it. Reading what people typed stands in
`reading`, loaded when there is something to read, because `feedlog add` mostly has nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    from feedlog.errors import FeedlogError
    from feedlog.when.reading import Reading

    Prefer = Literal["past", "future"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NOON = time(12)


def clock() -> datetime:
    """The present moment, aware, in UTC: what callers pass on as `now`."""
    return datetime.now(UTC)


def now() -> str:
    """The present moment as a stored instant."""
    return stored(clock())


def stored(moment: datetime) -> str:
    """A moment as a stored instant; parts of a second are cut off. A moment without zone is local time."""
    return _in_utc(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _in_utc(moment: datetime) -> datetime:
    # timestamp() moves a local time that does not exist forward; astimezone() would move it back, and where
    # summer time begins at midnight a day would begin on the day before.
    return datetime.fromtimestamp(moment.timestamp(), UTC)


# --- what a person types --------------------------------------------------------------------------


def instant(text: str, *, now: datetime, prefer: Prefer = "past") -> str:
    """What a person typed, as a stored instant.

    A day without a clock time is `now` when it is today, else noon local time: in the middle of the working
    day, so that it stays on its day in every office nearby. `prefer` settles what the words leave open, see
    `reading`. The answer may lie in the future; whether that is allowed is for the caller to say.
    Raises WrongUsage.
    """
    reading = _read(text, now, prefer)
    if reading.exact is not None:
        return stored(reading.exact)
    if reading.at is None and reading.on == now.astimezone().date():
        return stored(now)
    return _utc(reading.on, reading.at or _NOON)


def day(text: str, *, now: datetime, prefer: Prefer = "future") -> str:
    """What a person typed, as a stored local day; a clock time in it only helps to find the day.

    Raises WrongUsage.
    """
    return _read(text, now, prefer).on.isoformat()


def start_of(text: str, now: datetime) -> str:
    """The stored instant a filter "since TEXT" begins with: local midnight of a day, or the clock time given.

    What the words leave open lies in the past. Raises WrongUsage.
    """
    reading = _read(text, now, "past")
    return stored(reading.exact) if reading.exact is not None else _utc(reading.on, reading.at or time(0))


def end_of(text: str, now: datetime) -> str:
    """The stored instant a filter "until TEXT" stops before: midnight after the day, or the clock time given.

    What the words leave open lies in the past. Raises WrongUsage.
    """
    reading = _read(text, now, "past")
    if reading.exact is not None:
        return stored(reading.exact)
    if reading.at is not None:
        return _utc(reading.on, reading.at)
    return _utc(reading.on + timedelta(days=1), time(0))


def _read(text: str, now: datetime, prefer: Prefer) -> Reading:
    # Its tables and patterns are only worth loading when somebody typed a day.
    from feedlog.when import reading

    return reading.read(text, now.astimezone(), prefer)


def _utc(on: date, at: time) -> str:
    return stored(datetime.combine(on, at))


# --- what a person reads --------------------------------------------------------------------------


def local(instant: str) -> datetime:
    """A stored instant in local time, aware. Raises Refused for what damage has made of one."""
    try:
        return _in_utc(datetime.fromisoformat(instant)).astimezone()
    except (ValueError, OverflowError) as error:  # the last hours of the year 9999 are in no year here
        raise _unreadable(instant) from error


def spoken(instant_or_day: str, *, now: datetime) -> str:
    """Weekday and date for people: `Friday 13 March`, for an instant `Friday 13 March, 15:30`.

    The year is added when it is not the year of `now`.
    """
    on = _local_day(instant_or_day)
    text = f"{WEEKDAYS[on.weekday()]} {_date_text(on, now)}"
    return f"{text}, {local(instant_or_day):%H:%M}" if "T" in instant_or_day else text


def date_text(instant_or_day: str, *, now: datetime) -> str:
    """The date for people: `2 March`, with the year when it is not the year of `now`: `2 May 2024`."""
    return _date_text(_local_day(instant_or_day), now)


def ago(instant_or_day: str, *, now: datetime) -> str:
    """`today` or `yesterday`, else the date as `date_text` writes it."""
    on = _local_day(instant_or_day)
    days = (now.astimezone().date() - on).days
    return ("today", "yesterday")[days] if days in (0, 1) else _date_text(on, now)


def month_text(instant_or_day: str, *, now: datetime) -> str:
    """The month for people: `March`, with the year when it is not the year of `now`."""
    on = _local_day(instant_or_day)
    return MONTHS[on.month - 1] if on.year == now.astimezone().year else f"{MONTHS[on.month - 1]} {on.year}"


def days_late(due_on: str, *, now: datetime) -> int:
    """How many days ago a day was, in local days; below zero while it is still to come."""
    return (now.astimezone().date() - date.fromisoformat(due_on)).days


def week(instant_or_day: str) -> str:
    """The ISO week of the local day: `2026-W47`. Its year is the one the week belongs to."""
    year, number, _ = _local_day(instant_or_day).isocalendar()
    return f"{year}-W{number:02}"


def month(instant_or_day: str) -> str:
    """The month of the local day: `2026-11`."""
    return _local_day(instant_or_day).isoformat()[:7]


def _local_day(instant_or_day: str) -> date:
    if "T" in instant_or_day:
        return local(instant_or_day).date()
    try:
        return date.fromisoformat(instant_or_day)
    except ValueError as error:
        raise _unreadable(instant_or_day) from error


def _unreadable(stored_time: str) -> FeedlogError:
    from feedlog.errors import Refused  # here: what feedlog has written it can read

    return Refused(
        f"The log holds a time that cannot be read, {stored_time!r}: it is damaged.",
        hint="Keep the file as it is, run `feedlog doctor`, and restore a backup.",
    )


def _date_text(on: date, now: datetime) -> str:
    # Not strftime: its names follow the machine's language, and the interface is English.
    text = f"{on.day} {MONTHS[on.month - 1]}"
    return text if on.year == now.astimezone().year else f"{text} {on.year}"
