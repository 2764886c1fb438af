"""This period against the one before: what two counts can tell, and what they cannot."""

import math
from datetime import datetime, timedelta
from typing import NamedTuple, TypedDict

from feedlog import when
from feedlog.errors import WrongUsage

DAYS = 28
# Fewer notes than this in either period are named as few: a doubling from one to two is no news.
FEW = 5
# Two-sided 95 %.
_Z = 1.959964


class Period(NamedTuple):
    """A span of time and the one of equal length before it, as instants: from `before` to `since` to `until`."""

    before: str
    since: str
    until: str


class Ratio(TypedDict):
    """How many times as much was said as before, as a 95 % confidence range. `high` is empty where it has no end.

    Both are empty where nothing was said in either period. `few`: too little was said for the range to mean much.
    """

    low: float | None
    high: float | None
    few: bool


def period(since: str | None, until: str | None, now: datetime) -> Period:
    """The span meant, the last 28 days unless said otherwise; it ends now where it would end later.

    So both spans are equally long, and today is never held against a whole day. Raises WrongUsage for a span that ends
    before it begins.
    """
    present = when.stored(now + timedelta(seconds=1))  # what was said this very second counts
    until = min(until or present, present)
    end = _local(until)
    begin = _local(since) if since else end - timedelta(days=DAYS)
    if begin >= end:
        raise WrongUsage("The period ends before it begins.", hint="--since is the earlier one, and lies in the past.")
    # Counted in local time, so that midnight stays midnight where summer time begins or ends.
    return Period(when.stored(begin - (end - begin)), when.stored(begin), until)


def ratio(this: int, before: int) -> Ratio:
    """The ratio of two Poisson counts over spans of equal length.

    Given their sum, `this` is binomial (Przyborowski and Wilenski, 1940), which turns an interval for a share into one
    for the ratio (Price and Bonett, 2000); the share's is the score interval (Wilson, 1927).
    """
    total = this + before
    few = max(this, before) < FEW
    if not total:
        return Ratio(low=None, high=None, few=few)
    share = this / total
    middle = share + _Z * _Z / (2 * total)
    half = _Z * math.sqrt(share * (1 - share) / total + (_Z / (2 * total)) ** 2)
    scale = 1 + _Z * _Z / total
    low, high = (middle - half) / scale, (middle + half) / scale
    return Ratio(
        low=round(low / (1 - low), 3) if this else 0.0,
        high=round(high / (1 - high), 3) if before else None,
        few=few,
    )


def _local(instant: str) -> datetime:
    return when.local(instant).replace(tzinfo=None)
