"""When something was said, as exporters write it: 25/05/2013, 05/25/2013 2:30 PM, 1511559908, 2017-11-14 21:45:08.

Whether the day or the month comes first is settled once for a whole column, by a value that leaves no doubt.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from feedlog import when
from feedlog.errors import Refused, WrongUsage

ORDERS = ("day-first", "month-first")

# A day with its month as numbers and the year behind them; what may stand after it is a clock time.
_NUMBERS = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)[ T,]*(.*)", re.DOTALL)
_CLOCK = re.compile(
    r"(?:kl\.?\s*|at\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
# A stored instant; whether there is such a day is for datetime to say.
_STORED = re.compile(r"(?:19|2[01])\d\d-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII)
_HAS_ZONE = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\s*$")
_HAS_CLOCK = re.compile(r"\d[:.]\d\d|\d ?[ap]m\b", re.IGNORECASE)


class Dates(NamedTuple):
    """How the dates of a file are read: the order of day and month where it was settled, the zone they are in."""

    order: str = ""
    zone: tzinfo | None = None

    def instant(self, cell: str, now: datetime) -> str:
        """A cell as a stored instant; without a zone of its own it is in the file's, else local. Raises WrongUsage."""
        quick = self._iso(cell)
        if quick:
            return quick
        text = cell.strip()
        if text.isdecimal() and text.isascii() and len(text) in (10, 13):
            return when.stored(datetime.fromtimestamp(int(text[:10]), UTC))
        if match := _NUMBERS.fullmatch(text):
            day, month = self._day_and_month(text, match[1], match[2], match[3])
            if not 1 <= month <= 12:
                raise WrongUsage(
                    f"{text!r}: there is no such day with the {self.order.partition('-')[0] or 'day'} first.",
                    hint="The dates of this column begin with the one and the other: mend the file.",
                )
            text = f"{match[4]}-{month:02}-{day:02}"
            if match[5]:
                text = f"{text}T{_clock(cell, match[5])}"
                return self._iso(text) or when.instant(text, now=now, prefer="past")
        instant = when.instant(text, now=now, prefer="past")
        if self.zone is None or _HAS_ZONE.search(text) or not _HAS_CLOCK.search(text):
            return instant
        return when.stored(when.local(instant).replace(tzinfo=self.zone))

    def _iso(self, cell: str) -> str | None:
        """An instant written as most programs do, 2026-03-13T14:30 and onwards: what `when` reads, only quicker."""
        if (
            len(cell) < 16
            or cell[4] != "-"
            or cell[7] != "-"
            or cell[10] not in "T "
            or not "1900" <= cell[:4] < "2200"
        ):
            return None
        try:
            moment = datetime.fromisoformat(cell)
            if _STORED.fullmatch(cell):
                return cell
            if self.zone is not None and moment.tzinfo is None:
                moment = moment.replace(tzinfo=self.zone)
            return when.stored(moment)
        except (ValueError, OverflowError):
            return None

    def _day_and_month(self, cell: str, first: str, sign: str, second: str) -> tuple[int, int]:
        one, other = int(first), int(second)
        # With dots the day comes first everywhere.
        if (self.order or ("day-first" if sign == "." else "")) == "day-first" or one == other:
            return one, other
        if self.order == "month-first" and sign != ".":
            return other, one
        if one > 12:
            return one, other
        if other > 12:
            return other, one
        raise WrongUsage(f"{cell!r} may begin with the day or the month.", hint="Say which: --dates day-first")


def _clock(cell: str, written: str) -> str:
    match = _CLOCK.fullmatch(written.strip())
    hour = int(match[1]) if match else 99
    if match and match[4] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    elif match and match[4]:
        hour = 99
    if not match or hour > 23:
        raise WrongUsage(f"{cell.strip()!r}: there is no such day or time.", hint="Write for example 2026-03-13 14:30.")
    zone = (match[5] or "").upper().replace("UTC", "+00:00").replace("GMT", "+00:00").replace("Z", "+00:00")
    return f"{hour:02}:{match[2]}:{match[3] or '00'}{zone}"


def zone_named(name: str) -> tzinfo | None:
    """The zone of this name, None for an empty one. Raises WrongUsage."""
    if not name:
        return None
    if name.upper() in ("UTC", "GMT", "Z"):
        return UTC
    import zoneinfo  # here: few imports name a zone

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUsage(
            f"There is no time zone {name!r}.", hint="Write for example UTC or Europe/Copenhagen."
        ) from error


class Settled(NamedTuple):
    """Which order a column's dates are in, and the value that shows it; none where no date is written so."""

    order: str = ""
    shown_by: str = ""


def settled(cells: Iterable[str], column: str) -> Settled:
    """The order of day and month in a column. Raises Refused where every value may be read both ways."""
    open_one = ""
    for cell in cells:
        match = _NUMBERS.fullmatch(cell)
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if 12 < first <= 31 and second <= 12:
            return Settled("day-first", cell.strip())
        if 12 < second <= 31 and first <= 12:
            return Settled("month-first", cell.strip())
        if first != second:
            open_one = open_one or cell.strip()
    if open_one:
        raise Refused(
            f"The dates in {column!r} may begin with the day or the month: {open_one}.",
            hint="Say which: --dates day-first or --dates month-first",
        )
    return Settled()


def in_numbers(cell: str) -> bool:
    """Whether a cell is a date whose order has to be settled."""
    match = _NUMBERS.fullmatch(cell)
    return match is not None and match[2] != "."
